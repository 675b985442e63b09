// SPDX-License-Identifier: GPL-2.0
/*
 * What a decision costs, and whether it depends on the number of rules; what a
 * rule costs in memory, and a policy in time to load.
 *
 * Usage: engine [--quick]
 *
 * Instructions are counted by the processor where perf_event_open() can be had,
 * else by callgrind, which runs this program once more. Each decision includes
 * making the request and, where the whole name is needed, the second call with
 * it. Ratios are to 10 rules of the same kind, layout and case.
 */
#include <dirent.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "engine/parse.h"
#include "engine/ruleset.h"

enum kind { LITERAL, WILDCARD, KINDS };
enum layout { ONE_BLOCK, MANY_BLOCKS, LAYOUTS };
enum event { RULED_OUT, WHOLE_NAME, LAST_RULE, EVENTS };
enum way { INDEXED, LINEAR, WAYS };

static const char * const kind_names[] = { "literal", "wildcard" };
static const char * const layout_names[] = { "one block", "blocks" };
static const char * const event_names[] = { "ruled out", "no match", "last rule" };

/**
 * struct row - one policy and what it cost
 * @kind, @count, @layout: the policy
 * @load: milliseconds to parse, apply and compile
 * @ruleset, @words: bytes of the compiled ruleset; of words and their patterns
 * @ns, @instructions: of one decision; 0 not measured
 */
struct row {
	enum kind kind;
	enum layout layout;
	u32 count;
	double load;
	size_t ruleset, words;
	double ns[WAYS][EVENTS];
	double instructions[WAYS][EVENTS];
	struct kl_policy policy;
	struct kl_ruleset *compiled;
};

static struct row rows[] = {
	{ LITERAL, ONE_BLOCK, 1 },
	{ LITERAL, ONE_BLOCK, 10 },
	{ LITERAL, ONE_BLOCK, 1000 },
	{ LITERAL, ONE_BLOCK, 10000 },
	{ LITERAL, ONE_BLOCK, 100000 },
	{ WILDCARD, ONE_BLOCK, 10 },
	{ WILDCARD, ONE_BLOCK, 1000 },
	{ LITERAL, MANY_BLOCKS, 1 },
	{ LITERAL, MANY_BLOCKS, 10 },
	{ LITERAL, MANY_BLOCKS, 1000 },
	{ LITERAL, MANY_BLOCKS, 10000 },
	{ LITERAL, MANY_BLOCKS, 100000 },
	{ WILDCARD, MANY_BLOCKS, 10 },
	{ WILDCARD, MANY_BLOCKS, 1000 },
};

static u32 missed;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

/*
 * Policies.
 */
static char *add_rule(char *out, const struct row *row, u32 i)
{
	const char *pattern = row->kind == LITERAL ?
			      "path=\"/srv/data/d%u/file%u\"" :
			      "path=\"/srv/data/d%u/\\*-%u.log\"";

	if (row->layout == ONE_BLOCK) {
		out += sprintf(out, "    10 deny ");
		out += sprintf(out, pattern, i % 1000, i);
		return out + sprintf(out, "\n");
	}
	out += sprintf(out, "100 acl read ");
	/* The last one too is one of its directory's. */
	out += sprintf(out, pattern, i % 1000, i);
	return out + sprintf(out, "\n    10 deny\n");
}

static void load(struct row *row)
{
	char *text = malloc(100 + row->count * 100ul), *out = text;
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_error error = { 0 };
	struct kl_undo *undo;
	double start;
	u32 i;

	if (row->layout == ONE_BLOCK)
		out += sprintf(out, "100 acl read\n");
	for (i = 0; i < row->count; i++)
		out = add_rule(out, row, i);
	start = now();
	if (kl_policy_init(&row->policy))
		abort();
	kl_batch_init(&batch);
	kl_parser_init(&parser, &row->policy.strings);
	if (kl_parse_text(&parser, (struct kl_text){ text, out - text }, &batch,
			  &error) ||
	    kl_policy_apply(&row->policy, &batch, &undo, &error)) {
		fprintf(stderr, "%u:%u: %s\n", error.line, error.column, error.text);
		exit(2);
	}
	kl_policy_settle(&row->policy, undo);
	kl_batch_release(&batch);
	if (kl_compile(&row->policy, &row->compiled, &error))
		abort();
	row->load = (now() - start) / 1e6;
	row->ruleset = kl_ruleset_memory(row->compiled);
	row->words = row->policy.strings.memory;
	free(text);
}

static void unload(struct row *row)
{
	kl_ruleset_free(row->compiled);
	kl_policy_destroy(&row->policy);
}

/*
 * Decisions.
 */

/**
 * struct subject - the open() to be decided
 * @name, @last: its name and last component
 * @hint: the last component is known beforehand
 */
struct subject {
	char text[64];
	struct kl_text name, last;
	bool hint;
	enum kl_verdict expected;
};

