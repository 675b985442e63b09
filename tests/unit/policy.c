// SPDX-License-Identifier: GPL-2.0
/*
 * The model and its transactions. If these fail, a policy is not what its lines
 * say, a refused change leaves something behind, or counters are lost.
 */
#include "snapshot.h"

/* Allocations left until one fails; negative: none does. */
static long allocations_left = -1;
static bool stays_out_of_memory;
static bool has_failed;

bool kl_port_fail(void)
{
	if (allocations_left < 0 || allocations_left--)
		return false;
	has_failed = true;
	if (stays_out_of_memory)
		allocations_left = 0;
	return true;
}

/* What transactions, one after the other, make of an empty policy. */

static const struct {
	const char *name;
	const char *steps[6];
	const char *printed;
} scenarios[] = {
	{ "test 26: deleting needs the same line",
	  { "100 acl read path=\"/a\" path.uid=0\n    10 deny\n",
	    "delete 100 acl read path.uid=0 path=\"/a\"\n",
	    "delete 100 acl read path=\"/a\" path.uid=00\n"
	    "delete 100 acl read path=\"/a\" path.uid=0x0\n"
	    "delete 100 acl read path=\"/a\" path.uid=0-0\n"
	    "delete 100 acl read path=\"/a\" path.uid!=0\n"
	    "delete 101 acl read path=\"/a\" path.uid=0\n"
	    "delete acl read path=\"/a\" path.uid=0\n"
	    "delete 100 acl write path=\"/a\" path.uid=0\n"
	    "delete 100 acl read path=\"/a\"\n" },
	  "\n100 acl read path=\"/a\" path.uid=0\n    audit 0\n    10 deny\n\n" },
	{ "test 26: deleting takes the sub-entries along",
	  { "100 acl read path=\"/a\" path.uid=0\n    10 deny\n",
	    "delete 100 acl read path=\"/a\" path.uid=0\n",
	    "100 acl read path=\"/a\" path.uid=0\n" },
	  "\n100 acl read path=\"/a\" path.uid=0\n    audit 0\n\n" },
	{ "the same in one transaction",
	  { "100 acl read path=\"/a\"\n    10 deny\n    audit 3\n    label x\n"
	    "delete 100 acl read path=\"/a\"\n100 acl read path=\"/a\"\n" },
	  "\n100 acl read path=\"/a\"\n    audit 0\n\n" },
	{ "test 27: a block is opened again",
	  { "100 acl read path=\"/a\"\n    10 deny\n200 acl read path=\"/b\"\n    10 deny\n",
	    "100 acl read path=\"/a\"\n    delete 10 deny\n    10 allow\n" },
	  "\n100 acl read path=\"/a\"\n    audit 0\n    10 allow\n\n"
	  "200 acl read path=\"/b\"\n    audit 0\n    10 deny\n\n" },
	{ "test 28, corrected: a comment does not end a block",
	  { "100 acl read\n    10 deny path=\"/a\"\n    # protect b as well\n\n"
	    "    20 deny path=\"/b\" # so\n" },
	  "\n100 acl read\n    audit 0\n    10 deny path=\"/a\"\n    20 deny path=\"/b\"\n\n" },
	{ "test 25: quotas",
	  { "quota audit[1] allowed=0 denied=2 unmatched=1\n"
	    "100 acl unlink path=\"/tmp/\\*\"\n    audit 1\n"
	    "    10 deny path=\"/tmp/keep\\*\"\n    20 allow path=\"/tmp/ok\\*\"\n",
	    "100 acl unlink path=\"/tmp/\\*\"\n    audit 0\n" },
	  "quota audit[1] allowed=0 denied=2 unmatched=1\n\n"
	  "100 acl unlink path=\"/tmp/\\*\"\n    audit 0\n"
	  "    10 deny path=\"/tmp/keep\\*\"\n    20 allow path=\"/tmp/ok\\*\"\n\n" },
	{ "equal priorities keep the order of insertion",
	  { "7 acl read path=\"/z\"\n7 acl read path=\"/a\"\n6 acl read path=\"/m\"\n"
	    "7 acl read path=\"/b\"\n    5 deny task.uid=2\n    5 allow task.uid=1\n"
	    "    4 deny\n",
	    "delete 7 acl read path=\"/z\"\n7 acl read path=\"/z\"\n"
	    "7 acl read path=\"/b\"\n    delete 5 deny task.uid=2\n    5 deny task.uid=2\n" },
	  "\n6 acl read path=\"/m\"\n    audit 0\n\n7 acl read path=\"/a\"\n    audit 0\n\n"
	  "7 acl read path=\"/b\"\n    audit 0\n    4 deny\n    5 allow task.uid=1\n"
	  "    5 deny task.uid=2\n\n7 acl read path=\"/z\"\n    audit 0\n\n" },
	{ "allow and deny, and other priorities, are different lines",
	  { "acl read\nallow\ndeny\n5 allow\nallow\ndeny\nallow task.uid=1\nacl read\nallow\n" },
	  "\n1000 acl read\n    audit 0\n    5 allow\n    1000 allow\n    1000 deny\n"
	  "    1000 allow task.uid=1\n\n" },
	{ "what stands on the right makes a difference",
	  { "acl execute\nallow path=NULL\nallow path=\"NULL\"\nallow path=@NULL\n"
	    "allow path=exec\nallow path=\"exec\"\nallow path=\"\"\nallow path.perm=04000\n"
	    "allow path.perm=setuid\nallow path.perm=2048\nallow argv[1]=\"\"\n"
	    "allow argv[2]=\"\"\nallow envp[\"\"]=\"\"\nallow envp[\"a\"]=\"\"\n" },
	  "\n1000 acl execute\n    audit 0\n    1000 allow path=NULL\n"
	  "    1000 allow path=\"NULL\"\n    1000 allow path=@NULL\n    1000 allow path=exec\n"
	  "    1000 allow path=\"exec\"\n    1000 allow path=\"\"\n"
	  "    1000 allow path.perm=04000\n    1000 allow path.perm=setuid\n"
	  "    1000 allow path.perm=2048\n    1000 allow argv[1]=\"\"\n"
	  "    1000 allow argv[2]=\"\"\n    1000 allow envp[\"\"]=\"\"\n"
	  "    1000 allow envp[\"a\"]=\"\"\n\n" },
	{ "addresses are the same by value and by how they were given",
	  { "acl inet_dgram_send\nallow ip=10.0.0.0/8\nallow ip=10.0.0.0-10.255.255.255\n"
	    "allow ip=10.0.0.0/8\nallow ip=::1\nallow ip=0:0::0:1\nallow ip=::1-::1\n"
	    "allow ip=::1/128\nallow ip=0.0.0.0\nallow ip=::\n" },
	  "\n1000 acl inet_dgram_send\n    audit 0\n    1000 allow ip=10.0.0.0/8\n"
	  "    1000 allow ip=10.0.0.0-10.255.255.255\n    1000 allow ip=::1\n"
	  "    1000 allow ip=::1-::1\n    1000 allow ip=::1/128\n    1000 allow ip=0.0.0.0\n"
	  "    1000 allow ip=::\n\n" },
	{ "groups: members merge, kinds have their own names",
	  { "string_group G /b\nstring_group G /a\nnumber_group G 1\nip_group G ::1\n"
	    "string_group G /b\nnumber_group G 01\nnumber_group G 1-1\nnumber_group G 1\n"
	    "ip_group G ::1/128\nip_group G 0::1\n5 string_group H /\\*\\-x\n",
	    "delete string_group G /b\ndelete string_group G /none\ndelete string_group X /b\n"
	    "delete number_group G 0x1\ndelete number_group G 01\ndelete ip_group H ::1\n" },
	  "string_group G /a\nstring_group H /\\*\\-x\nnumber_group G 1\nnumber_group G 1-1\n"
	  "ip_group G ::1\nip_group G ::1/128\n\n" },
	{ "a group exists from its first mention, and prints where it was made",
	  { "acl read path=@LATER task.uid=@N\n", "string_group SOON /s\n",
	    "string_group LATER /l\nnumber_group N 0x0A\n" },
	  "string_group LATER /l\nstring_group SOON /s\nnumber_group N 0xA\n\n"
	  "1000 acl read path=@LATER task.uid=@N\n    audit 0\n\n" },
	{ "a group without members and uses is forgotten",
	  { "acl read path=@A\nstring_group B /b\n", "delete acl read path=@A\n",
	    "string_group C /c\nstring_group A /a\n",
	    "delete string_group C /c\nstring_group C /d\n",
	    "delete string_group C /d\n", "string_group C /e\n" },
	  "string_group B /b\nstring_group A /a\nstring_group C /e\n\n" },
	{ "a group goes when the block goes whose sub-entry used it",
	  { "acl read\nallow path=@A\nstring_group B /b\n", "delete acl read\n",
	    "string_group C /c\nstring_group A /a\n" },
	  "string_group B /b\nstring_group C /c\nstring_group A /a\n\n" },
	{ "a group that is still used stays without members",
	  { "string_group A /a\nstring_group B /b\nacl read path!=@A\n",
	    "delete string_group A /a\n", "string_group A /a2\n" },
	  "string_group A /a2\nstring_group B /b\n\n1000 acl read path!=@A\n    audit 0\n\n" },
	{ "labels are no part of the identity",
	  { "acl read\n    label one\n    allow path=\"/a\" label=x\n    deny label=d\n",
	    "acl read\n    label two\n    allow path=\"/a\" label=y\n    deny\n" },
	  "\n1000 acl read\n    label two\n    audit 0\n    1000 allow path=\"/a\" label=y\n"
	  "    1000 deny label=d\n\n" },
	{ "labels are deleted, if they are the one that is named",
	  { "acl read\nlabel one\nacl write\nlabel one\nacl append\nlabel one\n",
	    "acl read\ndelete label two\nacl write\ndelete label one\nacl append\n"
	    "delete label\ndelete label\n" },
	  "\n1000 acl read\n    label one\n    audit 0\n\n1000 acl write\n    audit 0\n\n"
	  "1000 acl append\n    audit 0\n\n" },
	{ "delete with a label deletes whatever the label is",
	  { "acl read\nallow label=a\ndeny label=a\n", "acl read\ndelete allow label=b\n" },
	  "\n1000 acl read\n    audit 0\n    1000 deny label=a\n\n" },
	{ "wait= belongs to the audit line, and goes with the next one",
	  { "1 acl read\n    audit 7 wait=2000\n2 acl read\n    audit 3 wait=1\n    audit 4\n"
	    "3 acl signal\n    audit 2 wait=0\n" },
	  "\n1 acl read\n    audit 7 wait=2000\n\n2 acl read\n    audit 4\n\n"
	  "3 acl signal\n    audit 2\n\n" },
	{ "audit: the last one counts, delete and priority do not",
	  { "acl read\naudit 1\naudit 2\nacl write\ndelete audit 3\nacl append\n7 audit 255\n" },
	  "\n1000 acl read\n    audit 2\n\n1000 acl write\n    audit 3\n\n"
	  "1000 acl append\n    audit 255\n\n" },
	{ "an audit quota starts at zero, keeps what is not named, and is printed when zero",
	  { "quota audit[9] denied=5\nquota audit[2] unmatched=unlimited denied=1\nquota audit[0]\n",
	    "quota audit[9] allowed=7\nquota audit[2] denied=0 unmatched=3 denied=2\n" },
	  "quota audit[0] allowed=0 denied=0 unmatched=0\n"
	  "quota audit[2] allowed=0 denied=2 unmatched=3\n"
	  "quota audit[9] allowed=7 denied=5 unmatched=0\n\n" },
	{ "a rate without a burst has its own size, and each key is kept until it is given again",
	  { "quota audit[9] burst=7 denied=5 audit=yes rate=3/s\nquota audit[2] rate=1000000/s\n",
	    "quota audit[9] unmatched=1\nquota audit[2] audit=yes burst=1 rate=2/s\n",
	    "quota audit[2] audit=no rate=4/s\n" },
	  "quota audit[2] allowed=0 denied=0 unmatched=0 rate=4/s\n"
	  "quota audit[9] allowed=0 denied=5 unmatched=1 rate=3/s burst=7 audit=yes\n\n" },
	{ "rule groups stand in front of the blocks, in the order of their definition",
	  { "1 acl read\n    30 use B\nrule_group A\n    7 allow path.uid=0 label=x\n    use B\n"
	    "rule_group C\nstring_group S /s\nrule_group B\n    5 deny path=@S\n",
	    "rule_group A\n    9 use C\n    9 use C\n    delete 7 allow path.uid=00\n" },
	  "string_group S /s\n\n"
	  "rule_group A\n    7 allow path.uid=0 label=x\n    9 use C\n    1000 use B\n\n"
	  "rule_group C\n\nrule_group B\n    5 deny path=@S\n\n"
	  "1 acl read\n    audit 0\n    30 use B\n\n" },
	{ "a rule group is deleted with its lines, once nobody uses it",
	  { "rule_group A\n    1 deny path=@S\n    2 use B\nrule_group B\n    allow\n"
	    "1 acl read\n    1 use A\n    2 use B\n",
	    "1 acl read\n    delete 1 use A\n    delete 3 use B\ndelete rule_group A\n"
	    "delete rule_group NONE\n" },
	  "\nrule_group B\n    1000 allow\n\n1 acl read\n    audit 0\n    2 use B\n\n" },
	{ "lines of a rule group are told apart by what they say of which operation",
	  { "rule_group A\n    1 deny path.uid=0\n    1 deny old_path.uid=0\n"
	    "    1 deny old_path.uid=0\n    1 deny\n    2 allow ip=::1 task.uid=0\n"
	    "    delete 1 deny path.uid=0 task.uid=0\n    delete 1 deny\n" },
	  "\nrule_group A\n    1 deny path.uid=0\n    1 deny old_path.uid=0\n"
	  "    2 allow ip=::1 task.uid=0\n\n" },
	{ "a use that is gone at the end needs no rule group",
	  { "1 acl read\n    1 use NONE\n    delete 1 use NONE\n" },
	  "\n1 acl read\n    audit 0\n\n" },
	{ "permissive and mode come and go",
	  { "1 acl read\n    permissive\n    label x\n    10 deny\n"
	    "2 acl read\n    permissive\n    permissive\n    delete permissive\n"
	    "3 acl read\n    delete permissive\nmode permissive\nquota audit[1]\n" },
	  "quota audit[1] allowed=0 denied=0 unmatched=0\nmode permissive\n\n"
	  "1 acl read\n    label x\n    permissive\n    audit 0\n    10 deny\n\n"
	  "2 acl read\n    audit 0\n\n3 acl read\n    audit 0\n\n" },
	{ "mode enforcing is what is not printed",
	  { "mode permissive\n", "mode enforcing\n1 acl read\n" },
	  "\n1 acl read\n    audit 0\n\n" },
	{ "a deleted audit quota starts at zero again",
	  { "quota audit[9] denied=5\nquota audit[8] allowed=1\n",
	    "delete quota audit[9]\ndelete quota audit[8]\ndelete quota audit[7]\n",
	    "quota audit[8] unmatched=4294967295\n" },
	  "quota audit[8] allowed=0 denied=0 unmatched=unlimited\n\n" },
	{ "memory quotas: 0 is the default, drop-oldest stays until told otherwise",
	  { "quota memory audit 4096 drop-oldest\nquota memory query 1\nquota memory policy 0\n",
	    "quota memory audit 8192\nquota memory query 0\n" },
	  "quota memory audit 8192 drop-oldest\n\n" },
	{ "drop-oldest does not need a size",
	  { "quota memory audit 0 drop-oldest\nquota memory query 77\n" },
	  "quota memory audit 0 drop-oldest\nquota memory query 77\n\n" },
	{ "drop-newest ends drop-oldest",
	  { "quota memory audit 5 drop-oldest\n", "quota memory audit 0 drop-newest\n" },
	  "\n" },
	{ "versions, stat lines and comments leave nothing behind",
	  { "POLICY_VERSION=1\nstat Policy updated: 1 (Last: 2024/05/01 03:00:00)\n# x\n",
	    "delete POLICY_VERSION=99999999999999999999999\n" },
	  "\n" },
	{ "what does not exist is deleted without an error",
	  { "delete acl read\ndelete string_group G x\ndelete quota audit[1]\nacl write\n"
	    "delete allow\ndelete deny path=@UNKNOWN\ndelete label\n" },
	  "\n1000 acl write\n    audit 0\n\n" },
};

