// SPDX-License-Identifier: GPL-2.0
/* Findings, and the files that they are made from. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "health.h"
#include "proc.h"
#include "stat_line.h"

/* Counters of a million rules are smaller. */
#define FILE_BYTES_MAX (1u << 30)

const char *kl_level_name(enum kl_level level)
{
	static const char *const names[KL_LEVELS] = { "ok", "note", "warning", "error" };

	return names[level];
}

static char *format_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return text;
}

void kl_find(struct kl_health *health, enum kl_level level, const char *name,
	     const char *format, ...)
{
	struct kl_finding *finding;
	va_list args;

	health->findings = kl_xrealloc(health->findings, health->count + 1,
				       sizeof(*health->findings));
	finding = &health->findings[health->count++];
	finding->area = health->area;
	finding->name = name;
	finding->level = level;
	finding->remedy = NULL;
	va_start(args, format);
	finding->what = format_text(format, args);
	va_end(args);
}

void kl_remedy(struct kl_health *health, const char *format, ...)
{
	struct kl_finding *finding = &health->findings[health->count - 1];
	va_list args;

	free(finding->remedy);
	va_start(args, format);
	finding->remedy = format_text(format, args);
	va_end(args);
}

/* Each of these may stand somewhere else. */
static const struct place {
	const char *path;
	const char *variable;
} places[] = {
	{ "/proc/kellas", "KELLAS_PROC" },
	{ "/run/kellas/auditd.stat", "KELLAS_AUDITD_STAT" },
	{ "", "KELLAS_ROOT" },
};

const char *kl_health_path(const char *format, ...)
{
	static char path[2 * PATH_MAX];
	char plain[PATH_MAX];
	va_list args;
	size_t i;

	va_start(args, format);
	vsnprintf(plain, sizeof(plain), format, args);
	va_end(args);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		const char *value = getenv(places[i].variable);
		size_t length = strlen(places[i].path);

		if (!value || !*value || strncmp(plain, places[i].path, length))
			continue;
		snprintf(path, sizeof(path), "%s%s", value, plain + length);
		return path;
	}
	snprintf(path, sizeof(path), "%s", plain);
	return path;
}

int kl_health_read(const char *path, struct kl_buffer *text)
{
	int fd, error;

	kl_buffer_clear(text);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	error = kl_read_fd(fd, text, FILE_BYTES_MAX);
	close(fd);
	while (text->length && text->data[text->length - 1] == '\n')
		text->data[--text->length] = '\0';
	return error;
}

s64 kl_health_number(const char *path)
{
	struct kl_buffer text = { 0 };
	s64 number = -1;

	if (!kl_health_read(path, &text) && text.length &&
	    isdigit((unsigned char)*text.data))
		number = strtoll(text.data, NULL, 10);
	kl_buffer_free(&text);
	return number;
}

void kl_health_unseen(struct kl_health *health, const char *name, const char *path,
		      int error)
{
	kl_find(health, KL_NOTE, name, "%s could not be looked at: %s", path,
		strerror(-error));
	if (error == -EACCES || error == -EPERM)
		kl_remedy(health, "sudo kellasctl doctor");
}

bool kl_health_count(struct kl_text text, const char *subject, const char *key,
		     u64 *count)
{
	struct kl_stat_line line;

	*count = 0;
	while (kl_stat_next(&text, &line))
		if (kl_text_is(line.subject, subject)) {
			*count = kl_stat_number(kl_stat_value(&line, key));
			return true;
		}
	return false;
}

static void read_release(struct kl_health *health)
{
	struct kl_buffer text = { 0 };

	if (!kl_health_read(kl_health_path("/proc/sys/kernel/osrelease"), &text))
		snprintf(health->release, sizeof(health->release), "%s", text.data);
	kl_buffer_free(&text);
}

void kl_health_examine(struct kl_health *health)
{
	read_release(health);
	health->loaded = !access(kl_health_path("/proc/kellas"), F_OK);
	/* Larger with many rules; why it cannot be read is told elsewhere. */
	if (health->loaded &&
	    kl_health_read(kl_health_path("/proc/kellas/stat"), &health->stat))
		kl_buffer_clear(&health->stat);
	health->area = "kernel";
	kl_examine_kernel(health);
	health->area = "module";
	kl_examine_module(health);
	health->area = "policy";
	kl_examine_policy(health);
	health->area = "log";
	kl_examine_log(health);
	health->area = "files";
	kl_examine_files(health);
}

void kl_health_free(struct kl_health *health)
{
	u32 i;

	for (i = 0; i < health->count; i++) {
		free(health->findings[i].what);
		free(health->findings[i].remedy);
	}
	free(health->findings);
	kl_buffer_free(&health->stat);
	memset(health, 0, sizeof(*health));
}
