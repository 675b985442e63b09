// SPDX-License-Identifier: GPL-2.0
/* Strings and patterns in words. */
#include <ctype.h>

#include "engine/lex.h"
#include "engine/word.h"
#include "phrase_inside.h"

/* ---------------------------------------------------------------------- names */

/* The byte that begins a name; escapes of three digits are the only ones there. */
static u8 next_byte(struct kl_text *word)
{
	struct kl_token token;

	kl_token_read(word->data, word->length, &token);
	*word = kl_text_from(*word, token.length);
	return token.byte;
}

/* Nothing in it is taken for the sentence around it. */
static bool is_plain(struct kl_text word)
{
	u8 byte = 0;

	if (!word.length || (word.data[0] != '/' && word.data[0] != '<'))
		return false;
	while (word.length) {
		byte = next_byte(&word);
		if (byte >= 0x7f || (!isalnum(byte) && !strchr("/._-+@:=~<>[]", byte)))
			return false;
	}
	return byte != '.' && byte != ':';
}

void kl_phrase_name(struct kl_text word, struct kl_buffer *out)
{
	u8 byte;

	if (is_plain(word)) {
		kl_buffer_add(out, word.data, word.length);
		return;
	}
	kl_buffer_puts(out, "\"");
	while (word.length) {
		byte = next_byte(&word);
		if (byte <= ' ' || byte == 0x7f || byte == '"' || byte == '\\')
			kl_buffer_printf(out, "\\%03o", byte);
		else
			kl_buffer_add(out, (const char *)&byte, 1);
	}
	kl_buffer_puts(out, "\"");
}

/* ------------------------------------------------------------------- patterns */

/** enum where - in which folders names are that a pattern matches */
enum where {
	WHERE_UNSAID, /* the pattern says it shorter */
	WHERE_IN, /* in one */
	WHERE_BELOW, /* in that or any below */
	WHERE_DEEP, /* in any below, but not in that one */
};

/**
 * struct place - which pathnames a pattern matches, if that is simple
 * @where: enum where
 * @folder: the folder, without wildcards; "" is the root, of a file system by
 *	itself it ends in ':'
 * @begins, @ends: the last component does so; or it is @is. One at most is not empty
 * @is: see there
 */
struct place {
	u8 where;
	struct kl_text folder;
	struct kl_text begins, ends, is;
};

/* Folders of names that a request can have. */
static bool is_folder(struct kl_text text)
{
	u32 i;

	for (i = 0; i + 1 < text.length; i++)
		if (text.data[i] == '/' && text.data[i + 1] == '/')
			return false;
	return !text.length || text.data[text.length - 1] != '/';
}

static bool has_slash(struct kl_text text)
{
	return memchr(text.data, '/', text.length);
}

/* The last component: literal, or with a single "\*" at one end of it. */
static bool read_last(struct kl_text text, struct place *place)
{
	u32 literal = kl_literal_length(text);
	struct kl_text before = kl_text_head(text, literal), behind;

	if (has_slash(text))
		return false;
	if (literal == text.length) {
		place->is = before;
		return literal && place->where != WHERE_IN;
	}
	behind = kl_text_from(text, literal);
	if (!kl_text_begins(behind, "\\*"))
		return false;
	behind = kl_text_from(behind, 2);
	if (!kl_word_is_literal(behind) || (before.length && behind.length))
		return false;
	place->begins = before;
	place->ends = behind;
	return true;
}

static struct place find_place(struct kl_text word)
{
	static const struct {
		const char *folders;
		u8 where;
	} kinds[] = {
		{ "\\(\\*\\)/", WHERE_BELOW },
		{ "\\{\\*\\}/", WHERE_DEEP },
		{ "", WHERE_IN },
	};
	struct kl_text head = kl_text_head(word, kl_literal_length(word));
	struct place place = { WHERE_UNSAID }, none = place;
	const char *slash = memrchr(head.data, '/', head.length);
	u32 i = 0;

	if (!slash)
		return none;
	place.folder = kl_text_head(word, slash - word.data);
	word = kl_text_from(word, place.folder.length + 1);
	if (!is_folder(place.folder))
		return none;
	while (!kl_text_begins(word, kinds[i].folders))
		i++;
	place.where = kinds[i].where;
	word = kl_text_from(word, strlen(kinds[i].folders));
	return read_last(word, &place) ? place : none;
}

/* The root of a file system is a name with a slash at its end. */
static bool is_root(struct kl_text folder)
{
	return !folder.length || folder.data[folder.length - 1] == ':';
}