static void becomes_what_its_lines_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		struct kl_policy policy;
		char *printed;

		new_policy(&policy);
		for (int step = 0; step < 6 && scenarios[i].steps[step]; step++)
			must_load(&policy, scenarios[i].steps[step]);
		printed = print_policy(&policy);
		if (strncmp(printed, VERSION, strlen(VERSION)) ||
		    strcmp(printed + strlen(VERSION), scenarios[i].printed))
			fail_msg("%s: the policy is\n%s", scenarios[i].name, printed);
		free(printed);
		end_policy(&policy);
	}
}

/* "stat Policy updated" counts what had an effect. */
static void counts_updates(void **state)
{
	static const struct {
		const char *text;
		unsigned int updates;
	} steps[] = {
		{ "", 0 },
		{ "# x\n\nstat x\n", 0 },
		{ "POLICY_VERSION=1\n", 1 },
		{ "acl read\n", 1 },
		{ "acl read\nallow\ndeny\naudit 3\nlabel x\n", 5 },
		{ "acl read\nallow\n", 2 },
		{ "delete acl write\ndelete string_group G x\n", 0 },
		{ "string_group G x\nstring_group G x\n", 2 },
		{ "delete string_group G x\ndelete string_group G x\n", 1 },
		{ "quota audit[1] denied=1\ndelete quota audit[1]\ndelete quota audit[1]\n", 2 },
		{ "quota memory audit 1\n", 1 },
		{ "acl read\ndelete label y\ndelete label x\ndelete label x\n", 2 },
		{ "acl read\ndelete allow\ndelete allow\n", 2 },
		{ "rule_group R\nallow\nuse S\nrule_group S\nrule_group S\n", 5 },
		{ "acl read\nuse S\nuse S\ndelete use S\ndelete use S\n", 4 },
		{ "rule_group R\ndelete use S\ndelete rule_group S\ndelete rule_group S\n", 3 },
		{ "acl read\npermissive\ndelete permissive\ndelete permissive\n", 3 },
		{ "mode permissive\nmode enforcing\n", 2 },
		{ "delete acl read\n", 1 },
	};
	struct kl_policy policy;
	u64 updates = 0;

	(void)state;
	new_policy(&policy);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		must_load(&policy, steps[i].text);
		updates += steps[i].updates;
		if (policy.updates != updates)
			fail_msg("%s: %llu", steps[i].text,
				 (unsigned long long)policy.updates);
		assert_int_equal(policy.generation, i + 1);
	}
	end_policy(&policy);
}

