// SPDX-License-Identifier: GPL-2.0
/* Numbers and ranges of numbers. */
#include "value.h"

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool digit_at(struct kl_text text, u32 offset, int base)
{
	return offset < text.length && digit_value(text.data[offset]) < base;
}

/* Where the digits begin, and in which base: "08" is decimal. */
static u32 find_radix(struct kl_text text, u8 *radix, int *base)
{
	if (text.length > 2 && text.data[0] == '0' &&
	    (text.data[1] == 'x' || text.data[1] == 'X') &&
	    digit_at(text, 2, 16)) {
		*radix = KL_HEXADECIMAL;
		*base = 16;
		return 2;
	}
	if (text.length > 1 && text.data[0] == '0' && digit_at(text, 1, 8)) {
		*radix = KL_OCTAL;
		*base = 8;
		return 1;
	}
	*radix = KL_DECIMAL;
	*base = 10;
	return 0;
}

/* Read one number at the start of @text. Return: bytes used, 0 on error. */
static u32 parse_number(struct kl_text text, u32 column, u64 *value, u8 *radix,
			struct kl_error *error)
{
	u64 sum = 0;
	int base;
	u32 start = find_radix(text, radix, &base);
	u32 i;

	for (i = start; digit_at(text, i, base); i++) {
		u32 digit = digit_value(text.data[i]);

		if (sum > (~0ull - digit) / base) {
			kl_refuse(
				error, column,
				"number too great; expected at most 18446744073709551615");
			return 0;
		}
		sum = sum * base + digit;
	}
	if (i == start) {
		kl_refuse(
			error, column,
			KL_WORD_FMT
			" is no number; expected decimal, octal (017) or hexadecimal (0x1F) digits",
			KL_WORD_ARG(text));
		return 0;
	}
	*value = sum;
	return i;
}

int kl_parse_numbers(const struct kl_word *word, struct kl_number_range *range,
		     struct kl_error *error)
{
	struct kl_text text = word->text;
	u32 used, more;

	memset(range, 0, sizeof(*range));
	used = parse_number(text, word->column, &range->low, &range->radix[0],
			    error);
	if (!used)
		return -EINVAL;
	if (used == text.length) {
		range->high = range->low;
		range->radix[1] = range->radix[0];
		range->single = true;
		return 0;
	}
	if (text.data[used] != '-')
		return kl_refuse(
			error, word->column + used,
			"\"%c\" does not belong to the number; expected its end or -",
			text.data[used]);
	used++;
	if (used == text.length)
		return kl_refuse(
			error, word->column + used,
			"the range has no end; expected a number after -");
	more = parse_number(kl_text_from(text, used), word->column + used,
			    &range->high, &range->radix[1], error);
	if (!more)
		return -EINVAL;
	if (used + more != text.length)
		return kl_refuse(
			error, word->column + used + more,
			"\"%c\" does not belong to the number; expected its end",
			text.data[used + more]);
	if (range->low > range->high)
		return kl_refuse(
			error, word->column + used,
			"the range descends; expected A-B with A not above B");
	return 0;
}