static void make_subject(const struct row *row, enum event event, struct subject *subject)
{
	u32 i = row->count - 1;

	if (event == LAST_RULE)
		sprintf(subject->text, row->kind == LITERAL ? "/srv/data/d%u/file%u" :
			"/srv/data/d%u/web-%u.log", i % 1000, i);
	else
		strcpy(subject->text, "/srv/data/d0/something-else");
	subject->name.data = subject->text;
	subject->name.length = strlen(subject->text);
	subject->last.data = strrchr(subject->text, '/') + 1;
	subject->last.length = strlen(subject->last.data);
	subject->hint = event != WHOLE_NAME;
	subject->expected = event == LAST_RULE ? KL_DENY : KL_PERMIT;
}

static noinline enum kl_verdict decide(const struct kl_ruleset *ruleset, enum way way,
				       const struct subject *subject)
{
	struct kl_request request;
	enum kl_verdict verdict;

	kl_request_init(&request, KL_OP_READ);
	if (subject->hint)
		request.last[0] = subject->last;
	verdict = way == LINEAR ? kl_decide_linear(ruleset, &request) :
				  kl_decide(ruleset, &request);
	if (verdict != KL_NEED)
		return verdict;
	kl_request_text(&request, KL_SLOT_OBJECT0, &subject->name);
	return way == LINEAR ? kl_decide_linear(ruleset, &request) :
			       kl_decide(ruleset, &request);
}

/* A request that does not end as it should measures something else. */
static void repeat(const struct row *row, enum way way, const struct subject *subject,
		   u32 times)
{
	while (times--) {
		if (decide(row->compiled, way, subject) == subject->expected)
			continue;
		fprintf(stderr, "%u %s rules: wrong verdict on %s\n", row->count,
			kind_names[row->kind], subject->text);
		exit(2);
	}
}

/* Is that worth measuring? A wildcard may end the name, so nothing rules it out. */
static bool applies(const struct row *row, enum way way, enum event event)
{
	if (row->kind == WILDCARD && event == RULED_OUT)
		return false;
	return way == INDEXED || row->count <= 10000;
}

static u32 times_of(const struct row *row, enum way way, u32 budget)
{
	return way == LINEAR ? budget / row->count + 1 : budget / 20 + 1;
}

static double measure_ns(const struct row *row, enum way way,
			 const struct subject *subject, bool quick)
{
	u32 times = times_of(row, way, quick ? 20000 : 400000), turn;
	double best = 1e300, start;

	for (turn = 0; turn < 5; turn++) {
		start = now();
		repeat(row, way, subject, times);
		best = min(best, (now() - start) / times);
	}
	return best;
}

/*
 * Instructions.
 */
static int open_counter(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static double measure_instructions(const struct row *row, enum way way,
				   const struct subject *subject, int counter)
{
	u32 times = times_of(row, way, 20000);
	u64 before, after;

	repeat(row, way, subject, 10);
	if (read(counter, &before, sizeof(before)) != sizeof(before))
		return 0;
	repeat(row, way, subject, times);
	if (read(counter, &after, sizeof(after)) != sizeof(after))
		return 0;
	return (double)(after - before) / times;
}

/* Under callgrind: each case is a dump of its own, named by its numbers. */
static void dump_instructions(const struct row *row, enum way way, enum event event,
			      const struct subject *subject)
{
	u32 times = times_of(row, way, 4000);
	char name[64];

	repeat(row, way, subject, 3);
	snprintf(name, sizeof(name), "case %zu %d %d %u", row - rows, way, event, times);
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	repeat(row, way, subject, times);
	CALLGRIND_DUMP_STATS_AT(name);
	CALLGRIND_STOP_INSTRUMENTATION;
}

static void read_dump(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned int row = ~0u, way = 0, event = 0, times = 0;
	unsigned long long total;
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "desc: Trigger: Client Request: case %u %u %u %u", &row, &way,
		       &event, &times);
		if ((sscanf(line, "summary: %llu", &total) == 1 ||
		     sscanf(line, "totals: %llu", &total) == 1) && row < ARRAY_SIZE(rows) &&
		    way < WAYS && event < EVENTS && times)
			rows[row].instructions[way][event] = (double)total / times;
	}
	if (file)
		fclose(file);
}

/* Let callgrind run this program, and read what it found. */
static bool use_callgrind(const char *self)
{
	char folder[] = "/tmp/kellas-bench-XXXXXX", option[64], path[512];
	struct dirent *entry;
	DIR *dir;
	pid_t pid;
	int status;

	if (!mkdtemp(folder))
		return false;
	snprintf(option, sizeof(option), "--callgrind-out-file=%s/out", folder);
	pid = fork();
	if (!pid) {
		execlp("valgrind", "valgrind", "-q", "--tool=callgrind",
		       "--instr-atstart=no", option, self, "--dump", NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		fprintf(stderr, "engine: valgrind did not run: no instructions\n");
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		read_dump(path);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
	return !status;
}

/*
 * The figures.
 */
static const struct row *find_row(enum kind kind, enum layout layout, u32 count)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == kind && rows[i].layout == layout &&
		    rows[i].count == count)
			return &rows[i];
	return NULL;
}