/* A policy that has something of everything, and a change to all of it. */

static const char base[] =
	"quota memory audit 65536\nquota audit[1] denied=5 rate=9/s burst=3\nmode permissive\n"
	"string_group S /a\nstring_group S /b\nstring_group OLD /o\nnumber_group N 1\n"
	"ip_group I 10.0.0.0/8\n"
	"10 acl read path=@S task.uid=@N\n    label head\n    audit 1 wait=7\n    permissive\n"
	"    5 allow path=\"/a\" label=first\n    6 deny path!=@OLD\n"
	"20 acl execute envp[\"LD_\\*\"]!=NULL argv[0]=\"x\"\n    10 allow transition=\"d\"\n"
	"30 acl inet_stream_connect ip=1.2.3.4-1.2.3.9 ip!=@I\n    10 deny port=0x50\n"
	"    20 use R\n"
	"rule_group R\n    1 allow ip=@I\n    2 deny task.uid=7 label=r\n    3 use T\n"
	"rule_group T\n    1 deny task.exe=@S\nrule_group U\n    1 deny path=@OLD\n";

static const char change[] =
	"quota memory query 5\nquota audit[1] denied=6 rate=1/s audit=yes\nquota audit[2]\n"
	"mode enforcing\n"
	"delete quota audit[1]\nstring_group S /c\ndelete string_group S /a\n"
	"string_group NEW /n\nip_group J ::1\ndelete ip_group J ::1\n"
	"10 acl read path=@S task.uid=@N\n    label other\n    audit 2\n    delete permissive\n"
	"    5 allow path=\"/a\" label=second\n    delete 6 deny path!=@OLD\n"
	"    7 deny path=@FRESH task.gid=@FRESH\n    delete label\n    label third\n"
	"delete 20 acl execute envp[\"LD_\\*\"]!=NULL argv[0]=\"x\"\n"
	"20 acl execute envp[\"LD_\\*\"]!=NULL argv[0]=\"x\"\n    10 deny exec=path\n"
	"delete 30 acl inet_stream_connect ip=1.2.3.4-1.2.3.9 ip!=@I\n"
	"40 acl inet_stream_connect ip=::/8\n    10 allow transition=NULL\n"
	"delete string_group OLD /o\nrule_group R\n    delete 1 allow ip=@I\n    4 use V\n"
	"    2 deny task.uid=7 label=s\n    delete 3 use T\ndelete rule_group T\n"
	"rule_group V\n    1 allow task.exe=@LATE\n    2 deny task.gid=0\n"
	"delete rule_group U\nrule_group W\n    1 use V\n    2 deny addr=@S\n";

