// SPDX-License-Identifier: GPL-2.0
/* Conditions as sentences of their own. */
#include "engine/lex.h"
#include "engine/word.h"
#include "phrase_inside.h"

/** enum sort - how a value is told */
enum sort {
	SORT_PLAIN,
	SORT_USER,
	SORT_YES, /* 1 or 0: the sentence is there, with "not", or its number is told */
};

/**
 * struct fact_words - what a condition is about; without: the attribute's name is said
 * @subject: with %s for the object
 * @sort: enum sort
 * @yes, @no: of SORT_YES: the sentences for 1 and 0
 */
struct fact_words {
	const char *subject;
	u8 sort;
	const char *yes, *no;
};

/* Of the attributes of an object, and of its folder. */
static const struct fact_words family[KL_OBJECT_SLOTS] = {
	[KL_SLOT_OBJECT0] = { "the name of %s" },
	[KL_SLOT_OBJECT0_UID] = { "the owner of %s", SORT_USER },
	[KL_SLOT_OBJECT0_GID] = { "the group id of %s" },
	[KL_SLOT_OBJECT0_INO] = { "the inode number of %s" },
	[KL_SLOT_OBJECT0_TYPE] = { "the type of %s" },
	[KL_SLOT_OBJECT0_MAJOR] = { "the major device number of the file system of %s" },
	[KL_SLOT_OBJECT0_MINOR] = { "the minor device number of the file system of %s" },
	[KL_SLOT_OBJECT0_PERM] = { "the mode of %s" },
	[KL_SLOT_OBJECT0_DEV_MAJOR] = { "the major number of %s as a device" },
	[KL_SLOT_OBJECT0_DEV_MINOR] = { "the minor number of %s as a device" },
	[KL_SLOT_OBJECT0_FSMAGIC] = { "the type (fsmagic) of the file system of %s" },
	[KL_SLOT_OBJECT0_PARENT_UID] = { "the owner of the folder of %s", SORT_USER },
	[KL_SLOT_OBJECT0_PARENT_GID] = { "the group id of the folder of %s" },
	[KL_SLOT_OBJECT0_PARENT_INO] = { "the inode number of the folder of %s" },
	[KL_SLOT_OBJECT0_PARENT_MAJOR] = { "the major device number of the file system of "
					   "the folder of %s" },
	[KL_SLOT_OBJECT0_PARENT_MINOR] = { "the minor device number of the file system of "
					   "the folder of %s" },
	[KL_SLOT_OBJECT0_PARENT_PERM] = { "the mode of the folder of %s" },
	[KL_SLOT_OBJECT0_PARENT_FSMAGIC] = { "the type (fsmagic) of the file system of "
					     "the folder of %s" },
};