static void put_folder(struct kl_text folder, struct kl_buffer *out)
{
	struct kl_buffer root = { 0 };

	kl_buffer_printf(&root, "%.*s%s", (int)folder.length, folder.data,
			 is_root(folder) ? "/" : "");
	kl_phrase_name(kl_buffer_text(&root), out);
	kl_buffer_free(&root);
}

static const char *const wheres[] = {
	[WHERE_IN] = "directly in ",
	[WHERE_BELOW] = "below ",
	[WHERE_DEEP] = "in folders below ",
};

static void put_place(const struct place *place, bool folders, struct kl_buffer *out)
{
	if (place->is.length) {
		kl_buffer_puts(out, "called ");
		kl_phrase_name(place->is, out);
		kl_buffer_puts(out, " ");
	}
	kl_buffer_puts(out, wheres[place->where]);
	put_folder(place->folder, out);
	if (place->begins.length || place->ends.length) {
		kl_buffer_puts(out, place->ends.length ? " with names that end in " :
							 " with names that begin with ");
		kl_phrase_name(place->ends.length ? place->ends : place->begins, out);
	} else if (place->where == WHERE_IN && folders && is_root(place->folder)) {
		kl_buffer_puts(out, ", which itself is among them");
	}
}

/* A quote in it is no end of it. */
void put_quoted(struct kl_text pattern, struct kl_buffer *out)
{
	size_t i;

	kl_buffer_puts(out, "\"");
	for (i = 0; i < pattern.length; i++)
		if (pattern.data[i] == '"')
			kl_buffer_puts(out, "\\042");
		else
			kl_buffer_add(out, &pattern.data[i], 1);
	kl_buffer_puts(out, "\"");
}

void kl_phrase_member(struct kl_text word, bool path, struct kl_buffer *out)
{
	struct place place = find_place(word);

	if (kl_word_is_literal(word)) {
		kl_phrase_name(word, out);
	} else if (path && place.where) {
		kl_buffer_puts(out, "all ");
		put_place(&place, true, out);
	} else {
		put_quoted(word, out);
	}
}

/* Is it the name of a file, folder or control group? */
static bool is_path(u8 slot)
{
	switch (slot) {
	case KL_SLOT_OBJECT0:
	case KL_SLOT_OBJECT1:
	case KL_SLOT_TASK_EXE:
	case KL_SLOT_TASK_CGROUP:
	case KL_SLOT_TASK_PARENT_EXE:
	case KL_SLOT_TASK_ANCESTOR:
	case KL_SLOT_TARGET_EXE:
		return true;
	default:
		return false;
	}
}

static struct kl_text text_of(const struct kl_string *string)
{
	return (struct kl_text){ string->text, string->length };
}

/* -------------------------------------------------------------------- phrases */

/**
 * struct noun_words - a noun
 * @one: before a name
 * @some: before what tells of several
 * @any: of all
 * @several: "one of ..."
 * @paths: they have pathnames
 * @folders: they may be folders
 */
struct noun_words {
	const char *one, *some, *any, *several;
	bool paths, folders;
};

static const struct noun_words nouns[NOUNS] = {
	[NOUN_FILE] = { "the file ", "files", "any file", "the files ", true },
	[NOUN_FOLDER] = { "the folder ", "folders", "any folder", "the folders ", true,
			  true },
	[NOUN_BOTH] = { "", "files and folders", "any file or folder", "", true, true },
	[NOUN_PLACE] = { "", "names", "any name", "", true },
	[NOUN_PIPE] = { "the named pipe ", "named pipes", "any named pipe",
			"the named pipes ", true },
	[NOUN_SOCKET] = { "the socket ", "sockets", "any socket", "the sockets ", true },
	[NOUN_LINK] = { "the symbolic link ", "symbolic links", "any symbolic link",
			"the symbolic links ", true },
	[NOUN_BLOCK] = { "the block device ", "block devices", "any block device",
			 "the block devices ", true },
	[NOUN_CHAR] = { "the character device ", "character devices",
			"any character device", "the character devices ", true },
	[NOUN_PROGRAM] = { "the program ", "programs", "any program", "the programs ",
			   true },
	[NOUN_ADDRESS] = { "the address ", "addresses", "any address", "the addresses " },
	[NOUN_VARIABLE] = { "the environment variable ", "environment variables",
			    "any environment variable", "the environment variables " },
	[NOUN_MODULE] = { "", "names", "any name", "" },
	[NOUN_XATTR] = { "the extended attribute ", "extended attributes",
			 "any extended attribute", "the extended attributes " },
	[NOUN_DOMAIN] = { "the domain ", "domains", "any domain", "the domains " },
};