static void give_hits(void *context, struct kl_rule *rule)
{
	u64 *serial = context;

	rule->hits->hits = ++*serial;
	rule->hits->denials = *serial * 1000;
	rule->hits->lost = *serial * 1000000;
	rule->hits->last = *serial * 1000000000;
}

/*
 * Who looked at the policy while a change was in it must notice that it was taken
 * back: a second commit would otherwise not get EAGAIN.
 */
static void never_lowers_the_generation(void **state)
{
	struct kl_policy policy;
	struct kl_batch batch;
	struct kl_error error;
	struct kl_undo *undo;
	u64 before, between;

	(void)state;
	new_policy(&policy);
	must_load(&policy, base);
	before = policy.generation;
	assert_int_equal(parse(&policy, change, &batch, &error), 0);
	assert_int_equal(kl_policy_apply(&policy, &batch, &undo, &error), 0);
	kl_batch_release(&batch);
	between = policy.generation;
	assert_true(between > before);
	kl_policy_revert(&policy, undo);
	assert_true(policy.generation > between);
	/* What was refused never was in the policy. */
	before = policy.generation;
	assert_int_equal(load(&policy, "string_group S /x\nquota memory policy 1\n", &error),
			 -ENOMEM);
	assert_int_equal(policy.generation, before);
	end_policy(&policy);
}

/* A refused transaction has no effect, wherever in it the error is. */
static void refuses_as_a_whole(void **state)
{
	static const char *const errors[] = {
		"bogus\n", "65536 deny\n", "acl read path=\"\n", "acl read\nallow x\n", "begin\n",
		"commit\n", "quota audit[256]\n", "string_group X #\n", "label x\n",
	};
	struct kl_policy policy;
	struct kl_error error;
	struct text text = { 0 };
	u64 serial = 0;
	char *before;

	(void)state;
	new_policy(&policy);
	must_load(&policy, base);
	visit_lines(&policy, give_hits, &serial);
	before = snapshot(&policy);
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		text_clear(&text);
		/* A group ends the block, so that "label" stands outside. */
		text_printf(&text, "%sstring_group X x\n%s%s", change, errors[i], base);
		assert_int_equal(load(&policy, text.data, &error), -EINVAL);
		assert_in_range(error.line, 41, 42);
		assert_unchanged(&policy, before);
	}
	free(before);
	text_free(&text);
	end_policy(&policy);
}

/* Errors that only applying can find. */

static int apply_raw(struct kl_policy *policy, struct kl_batch *batch,
		     struct kl_error *error)
{
	struct kl_undo *undo = NULL;
	int ret = kl_policy_apply(policy, batch, &undo, error);

	if (ret)
		assert_null(undo);
	else
		kl_policy_settle(policy, undo);
	kl_batch_release(batch);
	return ret;
}

static void refuses_commands_and_strays(void **state)
{
	static const u8 commands[] = { KL_STATEMENT_BEGIN, KL_STATEMENT_COMMIT,
				       KL_STATEMENT_ABORT, KL_STATEMENT_CONFIRM,
				       KL_STATEMENT_REVERT,
				       KL_STATEMENT_LOCK, KL_STATEMENT_DETACH };
	static const char *const strays[] = { "\tdeny", " audit 1", "label x" };
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_policy policy;
	struct kl_batch batch;
	struct kl_error error;
	char *before;

	(void)state;
	new_policy(&policy);
	must_load(&policy, base);
	before = snapshot(&policy);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_int_equal(parse(&policy, change, &batch, &error), 0);
		memset(&statement, 0, sizeof(statement));
		statement.kind = commands[i];
		statement.line = 77;
		statement.column = 3;
		assert_int_equal(kl_batch_add(&batch, &statement), 0);
		assert_int_equal(apply_raw(&policy, &batch, &error), -EINVAL);
		assert_int_equal(error.line, 77);
		assert_int_equal(error.column, 3);
		assert_string_equal(error.text, "a command cannot be part of a policy; expected "
						"policy lines only");
		assert_unchanged(&policy, before);
	}
	/* Blocks are selected within a batch only, whatever the parser has seen. */
	for (size_t i = 0; i < ARRAY_SIZE(strays); i++) {
		kl_batch_init(&batch);
		kl_parser_init(&parser, &policy.strings);
		assert_int_equal(kl_parse_line(&parser, as_text("10 acl read path=@S task.uid=@N"),
					       &statement, &error),
				 0);
		kl_statement_release(&statement);
		assert_int_equal(
			kl_parse_text(&parser, as_text(strays[i]), &batch, &error), 0);
		assert_int_equal(apply_raw(&policy, &batch, &error), -EINVAL);
		assert_int_equal(error.line, 2);
		assert_int_equal(error.column, strays[i][0] == 'l' ? 1 : 2);
		assert_string_equal(error.text,
				    "outside a block; expected an acl line before it");
		assert_unchanged(&policy, before);
	}
	/* What ends a block for the parser ends it here, too. */
	assert_int_equal(parse(&policy, "acl write\nstring_group X x\n", &batch, &error), 0);
	kl_parser_init(&parser, &policy.strings);
	parser.in_block = true;
	parser.op = KL_OP_WRITE;
	assert_int_equal(kl_parse_text(&parser, as_text("deny"), &batch, &error), 0);
	assert_int_equal(apply_raw(&policy, &batch, &error), -EINVAL);
	assert_string_equal(error.text, "outside a block; expected an acl line before it");
	assert_unchanged(&policy, before);
	free(before);
	end_policy(&policy);
}