/* Of all others. */
static const struct fact_words facts[KL_SLOT_COUNT] = {
	[KL_SLOT_TASK_PID] = { "the pid of the process" },
	[KL_SLOT_TASK_PPID] = { "the pid of the parent process" },
	[KL_SLOT_TASK_UID] = { "the user of the process", SORT_USER },
	[KL_SLOT_TASK_GID] = { "the group id of the process" },
	[KL_SLOT_TASK_EUID] = { "the effective user of the process", SORT_USER },
	[KL_SLOT_TASK_EGID] = { "the effective group id of the process" },
	[KL_SLOT_TASK_SUID] = { "the saved user of the process", SORT_USER },
	[KL_SLOT_TASK_SGID] = { "the saved group id of the process" },
	[KL_SLOT_TASK_FSUID] = { "the file system user of the process", SORT_USER },
	[KL_SLOT_TASK_FSGID] = { "the file system group id of the process" },
	[KL_SLOT_TASK_EXE] = { "the program of the process" },
	[KL_SLOT_TASK_DOMAIN] = { "the domain of the process" },
	[KL_SLOT_TASK_COMM] = { "the name of the thread" },
	[KL_SLOT_TASK_AUID] = { "the user who logged in", SORT_USER },
	[KL_SLOT_TASK_SESSIONID] = { "the number of the login session" },
	[KL_SLOT_TASK_CGROUP] = { "the control group of the process" },
	[KL_SLOT_TASK_PIDNS] = { "the pid namespace of the process" },
	[KL_SLOT_TASK_MNTNS] = { "the mount namespace of the process" },
	[KL_SLOT_TASK_USERNS] = { "the user namespace of the process" },
	[KL_SLOT_TASK_START] = { "the start of the process, in nanoseconds since boot," },
	[KL_SLOT_TASK_PARENT_EXE] = { "the program of the parent process" },
	[KL_SLOT_TASK_NO_NEW_PRIVS] = { "no_new_privs of the process", SORT_YES,
					"no program gives the process more privileges",
					"programs may give the process more privileges" },
	[KL_SLOT_TASK_CONTAINER] = { "task.container", SORT_YES,
				     "the process is in a container",
				     "the process is in no container" },
	[KL_SLOT_TASK_ANCESTOR] = { "program in the history of the process" },
	[KL_SLOT_TASK_HISTORY] = { "the history of the process" },
	[KL_SLOT_TARGET] = { "the target of the link" },
	[KL_SLOT_FSTYPE] = { "the type of the mount" },
	[KL_SLOT_DATA] = { "the text of the options" },
	[KL_SLOT_ADDR] = { "the address" },
	[KL_SLOT_NAME] = { "the name" },
	[KL_SLOT_VALUE] = { "the value" },
	[KL_SLOT_DOMAIN] = { "the domain to enter" },
	[KL_SLOT_IP] = { "the address" },
	[KL_SLOT_PORT] = { "the port" },
	[KL_SLOT_PROTO] = { "the number of the protocol" },
	[KL_SLOT_PERM] = { "the new mode" },
	[KL_SLOT_DEV_MAJOR] = { "the major number of the device" },
	[KL_SLOT_DEV_MINOR] = { "the minor number of the device" },
	[KL_SLOT_UID] = { "the new owner", SORT_USER },
	[KL_SLOT_GID] = { "the new group id" },
	[KL_SLOT_CMD] = { "the command number" },
	[KL_SLOT_FLAGS] = { "the number of all flags together" },
	[KL_SLOT_ARGC] = { "the number of arguments, its name included," },
	[KL_SLOT_ENVC] = { "the number of environment variables" },
	[KL_SLOT_TARGET_PID] = { "the pid of the target" },
	[KL_SLOT_TARGET_UID] = { "the user of the target", SORT_USER },
	[KL_SLOT_TARGET_EXE] = { "the program of the target" },
	[KL_SLOT_TARGET_DOMAIN] = { "the domain of the target" },
	[KL_SLOT_TARGET_COMM] = { "the thread name of the target" },
	[KL_SLOT_SIG] = { "the signal" },
	[KL_SLOT_MODE] = { "the way (mode)" },
	[KL_SLOT_CAP] = { "the capability" },
	[KL_SLOT_USERNS] = { "the user namespace that it is asked for" },
	[KL_SLOT_INIT_USERNS] = { "init_userns", SORT_YES,
				  "it is asked for the initial user namespace",
				  "it is asked for another user namespace than the initial one" },
	[KL_SLOT_NEW_UID] = { "the new user", SORT_USER },
	[KL_SLOT_NEW_EUID] = { "the new effective user", SORT_USER },
	[KL_SLOT_NEW_SUID] = { "the new saved user", SORT_USER },
	[KL_SLOT_NEW_FSUID] = { "the new file system user", SORT_USER },
	[KL_SLOT_NEW_GID] = { "the new group id" },
	[KL_SLOT_NEW_EGID] = { "the new effective group id" },
	[KL_SLOT_NEW_SGID] = { "the new saved group id" },
	[KL_SLOT_NEW_FSGID] = { "the new file system group id" },
	[KL_SLOT_EXIT_CODE] = { "the exit code" },
	[KL_SLOT_EXIT_SIGNAL] = { "the signal that killed it (0: none)" },
	[KL_SLOT_READ_BYTES] = { "the number of bytes that it had read" },
	[KL_SLOT_WRITE_BYTES] = { "the number of bytes that it had written" },
};