static void print_rows(enum way way)
{
	u32 i, event;

	printf("\n%s: instructions (ns) of one decision, ratio of instructions to 10 rules\n",
	       way == LINEAR ? "linear" : "indexed");
	printf("%-9s %-9s %7s", "rules", "layout", "number");
	for (event = 0; event < EVENTS; event++)
		printf("  %26s", event_names[event]);
	printf("\n");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		const struct row *ten = find_row(row->kind, row->layout, 10);

		if (!applies(row, way, WHOLE_NAME))
			continue;
		printf("%-9s %-9s %7u", kind_names[row->kind], layout_names[row->layout],
		       row->count);
		for (event = 0; event < EVENTS; event++) {
			char figure[64] = "-";

			if (applies(row, way, event))
				snprintf(figure, sizeof(figure), "%.0f (%.0f) %.2f",
					 row->instructions[way][event],
					 row->ns[way][event],
					 row->instructions[way][event] /
					 ten->instructions[way][event]);
			printf("  %26s", figure);
		}
		printf("\n");
	}
}

static void print_sizes(void)
{
	u32 i;

	printf("\nloading (parse, apply, compile) and memory\n");
	printf("%-9s %-9s %7s  %9s  %14s  %14s\n", "rules", "layout", "number", "ms",
	       "ruleset/rule", "+ words");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		printf("%-9s %-9s %7u  %9.2f  %14.0f  %14.0f\n", kind_names[rows[i].kind],
		       layout_names[rows[i].layout], rows[i].count, rows[i].load,
		       (double)rows[i].ruleset / rows[i].count,
		       (double)(rows[i].ruleset + rows[i].words) / rows[i].count);
}

static void judge(const char *what, double is, double most, const char *unit)
{
	bool met = is > 0 && is <= most;

	printf("%-62s %8.2f%s  (at most %g)  %s\n", what, is, unit, most,
	       met ? "met" : "MISSED");
	missed += !met;
}

static void judge_growth(enum kind kind, u32 count, double most)
{
	u32 layout, event;

	for (layout = 0; layout < LAYOUTS; layout++) {
		const struct row *row = find_row(kind, layout, count);
		const struct row *ten = find_row(kind, layout, 10);

		for (event = 0; event < EVENTS; event++) {
			char what[128];

			if (!applies(row, INDEXED, event))
				continue;
			snprintf(what, sizeof(what), "%u %s rules, %s, %s: to 10 rules",
				 count, kind_names[kind], layout_names[layout],
				 event_names[event]);
			judge(what, row->instructions[INDEXED][event] /
			      ten->instructions[INDEXED][event], most, " x");
		}
	}
}

static void judge_all(void)
{
	u32 layout;

	printf("\ngoals\n");
	judge_growth(LITERAL, 10000, 1.2);
	judge_growth(LITERAL, 100000, 1.5);
	judge_growth(WILDCARD, 1000, 1.5);
	for (layout = 0; layout < LAYOUTS; layout++) {
		const struct row *row = find_row(LITERAL, layout, 10000);
		const struct row *large = find_row(LITERAL, layout, 100000);
		char what[128];

		snprintf(what, sizeof(what), "memory of a literal rule, compiled, %s",
			 layout_names[layout]);
		judge(what, (double)row->ruleset / row->count, 200, " B");
		snprintf(what, sizeof(what), "the same with its words and their patterns, %s",
			 layout_names[layout]);
		judge(what, (double)(row->ruleset + row->words) / row->count, 200, " B");
		snprintf(what, sizeof(what), "loading 10000 rules, %s",
			 layout_names[layout]);
		judge(what, row->load, 100, " ms");
		printf("%-62s %8.2f x  (n log n: 12.5; no goal)\n",
		       "loading 100000 rules to 10000", large->load / row->load);
	}
	printf("%u goals missed\n", missed);
}

int main(int argc, char **argv)
{
	bool dump = argc > 1 && !strcmp(argv[1], "--dump");
	bool quick = argc > 1 && !strcmp(argv[1], "--quick");
	int counter = dump ? -1 : open_counter();
	u32 i, way, event;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct row *row = &rows[i];

		load(row);
		for (way = 0; way < WAYS; way++)
			for (event = 0; event < EVENTS; event++) {
				struct subject subject;

				if (!applies(row, way, event))
					continue;
				make_subject(row, event, &subject);
				if (dump) {
					dump_instructions(row, way, event, &subject);
					continue;
				}
				row->ns[way][event] =
					measure_ns(row, way, &subject, quick);
				if (counter >= 0)
					row->instructions[way][event] =
						measure_instructions(row, way, &subject,
								     counter);
			}
		unload(row);
	}
	if (dump)
		return 0;
	printf("instructions counted by %s\n", counter >= 0 ? "the processor" : "callgrind");
	if (counter < 0 && !use_callgrind(argv[0]))
		return 1;
	print_rows(INDEXED);
	print_rows(LINEAR);
	print_sizes();
	judge_all();
	return 0;
}