/* So many rules take long to load, so the count alone is set. */
static void limits_rules(void **state)
{
	struct kl_policy policy;
	struct kl_error error;
	char *before;

	(void)state;
	new_policy(&policy);
	must_load(&policy, "acl read\nallow\n");
	policy.rule_count = KL_RULES_MAX - 2;
	before = snapshot(&policy);
	assert_int_equal(load(&policy, "acl write\nallow path=@G\ndeny path=@H\n", &error),
			 -E2BIG);
	assert_int_equal(error.line, 3);
	assert_int_equal(error.column, 1);
	assert_string_equal(error.text,
			    "too many blocks and rules; expected at most 1000000");
	assert_unchanged(&policy, before);
	free(before);
	must_load(&policy, "acl write\nallow\n");
	assert_int_equal(load(&policy, "acl append\n", &error), -E2BIG);
	/* What exists is not added, and what goes makes room. */
	must_load(&policy, "acl write\nallow\ndelete allow\ndeny\n");
	policy.rule_count = 4;
	end_policy(&policy);
}

static void limits_groups(void **state)
{
	struct kl_policy policy;
	struct kl_error error;
	struct text text = { 0 };
	char *before;

	(void)state;
	new_policy(&policy);
	for (unsigned int i = 0; i < KL_GROUPS_MAX - 1; i++)
		text_printf(&text, "%s G%u 1\n", i & 1 ? "number_group" : "string_group", i);
	must_load(&policy, text.data);
	text_free(&text);
	assert_int_equal(policy.group_count, KL_GROUPS_MAX - 1);
	before = snapshot(&policy);
	assert_int_equal(load(&policy, "acl read path=@G0 path!=@NEW\n allow task.uid=@NEW\n",
			      &error),
			 -E2BIG);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 2);
	assert_string_equal(error.text, "too many groups; expected at most 65536");
	assert_unchanged(&policy, before);
	free(before);
	must_load(&policy, "ip_group LAST ::\n");
	assert_int_equal(load(&policy, "ip_group MORE ::\n", &error), -E2BIG);
	assert_int_equal(error.column, 15);
	must_load(&policy, "delete ip_group LAST ::\n");
	must_load(&policy, "ip_group MORE ::\n");
	end_policy(&policy);
}

/* "quota memory policy": said in bytes, and nothing of the change stays. */
static void limits_memory(void **state)
{
	struct kl_policy policy;
	struct kl_error error;
	struct text text = { 0 };
	unsigned long long needed, allowed;
	char *before;

	(void)state;
	new_policy(&policy);
	must_load(&policy, "quota memory policy 20000\nacl read\n");
	before = snapshot(&policy);
	for (int i = 0; i < 1000; i++)
		text_printf(&text, "string_group G /some/member/number/%d\n", i);
	assert_int_equal(load(&policy, text.data, &error), -ENOMEM);
	assert_int_equal(error.line, 1000);
	assert_int_equal(sscanf(error.text,
				"the policy needs at least %llu bytes of memory; \"quota memory policy\" "
				"allows %llu",
				&needed, &allowed),
			 2);
	assert_int_equal(allowed, 20000);
	assert_in_range(needed, 1000 * sizeof(struct kl_member), 1000 * 1000);
	assert_unchanged(&policy, before);
	/* The quota may be raised by the transaction that needs it, or dropped. */
	text_printf(&text, "quota memory policy %llu\n", needed);
	must_load(&policy, text.data);
	assert_true(policy.memory + policy.strings.memory <= needed);
	assert_int_equal(load(&policy, "quota memory policy 1\n", &error), -ENOMEM);
	must_load(&policy, "quota memory policy 0\n");
	free(before);
	text_free(&text);
	end_policy(&policy);
}

/* What is added and deleted again leaves nothing in use. */
static void gives_memory_back(void **state)
{
	static const char text[] =
		"acl inet_raw_send ip=::1 ip!=@I proto=1\n    label x\n"
		"    allow ip=1.2.3.4 transition=\"d\" label=y\n    deny proto=@N task.exe=@S\n"
		"acl execute envp[\"A\"]=\"b\" argv[1]=@S path=exec\n    deny\n"
		"string_group S a\nnumber_group N 1-2\nip_group I ::/0\n";
	struct kl_policy policy;

	(void)state;
	new_policy(&policy);
	must_load(&policy, text);
	assert_in_range(policy.memory, 5 * sizeof(struct kl_rule), 10000);
	must_load(&policy, "delete string_group S a\ndelete number_group N 1-2\n"
			   "delete ip_group I ::/0\n"
			   "delete acl inet_raw_send ip=::1 ip!=@I proto=1\n"
			   "delete acl execute envp[\"A\"]=\"b\" argv[1]=@S path=exec\n");
	assert_int_equal(policy.memory, 0);
	assert_int_equal(policy.strings.count, 0);
	assert_int_equal(policy.rule_count, 0);
	assert_int_equal(policy.group_count, 0);
	assert_int_equal(
		policy.identity.count + policy.members.count + policy.names.count, 0);
	assert_printed(&policy, VERSION "\n");
	end_policy(&policy);
}

/* Replacing a policy. */

static void replaces_everything(void **state)
{
	struct kl_policy policy;
	struct kl_error error;

	(void)state;
	new_policy(&policy);
	must_load(&policy, base);
	must_load(&policy, "quota memory audit 5 drop-oldest\n");
	assert_int_equal(load_raw(&policy, as_text("acl write\n deny path=@S\n"), true, &error),
			 0);
	assert_printed(&policy,
		       VERSION "\n1000 acl write\n    audit 0\n    1000 deny path=@S\n\n");
	assert_int_equal(policy.group_count, 1);
	assert_int_equal(load_raw(&policy, as_text("# nothing\n"), true, &error), 0);
	assert_printed(&policy, VERSION "\n");
	assert_int_equal(policy.memory, 0);
	assert_int_equal(policy.strings.count, 0);
	end_policy(&policy);
}

static void remember_hits(void *context, struct kl_rule *rule)
{
	struct kl_printer printer = { text_write, context };

	text_printf(context, "%u ", rule->block->rule.priority);
	assert_int_equal(kl_print_rule(&printer, rule), 0);
	text_printf(context, ": %llu %llu %llu %llu refs %llu\n",
		    (unsigned long long)rule->hits->hits,
		    (unsigned long long)rule->hits->denials,
		    (unsigned long long)rule->hits->lost,
		    (unsigned long long)rule->hits->last,
		    (unsigned long long)rule->hits->refs);
}

