// SPDX-License-Identifier: GPL-2.0
/* Addresses, ranges of addresses and networks, and back to text. */
#include "print.h"
#include "value.h"

/* Four decimal octets; one with a leading zero might be meant as octal. */
static bool parse_ipv4(struct kl_text text, u8 *bytes)
{
	u32 i = 0, octet, start, value;

	for (octet = 0; octet < 4; octet++) {
		if (octet && (i == text.length || text.data[i++] != '.'))
			return false;
		value = 0;
		for (start = i; i < text.length && text.data[i] >= '0' &&
				text.data[i] <= '9' && i - start < 4;
		     i++)
			value = value * 10 + text.data[i] - '0';
		if (i == start || value > 255 ||
		    (i - start > 1 && text.data[start] == '0'))
			return false;
		bytes[octet] = value;
	}
	return i == text.length;
}

static bool parse_hex_group(struct kl_text text, u8 *bytes)
{
	u32 value = 0, i;

	if (!text.length || text.length > 4)
		return false;
	for (i = 0; i < text.length; i++) {
		char c = text.data[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value += c - '0';
		else if (c >= 'a' && c <= 'f')
			value += c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			value += c - 'A' + 10;
		else
			return false;
	}
	bytes[0] = value >> 8;
	bytes[1] = value;
	return true;
}

static struct kl_text until_colon(struct kl_text text, u32 start)
{
	const char *colon = memchr(text.data + start, ':', text.length - start);

	text = kl_text_from(text, start);
	if (colon)
		text.length = colon - text.data;
	return text;
}

/*
 * The pieces between colons, written one after the other to @bytes.
 * @gap: bytes before "::", or -1.
 * Return: bytes written, or -1.
 */
static int parse_pieces(struct kl_text text, u8 *bytes, int *gap)
{
	struct kl_text piece;
	int count = 0;
	u32 i = 0;

	*gap = -1;
	if (kl_text_begins(text, "::")) {
		*gap = 0;
		i = 2;
	}
	while (i < text.length) {
		piece = until_colon(text, i);
		i += piece.length;
		if (count <= 12 && i == text.length &&
		    parse_ipv4(piece, bytes + count))
			return count + 4;
		if (count == 16 || !parse_hex_group(piece, bytes + count))
			return -1;
		count += 2;
		if (i == text.length)
			break;
		if (++i == text.length)
			return -1;
		if (text.data[i] == ':') {
			if (*gap >= 0)
				return -1;
			*gap = count;
			i++;
		}
	}
	return count;
}

static bool parse_ipv6(struct kl_text text, u8 *bytes)
{
	u8 pieces[16];
	int count, gap;

	/* Without a colon it is an address of the other family. */
	if (!memchr(text.data, ':', text.length))
		return false;
	count = parse_pieces(text, pieces, &gap);
	if (count < 0 || (gap < 0 && count < 16) || (gap >= 0 && count > 14))
		return false;
	if (gap < 0)
		gap = count;
	memset(bytes, 0, 16);
	memcpy(bytes, pieces, gap);
	memcpy(bytes + 16 - (count - gap), pieces + gap, count - gap);
	return true;
}

static bool parse_address(struct kl_text text, struct kl_ip *ip)
{
	memset(ip, 0, sizeof(*ip));
	if (!text.length)
		return false;
	if (parse_ipv4(text, ip->bytes)) {
		ip->family = KL_IPV4;
		return true;
	}
	ip->family = KL_IPV6;
	return parse_ipv6(text, ip->bytes);
}

static int refuse_address(struct kl_error *error, u32 column,
			  struct kl_text text)
{
	return kl_refuse(
		error, column,
		KL_WORD_FMT
		" is no address; expected IPv4 (four numbers), IPv6, A-B or NETWORK/BITS",
		KL_WORD_ARG(text));
}

/* Make @range the network of @bits bits around its low end. */
static int parse_network(const struct kl_word *word, u32 slash,
			 struct kl_ip_range *range, struct kl_error *error)
{
	u32 width = range->low.family == KL_IPV4 ? 32 : 128;
	char network[KL_IP_TEXT_MAX];
	struct kl_ip low = range->low;
	u64 bits;
	u32 i;

	if (kl_text_decimal(kl_text_from(word->text, slash + 1), width, &bits))
		return kl_refuse(
			error, word->column + slash + 1,
			KL_WORD_FMT " is no prefix length; expected 0 to %u",
			KL_WORD_ARG(kl_text_from(word->text, slash + 1)),
			width);
	range->high = low;
	for (i = bits; i < width; i++) {
		low.bytes[i / 8] &= ~(0x80 >> i % 8);
		range->high.bytes[i / 8] |= 0x80 >> i % 8;
	}
	if (memcmp(low.bytes, range->low.bytes, sizeof(low.bytes))) {
		kl_format_ip(&low, network);
		return kl_refuse(
			error, word->column,
			"the address has bits beyond its prefix; the network is %s/%u",
			network, (u32)bits);
	}
	range->prefix = bits;
	return 0;
}

static int parse_range(const struct kl_word *word, u32 dash,
		       struct kl_ip_range *range, struct kl_error *error)
{
	struct kl_text end = kl_text_from(word->text, dash + 1);
	u32 column = word->column + dash + 1;

	if (!parse_address(end, &range->high))
		return refuse_address(error, column, end);
	if (range->low.family != range->high.family)
		return kl_refuse(
			error, column,
			"the range mixes IPv4 and IPv6; expected two addresses of one family");
	if (memcmp(range->low.bytes, range->high.bytes, 16) > 0)
		return kl_refuse(
			error, column,
			"the range descends; expected A-B with A not above B");
	return 0;
}

int kl_parse_addresses(const struct kl_word *word, struct kl_ip_range *range,
		       struct kl_error *error)
{
	struct kl_text text = word->text;
	u32 split = 0;

	memset(range, 0, sizeof(*range));
	range->prefix = -1;
	while (split < text.length && text.data[split] != '-' &&
	       text.data[split] != '/')
		split++;
	if (!parse_address(kl_text_head(text, split), &range->low))
		return refuse_address(error, word->column,
				      kl_text_head(text, split));
	if (split == text.length) {
		range->high = range->low;
		range->single = true;
		return 0;
	}
	if (text.data[split] == '/')
		return parse_network(word, split, range, error);
	return parse_range(word, split, range, error);
}

/* ::ffff:1.2.3.4 and the addresses of ISATAP are printed as the kernel does. */
static bool ends_dotted(const u8 *b)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(b, mapped, sizeof(mapped)) ||
	       ((b[8] | 2) == 2 && !b[9] && b[10] == 0x5e && b[11] == 0xfe);
}