void put_group(const struct telling *telling, const struct kl_condition *condition)
{
	const struct kl_phrase *phrase = telling->phrase;
	enum kl_type type = kl_slot_type(condition->left);
	struct kl_text name = text_of(condition->group_name);

	kl_buffer_printf(telling->out, "@%.*s", (int)name.length, name.data);
	phrase->group(phrase->context,
		      type == KL_IPADDR			       ? KL_IP_GROUP :
		      type == KL_NUMBER || type == KL_FILEPERM ? KL_NUMBER_GROUP :
								 KL_STRING_GROUP,
		      name, is_path(condition->left), telling->out);
}

static void put_pattern(const struct noun_words *noun, struct kl_text word,
			struct kl_buffer *out)
{
	struct place place = find_place(word);

	if (noun->paths && place.where) {
		put_place(&place, noun->folders, out);
		return;
	}
	kl_buffer_puts(out, noun->paths ? "with names that match " : "that match ");
	put_quoted(word, out);
}

static void put_name(const struct telling *telling, const struct noun_words *words,
		     const struct kl_condition *condition)
{
	struct kl_buffer *out = telling->out;
	struct kl_text word;

	if (condition->right == KL_RIGHT_GROUP) {
		kl_buffer_printf(out, "one of %s", words->several);
		put_group(telling, condition);
		return;
	}
	word = text_of(condition->string);
	if (kl_word_is_literal(word)) {
		kl_buffer_puts(out, words->one);
		kl_phrase_name(word, out);
	} else {
		kl_buffer_printf(out, "%s ", words->some);
		put_pattern(words, word, out);
	}
}

/* Behind "except". */
static void put_other(const struct telling *telling, const struct noun_words *words,
		      const struct kl_condition *condition)
{
	struct kl_text word;

	if (condition->right == KL_RIGHT_GROUP) {
		put_group(telling, condition);
		return;
	}
	word = text_of(condition->string);
	if (kl_word_is_literal(word)) {
		kl_phrase_name(word, telling->out);
	} else {
		kl_buffer_puts(telling->out, "those ");
		put_pattern(words, word, telling->out);
	}
}

void put_names(struct telling *telling, u8 slot, enum noun noun)
{
	const struct kl_condition *condition = take_condition(telling, slot);
	const char *lead = " except ";

	if (condition && !condition->negated)
		put_name(telling, &nouns[noun], condition);
	else
		kl_buffer_puts(telling->out, nouns[noun].any);
	if (condition && !condition->negated)
		condition = take_exception(telling, slot);
	for (; condition; condition = take_exception(telling, slot)) {
		kl_buffer_puts(telling->out, lead);
		put_other(telling, &nouns[noun], condition);
		lead = " and ";
	}
}

/* Of histories only patterns of histories are equal, never a text. */
static void put_is_string(const struct kl_condition *condition, bool path, bool negated,
			  struct kl_buffer *out)
{
	struct kl_text word = text_of(condition->string);
	struct place place = find_place(word);

	if (condition->left == KL_SLOT_TASK_HISTORY) {
		kl_buffer_puts(out, negated ? "is other than " : "is ");
		put_quoted(word, out);
	} else if (kl_word_is_literal(word)) {
		kl_buffer_puts(out, negated ? "is other than " : "is ");
		kl_phrase_name(word, out);
	} else if (path && place.where && !place.begins.length && !place.ends.length &&
		   !place.is.length &&
		   !(place.where == WHERE_IN && is_root(place.folder))) {
		kl_buffer_printf(out, "is %s%s", negated ? "elsewhere than " : "",
				 wheres[place.where]);
		put_folder(place.folder, out);
	} else {
		kl_buffer_puts(out, negated ? "is other than what matches " : "matches ");
		put_quoted(word, out);
	}
}

void put_is(const struct telling *telling, const struct kl_condition *condition,
	    bool negated)
{
	struct kl_buffer *out = telling->out;
	char name[KL_SLOT_NAME_MAX];

	switch (condition->right) {
	case KL_RIGHT_STRING:
		put_is_string(condition, is_path(condition->left), negated, out);
		break;
	case KL_RIGHT_GROUP:
		kl_buffer_puts(out, negated ? "is other than those of " : "is one of ");
		put_group(telling, condition);
		break;
	case KL_RIGHT_SLOT:
		kl_buffer_printf(out, "is %s %s", negated ? "other than" : "the same as",
				 kl_slot_name(telling->phrase->op, condition->right_slot,
					      name));
		break;
	default:
		/* What has a value is not NULL, and of what has none nothing is true. */
		kl_buffer_puts(out, negated ? "is there" : "is NULL, which it never is");
		break;
	}
}