/* Counters go on where the line is the same, in the same block. */
static void keeps_hits_of_the_same_lines(void **state)
{
	static const char first[] = "1 acl read\n 5 deny path=@G\n 6 deny\n 7 allow label=a\n"
				    "2 acl read\n 5 deny path=@G\n string_group G x\n"
				    "3 acl read\n 6 deny\n";
	static const char second[] = "2 acl read\n 6 deny\n 5 deny path=@G\n"
				     "3 acl write\n 6 deny\n4 acl read\n 6 deny\n"
				     "1 acl read\n audit 7\n label z\n 7 allow label=b\n"
				     " 5 deny path!=@G\n 5 allow path=@G\n 5 deny path=@G\n";
	static const char expected[] =
		"1 1 acl read: 1 1000 1000000 1000000000 refs 1\n"
		"1 5 deny path!=@G: 0 0 0 0 refs 1\n"
		"1 5 allow path=@G: 0 0 0 0 refs 1\n"
		"1 5 deny path=@G: 2 2000 2000000 2000000000 refs 1\n"
		"1 7 allow label=b: 4 4000 4000000 4000000000 refs 1\n"
		"2 2 acl read: 5 5000 5000000 5000000000 refs 1\n"
		"2 5 deny path=@G: 6 6000 6000000 6000000000 refs 1\n"
		"2 6 deny: 0 0 0 0 refs 1\n"
		"4 4 acl read: 0 0 0 0 refs 1\n"
		"4 6 deny: 0 0 0 0 refs 1\n"
		"3 3 acl write: 0 0 0 0 refs 1\n"
		"3 6 deny: 0 0 0 0 refs 1\n";
	struct text text = { 0 };
	struct kl_policy policy;
	struct kl_batch batch;
	struct kl_error error;
	struct kl_undo *undo;
	u64 serial = 0;
	char *before;

	(void)state;
	new_policy(&policy);
	must_load(&policy, first);
	visit_lines(&policy, give_hits, &serial);
	assert_int_equal(serial, 8);
	before = snapshot(&policy);
	for (int keep = 0; keep < 2; keep++) {
		assert_int_equal(parse(&policy, second, &batch, &error), 0);
		batch.replace = true;
		assert_int_equal(kl_policy_apply(&policy, &batch, &undo, &error), 0);
		kl_batch_release(&batch);
		if (keep) {
			kl_policy_settle(&policy, undo);
		} else {
			kl_policy_revert(&policy, undo);
			assert_unchanged(&policy, before);
		}
	}
	visit_lines(&policy, remember_hits, &text);
	assert_string_equal(text.data, expected);
	free(before);
	text_free(&text);
	end_policy(&policy);
}

/* Whoever else holds the counters has them after the line is gone. */
static void leaves_counters_to_others(void **state)
{
	struct kl_policy policy;
	struct kl_block *block;
	struct kl_hits *hits;

	(void)state;
	new_policy(&policy);
	must_load(&policy, "acl read\n");
	block = list_first_entry(&policy.blocks[KL_OP_READ], struct kl_block, rule.list);
	hits = block->rule.hits;
	kl_counter_add(&hits->refs, 1);
	must_load(&policy, "delete acl read\n");
	assert_int_equal(kl_counter_read(&hits->refs), 1);
	kl_counter_add(&hits->hits, 1);
	assert_int_equal(kl_counter_read(&hits->hits), 1);
	kl_hits_put(hits);
	kl_hits_put(NULL);
	end_policy(&policy);
}

/* Running out of memory at every allocation of a transaction, once or for good. */

static char *long_change(void)
{
	struct text text = { 0 };

	text_printf(&text, "%s", change);
	/* Enough of everything for all tables to grow. */
	for (int i = 0; i < 70; i++)
		text_printf(&text, "string_group BIG%d /member%d\n%d acl write path=@BIG%d\n", i, i,
			    i, i);
	return text.data;
}

/* Return: whether the change was applied although an allocation failed. */
static bool try_without_memory(struct kl_policy *policy, const char *text, bool replace,
			       const char *before)
{
	struct kl_error error = { 0 };
	struct kl_undo *undo = NULL;
	struct kl_batch batch;
	int ret;

	ret = parse(policy, text, &batch, &error);
	batch.replace = replace;
	if (!ret)
		ret = kl_policy_apply(policy, &batch, &undo, &error);
	allocations_left = -1;
	kl_batch_release(&batch);
	if (ret) {
		assert_int_equal(ret, -ENOMEM);
		assert_null(undo);
		assert_string_equal(error.text, "out of memory");
		assert_in_range(error.line, 1, 200);
		assert_in_range(error.column, 1, 80);
		assert_unchanged(policy, before);
		return false;
	}
	kl_policy_revert(policy, undo);
	assert_unchanged(policy, before);
	return true;
}

/* Let every allocation of a change fail; count what came of it. */
static void try_all_points(const char *text, bool replace, int *refused, int *applied)
{
	*refused = *applied = 0;
	for (long point = 0;; point++) {
		struct kl_policy policy;
		char *before;

		new_policy(&policy);
		must_load(&policy, base);
		before = snapshot(&policy);
		has_failed = false;
		allocations_left = point;
		if (try_without_memory(&policy, text, replace, before))
			*applied += has_failed;
		else
			++*refused;
		free(before);
		end_policy(&policy);
		if (!has_failed)
			break;
	}
}

static void survives_without_memory(void **state)
{
	char *text = long_change();
	int refused, applied;

	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		stays_out_of_memory = variant & 1;
		try_all_points(text, variant & 2, &refused, &applied);
		/* A table that cannot grow is no error; everything else is. */
		assert_in_range(refused, 500, 3000);
		assert_in_range(applied, variant & 1 ? 0 : 3, 12);
	}
	stays_out_of_memory = false;
	free(text);
}

/* The list of changes doubles: each kind of change is once the one that has to. */
static void survives_at_every_kind_of_change(void **state)
{
	struct text text = { 0 };
	int refused, applied;

	(void)state;
	for (int pad = 0; pad < 16; pad++) {
		text_clear(&text);
		text_printf(&text, "%s", pad & 1 ? "delete quota audit[1]\n" : "");
		for (int i = 0; i < pad; i++)
			text_printf(&text, "string_group S /pad%d\n", i);
		text_printf(&text, "%s", change);
		try_all_points(text.data, false, &refused, &applied);
		assert_in_range(refused, 40, 300);
		assert_int_equal(applied, 0);
	}
	text_free(&text);
}