/* The first of the longest runs of at least two zero groups. */
static int find_zeros(const u8 *bytes, int groups, int *length)
{
	int best = -1, i, run = 0;

	*length = 1;
	for (i = 0; i < groups; i++) {
		run = bytes[2 * i] || bytes[2 * i + 1] ? 0 : run + 1;
		if (run > *length) {
			*length = run;
			best = i + 1 - run;
		}
	}
	return best;
}

static size_t format_ipv4(const u8 *b, char *buffer, size_t size)
{
	return snprintf(buffer, size, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
}

size_t kl_format_ip(const struct kl_ip *ip, char *buffer)
{
	const u8 *b = ip->bytes;
	bool dotted, colon = false;
	int groups, zeros, length, i;
	size_t used = 0;

	if (ip->family == KL_IPV4)
		return format_ipv4(b, buffer, KL_IP_TEXT_MAX);
	dotted = ends_dotted(b);
	groups = dotted ? 6 : 8;
	zeros = find_zeros(b, groups, &length);
	for (i = 0; i < groups; i++) {
		if (i == zeros) {
			used += snprintf(buffer + used, KL_IP_TEXT_MAX - used,
					 "::");
			colon = false;
			i += length - 1;
			continue;
		}
		used += snprintf(buffer + used, KL_IP_TEXT_MAX - used, "%s%x",
				 colon ? ":" : "",
				 b[2 * i] << 8 | b[2 * i + 1]);
		colon = true;
	}
	if (!dotted)
		return used;
	if (colon)
		buffer[used++] = ':';
	return used + format_ipv4(b + 12, buffer + used, KL_IP_TEXT_MAX - used);
}
