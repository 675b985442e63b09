// SPDX-License-Identifier: GPL-2.0
/* Words: what is valid, what it says, and how bytes are written as one. */
#include "../limits.h"
#include "word.h"

/* clang-format off */
static const struct kl_token escapes[128] = {
	['?'] = { KL_TOKEN_ONE, KL_CHAR_ANY, 0, 2 },
	['+'] = { KL_TOKEN_ONE, KL_CHAR_DIGIT, 0, 2 },
	['x'] = { KL_TOKEN_ONE, KL_CHAR_HEX, 0, 2 },
	['a'] = { KL_TOKEN_ONE, KL_CHAR_LETTER, 0, 2 },
	['*'] = { KL_TOKEN_MANY, KL_CHAR_ANY, 0, 2 },
	['@'] = { KL_TOKEN_MANY, KL_CHAR_NO_DOT, 0, 2 },
	['$'] = { KL_TOKEN_SOME, KL_CHAR_DIGIT, 0, 2 },
	['X'] = { KL_TOKEN_SOME, KL_CHAR_HEX, 0, 2 },
	['A'] = { KL_TOKEN_SOME, KL_CHAR_LETTER, 0, 2 },
	['-'] = { KL_TOKEN_MINUS, 0, 0, 2 },
	['{'] = { KL_TOKEN_OPEN, 0, '}', 2 },
	['('] = { KL_TOKEN_OPEN, 0, ')', 2 },
	['}'] = { KL_TOKEN_CLOSE, 0, '}', 2 },
	[')'] = { KL_TOKEN_CLOSE, 0, ')', 2 },
};
/* clang-format on */

static bool is_plain(u8 byte)
{
	return byte >= 0x21 && byte <= 0x7e && byte != '\\';
}

static bool is_octal(const char *at)
{
	return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' &&
	       at[2] >= '0' && at[2] <= '7';
}

/* Return: NULL, or what is wrong. */
static const char *read_octal(const char *at, u32 left, struct kl_token *token)
{
	if (left < 4 || !is_octal(at + 1))
		return "a byte is written as \\ and three octal digits, \\000 to \\377";
	token->byte = (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0');
	token->length = 4;
	if (is_plain(token->byte))
		return "a printable character is written as itself; only bytes up to \\040, from \\177 on, and \\134 are written in octal";
	return NULL;
}

const char *kl_token_read(const char *at, u32 left, struct kl_token *token)
{
	u8 byte = at[0], escape = left > 1 ? at[1] : 0;

	token->kind = KL_TOKEN_LITERAL;
	token->byte = byte;
	token->length = 1;
	if (is_plain(byte))
		return NULL;
	if (byte != '\\')
		return "a space, control or non-ASCII byte is written in octal, such as \\040";
	if (escape >= '0' && escape <= '3')
		return read_octal(at, left, token);
	if (escape >= ARRAY_SIZE(escapes) || !escapes[escape].length)
		return "no such escape; expected \\? \\+ \\x \\a \\* \\@ \\$ \\X \\A \\- \\ooo, /\\{dir\\}/ or /\\(dir\\)/; a backslash itself is \\134";
	*token = escapes[escape];
	return NULL;
}

/**
 * struct brackets - the repetition that a check is in
 * @closer: the bracket that ends it; 0: in none
 * @opened: offset of its opening bracket
 */
struct brackets {
	u8 closer;
	u32 opened;
};

/* Return: NULL, or what is wrong at *@position, which may be moved. */
static const char *check_brackets(struct kl_text word, struct kl_token token,
				  struct brackets *in, u32 *position)
{
	u32 at = *position;

	switch (token.kind) {
	case KL_TOKEN_OPEN:
		if (!at || word.data[at - 1] != '/')
			return "\\{ and \\( must directly follow a /";
		in->closer = token.byte;
		in->opened = at;
		return NULL;
	case KL_TOKEN_CLOSE:
		if (token.byte != in->closer)
			return "a closing bracket without its opening one: expected /\\{dir\\}/ or /\\(dir\\)/";
		in->closer = 0;
		if (at + 2 < word.length && word.data[at + 2] == '/')
			return NULL;
		*position = at + 2;
		return "a / must directly follow \\} and \\)";
	case KL_TOKEN_LITERAL:
		if (token.byte == '/' && in->closer)
			return "\\{dir\\} and \\(dir\\) stand for single components: no / inside";
	}
	return NULL;
}

static const char *check_syntax(struct kl_text word, u32 *position)
{
	struct brackets in = { 0 };
	struct kl_token token;
	const char *why;
	u32 at;

	*position = 0;
	if (!word.length)
		return "the word is empty";
	for (at = 0; at < word.length; at += token.length) {
		*position = at;
		why = kl_token_read(word.data + at, word.length - at, &token);
		if (!why)
			why = check_brackets(word, token, &in, position);
		if (why)
			return why;
	}
	if (!in.closer)
		return NULL;
	*position = in.opened;
	return "\\{ or \\( is never closed: expected /\\{dir\\}/ or /\\(dir\\)/";
}

static bool is_counted(struct kl_token token)
{
	return token.kind == KL_TOKEN_MANY || token.kind == KL_TOKEN_SOME ||
	       token.kind == KL_TOKEN_OPEN || token.kind == KL_TOKEN_CLOSE;
}

static const char *check_limits(struct kl_text word, u32 *position)
{
	u32 wildcards = 0, components = 1, tokens = 0, at;
	struct kl_token token;

	for (at = 0; at < word.length; at += token.length) {
		*position = at;
		kl_token_read(word.data + at, word.length - at, &token);
		if (is_counted(token) && ++wildcards > KL_WILDCARDS_MAX)
			return "more than 20 of \\* \\@ \\$ \\X \\A \\{ \\} \\( \\) in a pattern";
		if (token.kind == KL_TOKEN_LITERAL && token.byte == '/') {
			tokens = 0;
			if (++components > KL_COMPONENTS_MAX)
				return "more than 1024 components in a pattern";
		} else if (++tokens > KL_TOKENS_MAX) {
			return "more than 1024 characters in a component of a pattern";
		}
	}
	return NULL;
}

static_assert(KL_WILDCARDS_MAX == 20 && KL_COMPONENTS_MAX == 1024 &&
		      KL_TOKENS_MAX == 1024,
	      "the messages above say these numbers");

int kl_word_check(struct kl_text word, u32 *position, const char **why)
{
	*why = check_syntax(word, position);
	if (*why)
		return -EINVAL;
	if (kl_word_is_literal(word))
		return 0;
	*why = check_limits(word, position);
	return *why ? -E2BIG : 0;
}

u32 kl_literal_length(struct kl_text word)
{
	struct kl_token token;
	u32 at;

	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_LITERAL)
			break;
	}
	return at;
}