static void makes_nothing_without_memory(void **state)
{
	struct kl_statement statement;
	struct kl_condition condition;
	struct text text = { 0 };
	struct kl_printer printer = { text_write, &text };
	struct kl_parser parser;
	struct kl_policy policy;
	struct kl_error error;
	int ret, points;

	(void)state;
	for (points = 0;; points++) {
		allocations_left = points;
		ret = kl_policy_init(&policy);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
	}
	allocations_left = -1;
	assert_int_equal(points, 4);
	must_load(&policy, base);
	for (points = 0;; points++) {
		allocations_left = points;
		ret = kl_print_policy(&printer, &policy, NULL);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
	}
	/* Three operations, three blocks with lines, the groups, three with lines. */
	assert_int_equal(points, 10);
	allocations_left = 0;
	assert_int_equal(kl_parse_request_word(&policy.strings, KL_OP_INET_RAW_SEND,
					       as_text("ip=::1"), &condition, &error),
			 -ENOMEM);
	assert_string_equal(error.text, "out of memory");
	allocations_left = 0;
	kl_parser_init(&parser, &policy.strings);
	assert_int_equal(kl_parse_line(&parser, as_text("string_group G /x"), &statement,
				       &error),
			 -ENOMEM);
	assert_int_equal(statement.kind, KL_STATEMENT_EMPTY);
	allocations_left = 0;
	assert_int_equal(kl_parse_request_word(&policy.strings, KL_OP_READ,
					       as_text("path=\"/new\""), &condition, &error),
			 -ENOMEM);
	allocations_left = -1;
	text_free(&text);
	end_policy(&policy);
}

/* Lines, members and names whose hashes collide are still told apart. */

struct hashed {
	u32 hash;
	u32 value;
};

static int compare_hashed(const void *a, const void *b)
{
	const struct hashed *left = a, *right = b;

	return left->hash < right->hash ? -1 : left->hash > right->hash;
}

#define CANDIDATES 600000u

/*
 * An odd and an even number for which @hash gives the same; of so many, there
 * are some.
 */
static void find_collision(u32 (*hash)(u32 value), u32 pair[2])
{
	struct hashed *all = calloc(CANDIDATES, sizeof(*all));

	assert_non_null(all);
	for (u32 i = 0; i < CANDIDATES; i++)
		all[i] = (struct hashed){ hash(i), i };
	qsort(all, CANDIDATES, sizeof(*all), compare_hashed);
	for (u32 i = 1; i < CANDIDATES; i++) {
		if (all[i].hash != all[i - 1].hash ||
		    !((all[i].value ^ all[i - 1].value) & 1))
			continue;
		pair[0] = all[i - 1].value;
		pair[1] = all[i].value;
		free(all);
		return;
	}
	fail_msg("no collision found");
}

static u32 hash_of_block(u32 value, u8 left, u16 priority)
{
	struct kl_condition condition = {
		.left = left,
		.number = { .low = value, .high = value, .single = true },
	};
	struct kl_statement statement = {
		.rule_kind = KL_RULE_BLOCK,
		.op = KL_OP_READ,
		.priority = priority,
		.count = 1,
		.conditions = &condition,
	};
	struct kl_identity identity;

	kl_identity_init(&identity, &statement, NULL);
	return identity.hash;
}

static u32 hash_of_line(u32 value)
{
	return hash_of_block(value, KL_SLOT_OBJECT0_UID, 100);
}

static u32 hash_of_other_attributes(u32 value)
{
	return hash_of_block(value, value & 1 ? KL_SLOT_OBJECT0_GID : KL_SLOT_OBJECT0_UID,
			     100);
}

static u32 hash_of_other_priorities(u32 value)
{
	return hash_of_block(value, KL_SLOT_OBJECT0_UID, 100 + (value & 1));
}

static u32 hash_of_number(u32 value)
{
	struct kl_member member = {
		.number = { .low = value, .high = value, .single = true },
	};

	return kl_value_hash(KL_NUMBER_GROUP, &member);
}

static u32 hash_of_word(u32 value)
{
	char word[16];

	return kl_hash(0, word, snprintf(word, sizeof(word), "/%u", value));
}

/* @first and @second are the heads of two blocks. */
static void tell_blocks_apart(const char *first, const char *second)
{
	struct text text = { 0 };
	struct kl_policy policy;

	new_policy(&policy);
	/* Equal sub-entries of blocks that collide collide as well. */
	text_printf(&text, "%s\n    9 deny\n%s\n    9 deny\n    9 allow\n", first, second);
	must_load(&policy, text.data);
	text_clear(&text);
	text_printf(&text, "%s\n    delete 9 allow\n    audit 4\n%s\n    delete 9 deny\n"
			   "    audit 5\n", first, second);
	must_load(&policy, text.data);
	text_clear(&text);
	text_printf(&text,
		    VERSION "\n%s\n    audit 4\n    9 deny\n\n%s\n    audit 5\n    9 allow\n\n",
		    first, second);
	assert_printed(&policy, text.data);
	text_clear(&text);
	text_printf(&text, "delete %s\n", first);
	must_load(&policy, text.data);
	text_clear(&text);
	text_printf(&text, VERSION "\n%s\n    audit 5\n    9 allow\n\n", second);
	assert_printed(&policy, text.data);
	text_free(&text);
	end_policy(&policy);
}

static void tells_colliding_lines_apart(void **state)
{
	/* How the heads of an even and an odd number are written. */
	static const struct {
		u32 (*hash)(u32 value);
		const char *even, *odd;
	} kinds[] = {
		{ hash_of_line, "100 acl read path.uid=", "100 acl read path.uid=" },
		{ hash_of_other_attributes, "100 acl read path.uid=", "100 acl read path.gid=" },
		{ hash_of_other_priorities, "100 acl read path.uid=", "101 acl read path.uid=" },
	};
	char even[64], odd[64];
	u32 pair[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		find_collision(kinds[i].hash, pair);
		snprintf(even, sizeof(even), "%s%u", kinds[i].even, pair[pair[0] & 1]);
		snprintf(odd, sizeof(odd), "%s%u", kinds[i].odd, pair[!(pair[0] & 1)]);
		tell_blocks_apart(even, odd);
	}
}

