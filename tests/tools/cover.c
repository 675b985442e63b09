// SPDX-License-Identifier: GPL-2.0
/*
 * What is proved about conditions and patterns. If this fails, the linter calls
 * rules dead that are not, or the other way round.
 *
 * usage: cover [SECONDS [SEED]]
 */
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cover.h"
#include "engine/parse.h"
#include "engine/pattern.h"
#include "language.h"
#include "oracle/random.h"
#include "policy_file.h"

static u32 failed, passed;

static void report(bool good, const char *format, ...)
{
	va_list args;

	passed += good;
	failed += !good;
	if (good)
		return;
	printf("not ok ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/*
 * Patterns: random words over few characters, so that they have much to do with
 * each other; the engine's matcher is asked about every short string.
 */
static const char *const pieces[] = {
	"/", "/", "/", "a", "a", "b", ".", "1", "\\*", "\\*", "\\@", "\\?", "\\$", "\\+",
	"\\A", "\\a", "\\X", "\\x", "\\-", "/\\{", "\\}/", "/\\(", "\\)/", "/\\{\\*\\}/",
	"/\\(\\*\\)/", "/\\{a\\}/", "/\\(a\\?\\)/", "//", "\\000", "\\-a", "/\\*",
};

static const char *const components[] = {
	"a", "a", "b", "1", "", "\\*", "\\*", "\\*", "a\\*", "\\*b", "\\@", "\\?", "\\$",
	"\\*\\-a", "\\*\\-\\$\\-b", "\\{\\*\\}", "\\(\\*\\)", "\\{a\\*\\}", "\\(\\?\\)",
	"\\{\\*\\-a\\}",
};

/* Mostly of whole components, as people write them. */
static void random_text(struct kl_buffer *text, u64 *random)
{
	u32 i, count = random_between(random, 1, 4);

	kl_buffer_clear(text);
	if (random_chance(random, 30)) {
		for (i = 0; i < count + 3; i++)
			kl_buffer_puts(text, pieces[random_below(random,
								 ARRAY_SIZE(pieces))]);
		return;
	}
	for (i = 0; i < count; i++)
		kl_buffer_printf(text, "%s%s", i || random_chance(random, 90) ? "/" : "",
				 components[random_below(random,
							 ARRAY_SIZE(components))]);
}

static struct kl_string *random_word(struct kl_strings *strings, u64 *random)
{
	struct kl_buffer text = { 0 };
	struct kl_string *word;
	const char *why;
	u32 at;

	do {
		random_text(&text, random);
	} while (kl_word_check(kl_buffer_text(&text), &at, &why));
	word = kl_string_get(strings, kl_buffer_text(&text));
	kl_buffer_free(&text);
	return word;
}

/* All strings of up to so many of these bytes, one after the other. */
#define LETTERS		5u
#define LENGTH		6u
#define STRINGS		(15625u + 3125u + 625u + 125u + 25u + 5u + 1u)

static struct kl_text string_number(u32 number, char *out)
{
	static const char letters[LETTERS] = { '/', 'a', 'b', '1', '.' };
	struct kl_text text = { out, 0 };
	u32 size = 1;

	for (; number >= size; size *= LETTERS, text.length++)
		number -= size;
	for (size = 0; size < text.length; size++, number /= LETTERS)
		out[size] = letters[number % LETTERS];
	return text;
}

static bool wanted(struct kl_string **words, u32 all, u32 none, struct kl_text text)
{
	u32 i;

	for (i = 0; i < all + none; i++)
		if (kl_pattern_match(kl_string_pattern(words[i]), text) != (i < all))
			return false;
	return true;
}

/* Return: what the search says, after looking for a string that it missed. */
static enum kl_language try_search(struct kl_string **words, u32 all, u32 none,
				   u64 *random)
{
	struct kl_buffer example = { 0 };
	enum kl_language answer = kl_language_search(
		(const struct kl_string *const *)words, all, none, &example);
	char buffer[LENGTH];
	u32 i, from = random_below(random, 7);

	if (answer == KL_LANGUAGE_NONE && kl_string_pattern(words[0])->literal)
		report(!wanted(words, all, none, kl_string_pattern(words[0])->head),
		       "\"%s\" is one of %u and not of %u: %s %s", words[0]->text, all, none,
		       words[1]->text, words[2]->text);
	if (answer == KL_LANGUAGE_SOME)
		report(wanted(words, all, none, kl_buffer_text(&example)),
		       "the example \"%.*s\" of %u and not %u of %s %s", (int)example.length,
		       example.data, all, none, words[0]->text, words[1]->text);
	for (i = from; answer == KL_LANGUAGE_NONE && i < STRINGS; i += 7)
		if (wanted(words, all, none, string_number(i, buffer))) {
			report(false, "\"%.*s\" is one of %u and not of %u: %s %s %s",
			       (int)string_number(i, buffer).length, buffer, all, none,
			       words[0]->text, words[1]->text,
			       all + none > 2 ? words[2]->text : "");
			break;
		}
	passed += answer == KL_LANGUAGE_NONE;
	kl_buffer_free(&example);
	return answer;
}

static void try_patterns(u64 seed, u32 seconds)
{
	u64 random = seed, answers[3] = { 0 };
	clock_t end = clock() + seconds * CLOCKS_PER_SEC;
	struct kl_string *words[3];
	struct kl_strings strings;
	u32 i, all, none;

	if (kl_strings_init(&strings))
		abort();
	while (clock() < end && failed < 10) {
		for (i = 0; i < 3; i++)
			words[i] = random_word(&strings, &random);
		/* Of a single string it is known what is to be said. */
		if (random_chance(&random, 60)) {
			char buffer[LENGTH];

			kl_string_put(words[0]);
			words[0] = kl_string_get(
				&strings,
				string_number(random_below(&random, STRINGS), buffer));
		}
		all = random_between(&random, 1, 2);
		none = random_between(&random, 2 - all, 3 - all);
		answers[try_search(words, all, none, &random)]++;
		for (i = 0; i < 3; i++)
			kl_string_put(words[i]);
	}
	kl_strings_destroy(&strings);
	printf("patterns: none %llu, some %llu, unsure %llu\n",
	       (unsigned long long)answers[0], (unsigned long long)answers[1],
	       (unsigned long long)answers[2]);
	report(answers[0] > 50 && answers[1] > 50 && !answers[2], "searches of each kind");
}

/*
 * Conditions: the first line of the block stands for the second one, or not.
 */
static const char groups[] =
	"string_group S /a\nstring_group S /b\nstring_group S /c/\\*\n"
	"string_group T /a\nnumber_group N 1-5\nnumber_group N 7\n"
	"string_group H /x=>/y\n"
	"ip_group I 10.0.0.0/8\nip_group I ::1\n";

#define NO	KL_UNPROVED
#define KNOWN	KL_PROVED_IF_KNOWN
#define YES	KL_PROVED

static const struct {
	enum kl_proof covers;
	const char *op, *head, *outer, *inner;
} cases[] = {
	{ YES, "write", "", "deny", "allow" },
	{ NO, "write", "", "deny path=\"/a\"", "deny" },
	{ YES, "write", "", "deny path=\"/a\"", "deny path=\"/a\"" },
	{ KNOWN, "write", "", "allow path=\"/a\"", "deny path=\"/a\"" },
	{ YES, "write", "", "deny path=\"/a\"", "allow path=\"/a\"" },
	{ YES, "write", "", "allow path=\"/a\"", "allow path=\"/a\" task.uid=0" },
	{ NO, "write", "", "allow path=\"/a\" task.uid=0", "allow path=\"/a\"" },
	{ KNOWN, "write", " path=\"/a\"", "allow path=\"/a\"", "allow" },
	{ YES, "write", " path=\"/a\"", "deny path=\"/a\"", "allow" },
	{ YES, "write", "", "deny path=\"/\\*\"", "deny path=\"/ab\"" },
	{ NO, "write", "", "deny path=\"/\\*\"", "deny path=\"/a/b\"" },
	{ YES, "write", "", "deny path=\"/\\(\\*\\)/\\*\"", "deny path=\"/\\*/\\*\"" },
	{ NO, "write", "", "deny path=\"/\\{\\*\\}/\\*\"", "deny path=\"/\\(\\*\\)/\\*\"" },
	{ YES, "write", "", "deny path!=\"/a/\\*\"", "deny path=\"/b/\\*\"" },
	{ NO, "write", "", "deny path!=\"/a/\\*\"", "deny path=\"/\\*/x\"" },
	{ YES, "write", "", "deny path!=\"/a/b\"", "deny path!=\"/a/\\*\"" },
	{ NO, "write", "", "deny path!=\"/a/\\*\"", "deny path!=\"/a/b\"" },
	{ YES, "write", "", "deny path=@S", "deny path=\"/c/x\"" },
	{ YES, "write", "", "deny path=@S", "deny path=@T" },
	{ NO, "write", "", "deny path=@T", "deny path=@S" },
	{ YES, "write", "", "deny path!=@T", "deny path!=@S" },
	{ YES, "write", "", "deny path!=NULL", "deny path!=@S" },
	{ NO, "write", "", "deny path!=NULL", "deny" },
	{ YES, "write", "", "deny path=\"/\\*\"", "deny path=\"/\\A\" path!=\"/q\"" },
	{ YES, "write", "", "deny path=\"/a\\*\"", "deny path=\"/\\*\" path=\"/a\\?\"" },
	{ YES, "write", "", "deny path=\"/\\*\\-x\"", "deny path=\"/\\?\" path!=\"/x\" path!=\"/x/\"" },
	/* "/x/" is no path, but it is a string. */
	{ NO, "write", "", "deny path=\"/\\*\\-x\"", "deny path=\"/\\*\" path!=\"/x\"" },
	{ YES, "write", "", "deny task.uid=1-10", "deny task.uid=3" },
	{ NO, "write", "", "deny task.uid=1-10", "deny task.uid=3-11" },
	{ YES, "write", "", "deny task.uid=@N", "deny task.uid=2-4" },
	{ NO, "write", "", "deny task.uid=@N", "deny task.uid=5-7" },
	{ YES, "write", "", "deny task.uid=@N", "deny task.uid=5-7 task.uid!=6" },
	{ YES, "write", "", "deny task.uid!=6", "deny task.uid=@N" },
	{ YES, "write", "", "deny task.uid=0-18446744073709551615", "deny task.uid!=5" },
	{ NO, "write", "", "deny task.uid=0-18446744073709551615", "deny task.gid!=5" },
	{ NO, "write", "", "deny task.uid!=5", "deny task.uid=0-18446744073709551615" },
	{ YES, "chmod", "", "deny perm=setuid", "deny perm=04000-04777" },
	{ NO, "chmod", "", "deny perm=setuid", "deny perm=03777-04777" },
	{ YES, "chmod", "", "deny perm!=setgid", "deny perm=04000-05777" },
	{ YES, "chmod", "", "deny perm=04000-07777", "deny perm=setuid perm=0-07777" },
	{ NO, "chmod", "", "deny perm=04000-07777", "deny perm=setuid" },
	{ YES, "write", "", "deny path.type!=file", "deny path.type=directory" },
	{ NO, "write", "", "deny path.type=file", "deny path.type!=directory" },
	{ YES, "inet_stream_bind", "", "deny ip=10.0.0.0/8", "deny ip=10.1.0.0-10.2.0.0" },
	{ NO, "inet_stream_bind", "", "deny ip!=10.0.0.0/8", "deny ip=::1" },
	{ YES, "inet_stream_bind", "", "deny ip!=@I", "deny ip=::2" },
	{ YES, "inet_stream_bind", "", "deny ip!=10.0.0.0/8", "deny ip=11.0.0.1" },
	{ YES, "inet_stream_bind", "", "deny ip!=10.0.0.1", "deny ip!=10.0.0.0/8" },
	{ YES, "inet_stream_bind", "", "deny ip!=@I", "deny ip!=10.0.0.0/8" },
	{ NO, "inet_stream_bind", "", "deny ip!=@I", "deny ip!=::2" },
	{ YES, "inet_stream_bind", "", "deny ip=@I", "deny ip=10.255.255.255" },
	{ YES, "execute", "", "deny path=exec", "deny exec=path" },
	{ NO, "execute", "", "deny path=exec", "deny path!=exec" },
	{ YES, "execute", "", "deny argv[1]!=NULL", "deny argv[1]=\"x\"" },
	{ NO, "execute", "", "deny argv[2]=\"x\"", "deny argv[1]=\"x\"" },
	{ KNOWN, "execute", " argv[1]=\"x\"", "allow argv[1]=\"\\*\"",
	  "allow argv[1]!=NULL" },
	{ YES, "execute", "", "deny envp[\"A\"]!=NULL", "deny envp[\"A\"]=\"\\?\"" },
	{ NO, "execute", "", "deny envp[\"A\"]!=NULL", "deny envp[\"A\"]!=\"\\?\"" },
	{ YES, "execute", "", "deny envp[\"A\"]!=\"b\"", "deny envp[\"A\"]=NULL" },
	{ NO, "execute", "", "deny envp[\"A\"]=\"b\"", "deny envp[\"B\"]=\"b\"" },
	{ YES, "write", "", "deny task.ancestor=\"/\\*\"", "deny task.ancestor=\"/a\"" },
	{ NO, "write", "", "deny task.ancestor!=\"/b\"", "deny task.ancestor=\"/a\"" },
	{ YES, "write", "", "deny task.ancestor!=\"/a\"", "deny task.ancestor!=\"/\\*\"" },
	{ KNOWN, "write", " task.ancestor=\"/a\"", "allow task.ancestor=\"/\\*\"",
	  "allow task.ancestor!=NULL" },
	{ YES, "write", "", "deny task.history=@H", "deny task.history=\"/x=>/y\"" },
	{ NO, "write", "", "deny task.history=@H", "deny task.history=\"/x=>/\\*\"" },
	{ YES, "execute", "", "deny path=\"/a\"", "allow path=\"/a\" transition=\"d\"" },
	{ YES, "execute", "", "allow path=\"/a\" transition=\"d\"", "allow path=\"/a\"" },
};

/* Conditions that contradict each other, or not; "head | line". */
static const struct {
	enum kl_proof excludes;
	const char *op, *head, *line;
} contradictions[] = {
	{ NO, "write", " path=\"/a\"", "deny" },
	{ KNOWN, "write", " path=\"/a\" path=\"/b\"", "deny" },
	{ YES, "write", " path=\"/a\"", "allow path=\"/b\"" },
	{ KNOWN, "write", " path=\"/a\"", "deny path=\"/b\"" },
	{ YES, "write", " path=\"/\\*\"", "allow path=\"/\\*/\\*/a\"" },
	{ NO, "write", " path=\"/\\(\\*\\)/\\*\"", "allow path=\"/\\*/\\*\"" },
	{ YES, "write", "", "allow task.uid=0 task.uid!=0" },
	{ YES, "write", "", "allow task.uid=1-5 task.uid=6-7" },
	{ YES, "write", "", "allow task.uid=@N task.uid!=1-7" },
	{ NO, "write", "", "allow task.uid=@N task.uid!=1-6" },
	{ YES, "chmod", "", "allow perm=setuid perm=0-0777" },
	{ YES, "chmod", "", "allow perm=setuid perm!=setuid" },
	{ YES, "write", "", "allow path.type=file path.type=fifo" },
	{ YES, "write", "", "allow path=NULL" },
	{ YES, "write", "", "allow path=@S path!=@S" },
	{ YES, "write", "", "allow path=@T path!=@S" },
	{ NO, "write", "", "allow path=@S path!=@T" },
	{ YES, "write", "", "allow path=@NOTHING" },
	{ NO, "write", "", "allow path!=@NOTHING" },
	{ YES, "inet_stream_bind", "", "allow ip=10.0.0.1 ip=::1" },
	{ YES, "inet_stream_bind", "", "allow ip!=10.0.0.1 ip!=::1" },
	{ NO, "inet_stream_bind", "", "allow ip!=@I ip!=::1" },
	{ YES, "execute", "", "allow path=exec exec!=path" },
	{ YES, "execute", "", "allow argv[1]=NULL argv[1]=\"x\"" },
	{ YES, "execute", "", "allow envp[\"A\"]=NULL envp[\"A\"]=\"x\"" },
	{ NO, "execute", "", "allow envp[\"A\"]=NULL envp[\"A\"]!=\"x\"" },
	{ NO, "write", "", "allow task.ancestor=\"/a\" task.ancestor=\"/b\"" },
	{ YES, "write", "", "allow task.ancestor=\"/a\" task.ancestor!=\"/\\*\"" },
	{ YES, "write", "", "allow task.history=\"/a\" task.history!=\"/a\"" },
};

/* Several lines that together stand for the last one. */
static const struct {
	enum kl_proof covers;
	u32 needed;
	const char *op, *lines;
} unions[] = {
	{ YES, 2, "write", "10 deny task.uid=1-5\n10 deny task.uid=6-9\n"
			   "10 deny task.gid=1\n20 deny task.uid=2-8\n" },
	{ NO, 0, "write", "10 deny task.uid=1-5\n10 deny task.uid=7-9\n"
			  "20 deny task.uid=2-8\n" },
	{ YES, 2, "write", "10 allow task.uid=1-5\n10 allow task.uid!=2\n"
			   "20 allow task.uid=2-8\n" },
	{ YES, 2, "write", "10 allow path=\"/a\"\n10 allow path=\"/b\"\n"
			   "10 allow path=\"/c/\\*\"\n20 allow path=@S path!=\"/b\"\n" },
	{ KNOWN, 2, "write", "10 allow path=\"/a\"\n10 deny path=\"/b\"\n"
			     "20 deny path=@S path!=\"/c/\\*\"\n" },
	{ YES, 2, "inet_stream_bind", "10 deny ip=10.0.0.0/8\n10 deny ip=::1\n"
				      "20 deny ip=@I\n" },
	{ NO, 0, "execute", "10 deny envp[\"A\"]=\"a\"\n10 deny envp[\"A\"]=\"b\"\n"
			    "20 deny envp[\"A\"]=\"\\A\"\n" },
	{ NO, 0, "write", "10 deny task.uid=1-5\n10 deny task.uid=6-9 task.gid=0\n"
			  "20 deny task.uid=2-8\n" },
};

static struct kl_rule **load(struct kl_policy_file *file, const char *text)
{
	struct kl_error error;
	struct kl_rule *head;
	u32 op = 0;

	kl_source_add_text(&file->source, "case", kl_text_of(text));
	if (kl_policy_file_compile(file, &error)) {
		report(false, "%s: %s", text, error.text);
		exit(1);
	}
	while (!file->policy.block_count[op])
		op++;
	head = list_first_entry(&file->policy.blocks[op], struct kl_rule, list);
	return kl_policy_sorted(&head->block->rules, head->block->count);
}

static void try_case(u32 i)
{
	struct kl_cover *cover = kl_cover_new();
	struct kl_policy_file file = { 0 };
	struct kl_buffer text = { 0 };
	struct kl_claim inner[2], outer;
	struct kl_rule **rules;
	enum kl_proof proof;

	kl_buffer_printf(&text, "%s1 acl %s%s\n10 %s\n20 %s\n", groups, cases[i].op,
			 cases[i].head, cases[i].outer, cases[i].inner);
	/* The same line twice is one. */
	rules = load(&file, text.data);
	outer = kl_claim_of(rules[0]);
	inner[0] = kl_claim_of(rules[rules[0]->block->count - 1]);
	inner[1] = kl_claim_of(&rules[0]->block->rule);
	proof = kl_covers(cover, rules[0]->op, &outer, inner, 2);
	report(proof == cases[i].covers, "%s%s: does \"%s\" cover \"%s\": %d, not %d",
	       cases[i].op, cases[i].head, cases[i].outer, cases[i].inner, proof,
	       cases[i].covers);
	kl_free(rules);
	kl_cover_free(cover);
	kl_policy_file_free(&file);
	kl_buffer_free(&text);
}

static void try_contradiction(u32 i)
{
	struct kl_cover *cover = kl_cover_new();
	struct kl_policy_file file = { 0 };
	struct kl_buffer text = { 0 };
	struct kl_claim claims[2];
	struct kl_rule **rules;
	enum kl_proof proof;
	u32 slot;

	kl_buffer_printf(&text, "%s1 acl %s%s\n20 %s\n", groups, contradictions[i].op,
			 contradictions[i].head, contradictions[i].line);
	rules = load(&file, text.data);
	claims[0] = kl_claim_of(&rules[0]->block->rule);
	claims[1] = kl_claim_of(rules[0]);
	proof = kl_excludes(cover, rules[0]->op, claims, 2, &slot);
	report(proof == contradictions[i].excludes, "%s%s: can \"%s\" never hold: %d, not %d",
	       contradictions[i].op, contradictions[i].head, contradictions[i].line, proof,
	       contradictions[i].excludes);
	kl_free(rules);
	kl_cover_free(cover);
	kl_policy_file_free(&file);
	kl_buffer_free(&text);
}

static void try_union(u32 i)
{
	struct kl_cover *cover = kl_cover_new();
	struct kl_policy_file file = { 0 };
	struct kl_buffer text = { 0 };
	struct kl_claim outers[8], inner;
	u32 needed[8], needed_count = 0, count, j;
	struct kl_rule **rules;
	enum kl_proof proof;

	kl_buffer_printf(&text, "%s1 acl %s\n%s", groups, unions[i].op, unions[i].lines);
	rules = load(&file, text.data);
	count = rules[0]->block->count;
	for (j = 0; j < count - 1; j++)
		outers[j] = kl_claim_of(rules[j]);
	inner = kl_claim_of(rules[count - 1]);
	proof = kl_covers_together(cover, rules[0]->op, outers, count - 1, &inner, 1,
				   needed, &needed_count);
	report(proof == unions[i].covers && needed_count == unions[i].needed,
	       "union of %s: %d by %u, not %d by %u", unions[i].lines, proof,
	       needed_count, unions[i].covers, unions[i].needed);
	kl_free(rules);
	kl_cover_free(cover);
	kl_policy_file_free(&file);
	kl_buffer_free(&text);
}

/*
 * Threads: the linter may look in several of them at once. What the first one learns
 * must not be used by another one before it is whole. A process learns but once.
 */
#define PROCESSES 300

static void *ask(void *context)
{
	const struct kl_string *words[2];
	enum kl_language *answer = context;
	struct kl_strings strings;
	u32 i;

	kl_xstrings(&strings);
	words[0] = kl_xintern(&strings, kl_text_of("/\\a"));
	words[1] = kl_xintern(&strings, kl_text_of("/\\x"));
	*answer = kl_language_search(words, 1, 1, NULL);
	for (i = 0; i < 2; i++)
		kl_string_put((struct kl_string *)words[i]);
	kl_strings_destroy(&strings);
	return NULL;
}

static void spin(u32 microseconds)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - begin.tv_sec) * 1000000 + (now.tv_nsec - begin.tv_nsec) / 1000 <
	       microseconds);
}