bool kl_word_is_literal(struct kl_text word)
{
	return kl_literal_length(word) == word.length;
}

#define EACH_BYTE(byte)	((u8)(byte) * 0x0101010101010101ull)

/*
 * is_plain() of eight bytes at once. A sum or difference may carry into the
 * next byte, but only from one that is not plain itself.
 */
static bool are_plain(u64 bytes)
{
	return !((bytes | (bytes + EACH_BYTE(1)) | (bytes - EACH_BYTE(0x21)) |
		  ((bytes ^ EACH_BYTE('\\')) - EACH_BYTE(1))) &
		 EACH_BYTE(0x80));
}

/**
 * struct encoding - text being encoded
 * @out: receives it
 * @size: bytes there; less once something did not fit: nothing may follow that
 * @done: bytes so far, whether they fitted or not
 */
struct encoding {
	char *out;
	size_t size;
	size_t done;
};

static void encode_byte(struct encoding *to, u8 byte)
{
	if (is_plain(byte)) {
		if (to->done < to->size)
			to->out[to->done] = byte;
		to->done++;
		return;
	}
	if (to->done + 4 <= to->size) {
		to->out[to->done] = '\\';
		to->out[to->done + 1] = '0' + (byte >> 6);
		to->out[to->done + 2] = '0' + (byte >> 3 & 7);
		to->out[to->done + 3] = '0' + (byte & 7);
	} else {
		to->size = min(to->size, to->done);
	}
	to->done += 4;
}

/* False: byte by byte, please. */
static bool encode_eight(struct encoding *to, const char *raw)
{
	bool fits = to->done + 8 <= to->size;

	if (!are_plain(kl_load64(raw)) || (!fits && to->done < to->size))
		return false;
	if (fits)
		memcpy(to->out + to->done, raw, 8);
	to->done += 8;
	return true;
}

size_t kl_encode(struct kl_text raw, char *out, size_t size)
{
	struct encoding to = { .out = out, .size = size };
	u32 i, end;

	for (i = 0; i < raw.length; i = end) {
		end = i + min(raw.length - i, 8u);
		if (end - i == 8 && encode_eight(&to, raw.data + i))
			continue;
		for (; i < end; i++)
			encode_byte(&to, raw.data[i]);
	}
	return to.done;
}

ssize_t kl_decode(struct kl_text word, char *out)
{
	struct kl_token token;
	ssize_t length = 0;
	u32 at;

	for (at = 0; at < word.length; at += token.length) {
		if (kl_token_read(word.data + at, word.length - at, &token) ||
		    token.kind != KL_TOKEN_LITERAL)
			return -EINVAL;
		out[length++] = token.byte;
	}
	return length;
}