static void tells_colliding_words_apart(void **state)
{
	struct text text = { 0 };
	struct kl_policy policy;
	u32 words[2], numbers[2];

	(void)state;
	new_policy(&policy);
	find_collision(hash_of_word, words);
	find_collision(hash_of_number, numbers);
	text_printf(
		&text,
		"string_group G /%u\nstring_group G /%u\nstring_group /%u a\n"
		"string_group /%u a\nnumber_group G %u\nnumber_group G %u\n"
		"acl read path=\"/%u\" task.exe=@/%u\nacl read path=\"/%u\" task.exe=@/%u\n",
		words[0], words[1], words[0], words[1], numbers[0], numbers[1], words[0],
		words[0], words[1], words[1]);
	must_load(&policy, text.data);
	assert_int_equal(policy.rule_count, 2);
	assert_int_equal(policy.group_count, 4);
	assert_int_equal(policy.members.count, 6);
	text_clear(&text);
	text_printf(&text,
		    "delete string_group G /%u\ndelete string_group /%u a\n"
		    "delete string_group /%u b\ndelete number_group G %u\n"
		    "delete acl read path=\"/%u\" task.exe=@/%u\n"
		    "delete acl read path=\"/%u\" task.exe=@/%u\n",
		    words[0], words[0], words[1], numbers[0], words[0], words[1],
		    words[0], words[0]);
	must_load(&policy, text.data);
	text_clear(&text);
	text_printf(&text,
		    VERSION "string_group G /%u\nstring_group /%u a\nnumber_group G %u\n\n"
			    "1000 acl read path=\"/%u\" task.exe=@/%u\n    audit 0\n\n",
		    words[1], words[1], numbers[1], words[1], words[1]);
	assert_printed(&policy, text.data);
	text_free(&text);
	end_policy(&policy);
}

/* No two of these are the same, even if all of them had one hash. */
static const char *const different_lines[] = {
	"1000 acl execute",
	"1001 acl execute",
	"1000 acl environ",
	"allow",
	"deny",
	"1001 allow",
	"allow path=\"/a\"",
	"allow path=\"/a\" path=\"/a\"",
	"allow path!=\"/a\"",
	"allow exec=\"/a\"",
	"allow path=\"/b\"",
	"allow path=@G",
	"allow path=@H",
	"allow path=NULL",
	"allow path=exec",
	"allow path=task.exe",
	"allow path=exec path=task.exe",
	"allow path=task.exe path=exec",
	"allow argv[1]=\"/a\"",
	"allow argv[2]=\"/a\"",
	"allow envp[\"A\"]=\"/a\"",
	"allow envp[\"B\"]=\"/a\"",
	"allow path.perm=1",
	"allow path.perm=01",
	"allow path.perm=0x1",
	"allow path.perm=1-1",
	"allow path.perm=1-01",
	"allow path.perm=1-2",
	"allow path.perm=0-1",
	"allow path.perm=others_execute",
};

static const char *const different_members[KL_GROUP_KINDS][10] = {
	{ "/a", "/b", "1", "\\*" },
	{ "1", "01", "0x1", "1-1", "1-01", "01-1", "1-2", "0-1", "2" },
	{ "1.2.3.4", "1.2.3.5", "1.2.3.4-1.2.3.4", "1.2.3.4/32", "102:304::", "1.2.3.4-1.2.3.5",
	  "1.2.3.3-1.2.3.4", "1.2.3.0/24", "1.2.3.0-1.2.3.255" },
};

/* Parse one line, as if it stood in a block of execute. */
static void parse_within(struct kl_policy *policy, const char *line,
			 struct kl_statement *statement)
{
	struct kl_parser parser;
	struct kl_error error;

	kl_parser_init(&parser, &policy->strings);
	parser.in_block = true;
	parser.op = KL_OP_EXECUTE;
	assert_int_equal(kl_parse_line(&parser, as_text(line), statement, &error), 0);
}

/* Is @line found where @rule is, when their hashes are made equal? */
static bool is_found_as(struct kl_policy *policy, const char *line, struct kl_rule *rule)
{
	struct kl_identity identity;
	struct kl_statement statement;
	struct kl_rule *found;

	parse_within(policy, line, &statement);
	kl_identity_init(&identity, &statement, rule->block);
	identity.hash = rule->link.hash;
	found = kl_identity_find(policy, &identity);
	kl_statement_release(&statement);
	assert_true(!found || found == rule);
	return found;
}

static void tells_lines_apart_whatever_their_hash(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(different_lines); i++) {
		bool head = strstr(different_lines[i], " acl ");
		struct text text = { 0 };
		struct kl_policy policy;
		struct kl_block *block;
		struct kl_rule *rule;

		new_policy(&policy);
		text_printf(&text, "%s\n%s\n", head ? "" : "acl execute", different_lines[i]);
		must_load(&policy, text.data);
		text_free(&text);
		block = list_first_entry(
			&policy.blocks[i == 2 ? KL_OP_ENVIRON : KL_OP_EXECUTE],
			struct kl_block, rule.list);
		rule = head ? &block->rule :
			      list_first_entry(&block->rules, struct kl_rule, list);
		for (size_t j = 0; j < ARRAY_SIZE(different_lines); j++)
			if (is_found_as(&policy, different_lines[j], rule) != (i == j))
				fail_msg("%s and %s", different_lines[i], different_lines[j]);
		end_policy(&policy);
	}
}

static void tells_members_apart_whatever_their_hash(void **state)
{
	static const char *const verbs[] = { "string_group", "number_group", "ip_group" };
	struct kl_statement a, b;
	struct kl_policy policy;
	char line[64];

	(void)state;
	new_policy(&policy);
	for (int kind = 0; kind < KL_GROUP_KINDS; kind++)
		for (int i = 0; i < 100; i++) {
			const char *left = different_members[kind][i / 10];
			const char *right = different_members[kind][i % 10];

			if (!left || !right)
				continue;
			snprintf(line, sizeof(line), "%s G %s", verbs[kind], left);
			parse_within(&policy, line, &a);
			snprintf(line, sizeof(line), "%s G %s", verbs[kind], right);
			parse_within(&policy, line, &b);
			if (kl_value_same(kind, &a.member, &b.member) != (left == right))
				fail_msg("%s and %s", left, right);
			kl_statement_release(&a);
			kl_statement_release(&b);
		}
	end_policy(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(becomes_what_its_lines_say),
		cmocka_unit_test(counts_updates),
		cmocka_unit_test(never_lowers_the_generation),
		cmocka_unit_test(refuses_as_a_whole),
		cmocka_unit_test(refuses_commands_and_strays),
		cmocka_unit_test(limits_rules),
		cmocka_unit_test(limits_groups),
		cmocka_unit_test(limits_memory),
		cmocka_unit_test(gives_memory_back),
		cmocka_unit_test(replaces_everything),
		cmocka_unit_test(keeps_hits_of_the_same_lines),
		cmocka_unit_test(leaves_counters_to_others),
		cmocka_unit_test(survives_without_memory),
		cmocka_unit_test(survives_at_every_kind_of_change),
		cmocka_unit_test(makes_nothing_without_memory),
		cmocka_unit_test(tells_colliding_lines_apart),
		cmocka_unit_test(tells_colliding_words_apart),
		cmocka_unit_test(tells_lines_apart_whatever_their_hash),
		cmocka_unit_test(tells_members_apart_whatever_their_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