static void ask_twice(u32 microseconds)
{
	enum kl_language answers[2] = { KL_LANGUAGE_UNSURE, KL_LANGUAGE_UNSURE };
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask, &answers[0]))
		_exit(2);
	spin(microseconds);
	ask(&answers[1]);
	pthread_join(thread, NULL);
	_exit(answers[0] != KL_LANGUAGE_SOME || answers[1] != KL_LANGUAGE_SOME);
}

static void try_threads(void)
{
	int status;
	pid_t pid;
	u32 i;

	for (i = 0; i < PROCESSES; i++) {
		pid = fork();
		if (!pid)
			ask_twice(3 * (i % 100));
		report(pid > 0 && waitpid(pid, &status, 0) == pid && !status,
		       "two threads, the second %u microseconds later", 3 * (i % 100));
	}
}

int main(int argc, char **argv)
{
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (u64)time(NULL);
	u32 i;

	printf("SEED=%llu\n", (unsigned long long)seed);
	try_threads(); /* before anybody else has asked */
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		try_case(i);
	for (i = 0; i < ARRAY_SIZE(contradictions); i++)
		try_contradiction(i);
	for (i = 0; i < ARRAY_SIZE(unions); i++)
		try_union(i);
	try_patterns(seed, argc > 1 ? atoi(argv[1]) : 1);
	printf("cover: %u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