/**
 * struct about - what a condition is about
 * @words: these
 * @it: the object, of one of its attributes
 */
struct about {
	const struct fact_words *words;
	const char *it;
};

static bool is_task(u8 slot)
{
	return slot >= KL_SLOT_TASK_PID && slot <= KL_SLOT_TASK_HISTORY;
}

static struct about find_words(const struct kl_phrase *phrase, u8 slot)
{
	static const struct fact_words unnamed, new_name = { .subject = "the new name" };
	bool second = slot >= KL_SLOT_OBJECT1;
	const char *it;

	if (phrase->any_op && !is_task(slot))
		return (struct about){ &unnamed, NULL };
	if (slot >= KL_SLOT_TASK_PID)
		return (struct about){ &facts[slot], NULL };
	it = deed_of(phrase->op)->it[second];
	if (second)
		slot -= KL_OBJECT_SLOTS;
	/* It, and its folder, are there whether something had the name or not. */
	if (phrase->op == KL_OP_RENAME && second && slot >= KL_SLOT_OBJECT0_PARENT_UID)
		it = "the new name";
	if (phrase->op == KL_OP_RENAME && second && slot == KL_SLOT_OBJECT0)
		return (struct about){ &new_name, it };
	return (struct about){ &family[slot - KL_SLOT_OBJECT0], it };
}

static void put_subject(const struct telling *telling, struct about about, u8 slot)
{
	const char *place = about.words->subject ? strstr(about.words->subject, "%s") :
						   NULL;
	char name[KL_SLOT_NAME_MAX];

	if (!about.words->subject) {
		kl_buffer_puts(telling->out,
			       kl_slot_name(telling->phrase->op, slot, name));
	} else if (place) {
		kl_buffer_add(telling->out, about.words->subject,
			      place - about.words->subject);
		kl_buffer_printf(telling->out, "%s%s", about.it, place + 2);
	} else {
		kl_buffer_puts(telling->out, about.words->subject);
	}
	kl_buffer_puts(telling->out, " ");
}

/* ------------------------------------------------------------------ single kinds */

static const struct {
	u32 bit;
	const char *yes, *no;
} bits[] = {
	{ 04000, "has the set-user-ID bit", "does not have the set-user-ID bit" },
	{ 02000, "has the set-group-ID bit", "does not have the set-group-ID bit" },
	{ 01000, "has the sticky bit", "does not have the sticky bit" },
	{ 0400, "gives its owner read permission", "gives its owner no read permission" },
	{ 0200, "gives its owner write permission",
	  "gives its owner no write permission" },
	{ 0100, "gives its owner execute permission",
	  "gives its owner no execute permission" },
	{ 040, "gives its group read permission", "gives its group no read permission" },
	{ 020, "gives its group write permission",
	  "gives its group no write permission" },
	{ 010, "gives its group execute permission",
	  "gives its group no execute permission" },
	{ 04, "gives others read permission", "gives others no read permission" },
	{ 02, "gives others write permission", "gives others no write permission" },
	{ 01, "gives others execute permission", "gives others no execute permission" },
};

static void put_bit(const struct kl_condition *condition, struct kl_buffer *out)
{
	u32 i = 0;

	while (bits[i].bit != condition->number.low)
		i++;
	kl_buffer_puts(out, condition->negated ? bits[i].no : bits[i].yes);
}

