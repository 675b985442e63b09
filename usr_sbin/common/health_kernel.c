// SPDX-License-Identifier: GPL-2.0
/* Can this kernel carry the module? What it needs is in kernel/compat.h. */
#include <dirent.h>
#include <unistd.h>

#include "health.h"
#include "log_file.h"
#include "stat_line.h"

/* The oldest kernel that the module builds for. */
#define KERNEL_MAJOR 6
#define KERNEL_MINOR 1

static void examine_version(struct kl_health *health)
{
	struct kl_buffer arch = { 0 };
	unsigned int major, minor;

	if (sscanf(health->release, "%u.%u", &major, &minor) != 2)
		kl_find(health, KL_NOTE, "version",
			"the kernel does not tell its version");
	else if (major < KERNEL_MAJOR ||
		 (major == KERNEL_MAJOR && minor < KERNEL_MINOR)) {
		kl_find(health, KL_ERROR, "version",
			"Linux %s is older than Kellas supports", health->release);
		kl_remedy(health, "boot Linux %d.%d or later", KERNEL_MAJOR,
			  KERNEL_MINOR);
	} else {
		kl_find(health, KL_FINE, "version", "Linux %s", health->release);
	}
	if (!kl_health_read(kl_health_path("/proc/sys/kernel/arch"), &arch) &&
	    strcmp(arch.data, "x86_64")) {
		kl_find(health, KL_ERROR, "architecture", "%s is not supported",
			arch.data);
		kl_remedy(health, "use an x86-64 machine");
	}
	kl_buffer_free(&arch);
}

static const struct want {
	const char *option;
	enum kl_level level;
	const char *loss;
} wanted[] = {
	{ "MODULES", KL_ERROR, "no module can be loaded" },
	{ "DYNAMIC_FTRACE_WITH_DIRECT_CALLS", KL_ERROR,
	  "the module cannot attach to the kernel" },
	{ "KPROBES_ON_FTRACE", KL_ERROR,
	  "the module cannot find the kernel's functions" },
	{ "SECURITY_PATH", KL_ERROR, "operations on files cannot be checked" },
	{ "SECURITY_NETWORK", KL_WARNING,
	  "operations on sockets (inet_*, unix_*) cannot be checked" },
	{ "BPF_SYSCALL", KL_NOTE, "there is no operation bpf" },
	{ "CGROUPS", KL_NOTE, "task.cgroup has no value" },
	{ "AUDIT", KL_NOTE, "audit=yes of quotas does nothing" },
	{ "MODULE_UNLOAD", KL_NOTE, "the module stays until reboot" },
};

static bool is_set(const struct kl_buffer *config, const char *option)
{
	char line[80];
	const char *at;

	snprintf(line, sizeof(line), "CONFIG_%s=", option);
	at = strstr(config->data, line);
	return at && (at == config->data || at[-1] == '\n') &&
	       (at[strlen(line)] == 'y' || at[strlen(line)] == 'm');
}

/* Perhaps compressed. */
static bool read_config(const char *path, struct kl_buffer *config)
{
	struct kl_log_file *file;
	ssize_t got = 0;

	if (access(path, R_OK))
		return false;
	file = kl_log_file_open(path);
	kl_buffer_clear(config);
	while (file) {
		kl_buffer_room(config, 65536);
		got = kl_log_file_read(file, config->data + config->length, 65536);
		if (got <= 0 || config->length > 16 << 20)
			break;
		config->length += got;
		config->data[config->length] = '\0';
	}
	kl_log_file_close(file);
	return file && !got && config->length;
}

static void judge_config(struct kl_health *health, const struct kl_buffer *config,
			 const char *path)
{
	u32 before = health->count;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (is_set(config, wanted[i].option))
			continue;
		kl_find(health, wanted[i].level, "config",
			"the kernel was built without CONFIG_%s: %s", wanted[i].option,
			wanted[i].loss);
		if (wanted[i].level > KL_NOTE)
			kl_remedy(health,
				  "boot a kernel with CONFIG_%s=y: those of Debian, "
				  "Ubuntu and Fedora have it",
				  wanted[i].option);
	}
	if (health->count == before)
		kl_find(health, KL_FINE, "config", "built with all that is needed (%s)",
			path);
}

static void examine_config(struct kl_health *health)
{
	static const char *const paths[] = {
		"/proc/config.gz",
		"/boot/config-%s",
		"/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	struct kl_buffer config = { 0 };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		snprintf(path, sizeof(path), paths[i], health->release);
		if (read_config(kl_health_path("%s", path), &config))
			break;
	}
	if (i < ARRAY_SIZE(paths))
		judge_config(health, &config, path);
	else
		kl_find(health, KL_NOTE, "config",
			"the kernel's configuration is not to be found: neither "
			"/proc/config.gz nor /boot/config-%s can be read",
			health->release);
	kl_buffer_free(&config);
}

static void examine_ftrace(struct kl_health *health)
{
	s64 enabled = kl_health_number(kl_health_path("/proc/sys/kernel/ftrace_enabled"));

	if (enabled < 0) {
		kl_find(health, KL_ERROR, "ftrace", "the kernel has no ftrace");
		kl_remedy(health, "boot a kernel with CONFIG_FUNCTION_TRACER=y");
	} else if (!enabled) {
		kl_find(health, KL_ERROR, "ftrace",
			"ftrace is switched off (kernel.ftrace_enabled=0)%s",
			health->loaded ? "" : ": the module will not load");
		kl_remedy(health, "sysctl kernel.ftrace_enabled=1");
	} else {
		kl_find(health, KL_FINE, "ftrace", "ftrace is switched on");
	}
}

