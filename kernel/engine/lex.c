// SPDX-License-Identifier: GPL-2.0
/* A line to words, and complaints about words. */
#include "lex.h"

static bool separates(char byte)
{
	unsigned char c = byte;

	return c <= 0x20 || c >= 0x7f;
}

void kl_lexer_init(struct kl_lexer *lexer, struct kl_text line)
{
	const char *nul;

	memset(lexer, 0, sizeof(*lexer));
	if (!line.length)
		line.data = "";
	nul = memchr(line.data, '\0', line.length);
	if (nul)
		line.length = nul - line.data;
	lexer->line = line;
}

bool kl_lexer_next(struct kl_lexer *lexer, struct kl_word *word)
{
	const char *data = lexer->line.data;
	u32 length = lexer->line.length;
	u32 start = lexer->position;
	u32 end;

	while (start < length && separates(data[start]))
		start++;
	if (start == length || data[start] == '#') {
		if (start < length)
			lexer->comment = start + 1;
		word->text.data = data + lexer->position;
		word->text.length = 0;
		word->column = lexer->position + 1;
		return false;
	}
	for (end = start + 1; end < length && !separates(data[end]); end++)
		;
	word->text.data = data + start;
	word->text.length = end - start;
	word->column = start + 1;
	lexer->position = end;
	return true;
}

u32 kl_lexer_count(const struct kl_lexer *lexer)
{
	struct kl_lexer ahead = *lexer;
	struct kl_word word;
	u32 count = 0;

	while (kl_lexer_next(&ahead, &word))
		count++;
	return count;
}

int kl_text_decimal(struct kl_text text, u64 max, u64 *value)
{
	bool beyond = false;
	u64 sum = 0;
	u32 i, digit;

	if (!text.length)
		return -EINVAL;
	for (i = 0; i < text.length; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -EINVAL;
		digit = text.data[i] - '0';
		if (digit > max || sum > (max - digit) / 10)
			beyond = true;
		else
			sum = sum * 10 + digit;
	}
	*value = sum;
	return beyond ? -ERANGE : 0;
}

int kl_refuse(struct kl_error *error, u32 column, const char *format, ...)
{
	va_list arguments;

	error->column = column;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

void kl_hint_init(struct kl_hint *hint, struct kl_text word)
{
	hint->word = word;
	hint->best = KL_HINT_EDITS + 1;
	hint->text[0] = '\0';
}

/* Insertions, deletions and replacements that make @word of @candidate. */
static u32 edits(struct kl_text word, const char *candidate)
{
	u8 row[KL_HINT_WORD + 1];
	u32 i, j, diagonal, above;

	for (i = 0; i <= word.length; i++)
		row[i] = i;
	for (j = 0; candidate[j]; j++) {
		diagonal = row[0];
		row[0] = j + 1;
		for (i = 0; i < word.length; i++) {
			above = row[i + 1];
			if (word.data[i] != candidate[j])
				diagonal = 1 + min_t(u32, diagonal,
						     min_t(u32, above, row[i]));
			row[i + 1] = diagonal;
			diagonal = above;
		}
	}
	return row[word.length];
}

void kl_hint_offer(struct kl_hint *hint, const char *candidate)
{
	size_t length = strlen(candidate);
	u32 distance;

	if (hint->word.length > KL_HINT_WORD || length > KL_HINT_WORD)
		return;
	distance = edits(hint->word, candidate);
	/* "x" is not "ip": no more than every second letter may differ. */
	if (distance >= hint->best || distance * 2 > hint->word.length)
		return;
	hint->best = distance;
	snprintf(hint->text, sizeof(hint->text), "; did you mean %s?",
		 candidate);
}