static void put_type(const struct kl_condition *condition, struct kl_buffer *out)
{
	static const struct {
		u32 type;
		const char *name;
	} types[] = {
		{ 0100000, "regular file" },	 { 0040000, "folder" },
		{ 0120000, "symbolic link" },	 { 0010000, "named pipe" },
		{ 0140000, "socket" },		 { 0060000, "block device" },
		{ 0020000, "character device" },
	};
	u32 i = 0;

	while (types[i].type != condition->number.low)
		i++;
	kl_buffer_printf(out, "is %s%s", condition->negated ? "other than " : "",
			 types[i].name);
}

static void put_argument(const struct telling *telling,
			 const struct kl_condition *condition)
{
	struct kl_buffer *out = telling->out;

	if (condition->right == KL_RIGHT_NULL) {
		kl_buffer_printf(out, "there is %s argument %u",
				 condition->negated ? "an" : "no", condition->index);
		return;
	}
	kl_buffer_printf(out, "argument %u ", condition->index);
	put_is(telling, condition, condition->negated);
}

/* "=": there are some, and all match; "!=": none does, there may be none. */
static void put_variable(const struct telling *telling,
			 const struct kl_condition *condition)
{
	struct kl_text name = { condition->name->text, condition->name->length };
	bool literal = kl_word_is_literal(name), null = condition->right == KL_RIGHT_NULL;
	struct kl_buffer *out = telling->out;

	if (null)
		kl_buffer_puts(out, condition->negated ? "there is an" : "there is no");
	else
		kl_buffer_puts(out, condition->negated ? "no" : "there is an");
	kl_buffer_puts(out, literal ? " environment variable " :
				      " environment variable that matches ");
	if (literal)
		kl_phrase_name(name, out);
	else
		put_quoted(name, out);
	if (null)
		return;
	kl_buffer_puts(out, condition->negated ? " has a value that " :
			    literal	       ? ", and its value " :
						 ", and the value of each ");
	put_is(telling, condition, false);
}

/* Some program of it matches, or none. */
static void put_ancestor(const struct telling *telling, struct about about,
			 const struct kl_condition *condition)
{
	bool negated = condition->negated && condition->right != KL_RIGHT_NULL;

	kl_buffer_puts(telling->out, negated ? "no " : "a ");
	put_subject(telling, about, condition->left);
	put_is(telling, condition,
	       condition->right == KL_RIGHT_NULL && condition->negated);
}

/* Return: false if it is no number that says yes or no. */
static bool put_yes(const struct telling *telling, struct about about,
		    const struct kl_condition *condition)
{
	bool yes = condition->number.low == 1;

	if (about.words->sort != SORT_YES || condition->right != KL_RIGHT_NUMBER ||
	    condition->number.low != condition->number.high || condition->number.low > 1)
		return false;
	kl_buffer_puts(telling->out,
		       yes != condition->negated ? about.words->yes : about.words->no);
	return true;
}

void put_fact(const struct telling *telling, const struct kl_condition *condition)
{
	struct about about = find_words(telling->phrase, condition->left);
	enum kl_type type = kl_slot_type(condition->left);

	if (condition->left == KL_SLOT_ARGV) {
		put_argument(telling, condition);
		return;
	}
	if (condition->left == KL_SLOT_ENVP) {
		put_variable(telling, condition);
		return;
	}
	if (condition->left == KL_SLOT_TASK_ANCESTOR) {
		put_ancestor(telling, about, condition);
		return;
	}
	if (put_yes(telling, about, condition))
		return;
	put_subject(telling, about, condition->left);
	if (type == KL_IPADDR)
		put_address_is(telling, condition);
	else if (type == KL_STRING || type == KL_HISTORY)
		put_is(telling, condition, condition->negated);
	else if (condition->right != KL_RIGHT_KEYWORD)
		put_number_is(telling, condition, about.words->sort == SORT_USER);
	else if (type == KL_FILETYPE)
		put_type(condition, telling->out);
	else
		put_bit(condition, telling->out);
}