/* What happened to the kernel that makes everything else doubtful. */
static void examine_taint(struct kl_health *health)
{
	static const struct {
		u32 bit;
		const char *what;
	} taints[] = {
		{ 1, "a module was loaded by force" },
		{ 3, "a module was unloaded by force" },
		{ 5, "bad pages were found" },
		{ 7, "it has oopsed" },
		{ 9, "it has warned" },
		{ 14, "a soft lockup has happened" },
	};
	s64 taint = kl_health_number(kl_health_path("/proc/sys/kernel/tainted"));
	size_t i;

	for (i = 0; taint > 0 && i < ARRAY_SIZE(taints); i++)
		if (taint >> taints[i].bit & 1) {
			kl_find(health, KL_WARNING, "taint",
				"the kernel is tainted (%lld): %s", (long long)taint,
				taints[i].what);
			kl_remedy(health,
				  "dmesg --level=warn,err,crit,alert,emerg; then reboot");
		}
}

/* --------------------------------------- who else is attached to functions */

/* "security_file_open (1)    I D" : what stands in front of a tab or the end. */
struct traced {
	struct kl_text function;
	bool livepatch;
	bool direct;
	bool ours;
	char target[128];
};

/* Also takes the lines that belong to it. */
static bool next_traced(struct kl_text *rest, struct traced *traced)
{
	struct kl_text line, word;

	memset(traced, 0, sizeof(*traced));
	if (!rest->length)
		return false;
	line = kl_text_until(rest, '\n');
	traced->function = kl_text_until(&line, ' ');
	line = kl_text_until(&line, '\t');
	while (line.length) {
		word = kl_text_until(&line, ' ');
		traced->livepatch |= kl_text_is(word, "I");
		traced->direct |= kl_text_is(word, "D");
	}
	while (rest->length && (*rest->data == '\t' || *rest->data == ' ')) {
		line = kl_text_until(rest, '\n');
		if (!kl_text_begins(line, "\tdirect-->"))
			continue;
		line = kl_text_from(line, strlen("\tdirect-->"));
		snprintf(traced->target, sizeof(traced->target), "%.*s", (int)line.length,
			 line.data);
	}
	traced->ours = strstr(traced->target, "[kellas]");
	return true;
}

static void complain_taken(struct kl_health *health, const struct traced *traced)
{
	kl_find(health, KL_WARNING, "conflict",
		"%.*s is taken by %s%s: a policy that needs it will be refused (EBUSY)",
		(int)traced->function.length, traced->function.data,
		traced->livepatch ? "a livepatch" : "another direct caller, ",
		traced->livepatch ? "" :
		*traced->target	  ? traced->target :
				    "unnamed");
	kl_remedy(health, traced->livepatch ?
				  "ls /sys/kernel/livepatch; echo 0 "
				  ">/sys/kernel/livepatch/NAME/enabled" :
				  "bpftool prog list; bpftool link list; end the program "
				  "that traces it by fentry, fexit or fmod_ret");
}

/* What stat says is attached must be so in ftrace. */
static void judge_attached(struct kl_health *health, struct kl_text enabled)
{
	struct kl_text rest = kl_buffer_text(&health->stat), lines;
	struct kl_stat_line line;
	struct traced traced;

	while (kl_stat_next(&rest, &line)) {
		bool found = false;

		if (!kl_text_is(line.subject, "function") || !line.count ||
		    !kl_text_is(kl_stat_value(&line, "state"), "attached"))
			continue;
		for (lines = enabled; !found && next_traced(&lines, &traced);)
			found = kl_text_equal(traced.function, line.pairs[0].key) &&
				traced.direct;
		if (found)
			continue;
		kl_find(health, KL_ERROR, "attached",
			"%.*s counts as attached, but ftrace does not call the module: "
			"its rules are not in force",
			(int)line.pairs[0].key.length, line.pairs[0].key.data);
		kl_remedy(health, "kellasctl save POLICY; kellasctl unload; modprobe "
				  "kellas; kellasctl load POLICY");
	}
}

static void judge_enabled(struct kl_health *health, struct kl_text enabled)
{
	struct kl_text rest = enabled;
	u32 before = health->count;
	struct traced traced;

	while (next_traced(&rest, &traced))
		if (kl_text_begins(traced.function, "security_") && !traced.ours &&
		    (traced.livepatch || traced.direct))
			complain_taken(health, &traced);
	judge_attached(health, enabled);
	if (before == health->count)
		kl_find(health, KL_FINE, "conflict",
			"nobody else is attached to security_*() functions");
}

static void examine_conflicts(struct kl_health *health)
{
	static const char *const folders[] = { "/sys/kernel/tracing",
					       "/sys/kernel/debug/tracing" };
	struct kl_buffer text = { 0 };
	int error = -ENOENT, result;
	const char *seen = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders) && !seen; i++) {
		result = kl_health_read(
			kl_health_path("%s/enabled_functions", folders[i]), &text);
		if (!result)
			seen = folders[i];
		else if (result != -ENOENT)
			error = result;
	}
	if (seen) {
		judge_enabled(health, kl_buffer_text(&text));
	} else if (error == -ENOENT) {
		kl_find(health, KL_NOTE, "conflict",
			"tracefs is not mounted: who else is attached could not be "
			"looked at");
		kl_remedy(health, "mount -t tracefs tracefs /sys/kernel/tracing");
	} else {
		kl_health_unseen(health, "conflict",
				 "/sys/kernel/tracing/enabled_functions", error);
	}
	kl_buffer_free(&text);
}

void kl_examine_kernel(struct kl_health *health)
{
	examine_version(health);
	examine_config(health);
	examine_ftrace(health);
	examine_conflicts(health);
	examine_taint(health);
}
