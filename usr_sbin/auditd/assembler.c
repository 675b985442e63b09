// SPDX-License-Identifier: GPL-2.0
/* Datagrams of netconsole to whole lines. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <time.h>

#include "assembler.h"
#include "engine/intern.h"
#include "engine/lex.h"
#include "limits.h"

/* A record that comes late was made this much before the newest, at most: seconds. */
#define LATE_MAX 60u

#define NAME_MAX_BYTES (INET6_ADDRSTRLEN + IF_NAMESIZE + sizeof("[%]:65535"))

/** enum cut - why a line ends where it does */
enum cut {
	WHOLE,
	CUT_LENGTH,
	CUT_LOSS,
	CUT_TIMEOUT,
	CUT_EVICTED,
	CUT_MEMORY,
	CUT_END,
};

static const char *const reasons[] = {
	[CUT_LENGTH] = "length",
	[CUT_LOSS] = "loss",
	[CUT_TIMEOUT] = "timeout",
	[CUT_EVICTED] = "too many senders",
	[CUT_MEMORY] = "no memory",
	[CUT_END] = "end of the input",
};

/**
 * struct sender - one address and port
 * @address: IPv4 as a mapped address
 * @name: the same as text
 * @next: in its bucket, or in the list of those that are free
 * @idle: place among all senders, the one silent for longest first
 * @pending: place among those with an unfinished line, the oldest line first
 * @line: bytes of the unfinished line, line_max of them; NULL: there is none
 * @length: bytes of @line in use
 * @time: when its first byte came, microseconds since the epoch
 * @since: the same in milliseconds of kl_loop_now()
 * @fragments: @line is a record of which fragments have come
 * @beginless: and its first ones have not
 * @sequence, @total: their number, the bytes of all
 * @expected: offset of the next one
 * @numbered: @newest and @stamp mean something
 * @newest: greatest sequence number seen
 * @stamp: its time, microseconds since the sender's boot
 * @untold: place among those of which something is to be told, if @is_untold
 * @tell_due: not to be told before: milliseconds of kl_loop_now()
 * @missing, @first, @last: numbers left out, not told yet: how many, and between which
 * @restarts, @number: restarts not told yet, and the number at the last of them
 */
struct sender {
	struct sockaddr_in6 address;
	char name[NAME_MAX_BYTES];
	struct sender *next;
	TAILQ_ENTRY(sender) idle;
	TAILQ_ENTRY(sender) pending;
	char *line;
	u32 length;
	u64 time, since;
	bool fragments, beginless;
	u64 sequence, total, expected;
	bool numbered;
	u64 newest, stamp;
	TAILQ_ENTRY(sender) untold;
	bool is_untold;
	u64 tell_due;
	u64 missing, first, last;
	u64 restarts, number;
};

TAILQ_HEAD(senders, sender);

/**
 * struct kl_assembler - lines being made
 * @options: of whoever made it
 * @senders: all of them
 * @free: unused ones
 * @buckets, @mask: hash table
 * @seed: of the hash, so that nobody outside can aim at one bucket
 * @idle, @pending, @untold: see struct sender
 * @clean: the line that is given out
 * @stat: figures
 */
struct kl_assembler {
	struct kl_assembler_options options;
	struct sender *senders, *free;
	struct sender **buckets;
	u32 mask, seed;
	struct senders idle, pending, untold;
	struct kl_buffer clean;
	struct kl_assembler_stat stat;
};

/**
 * struct header - of the extended form
 * @text: all of it but ncfrag=, without the semicolon, in two parts
 * @tail: second part
 * @sequence: number of the record
 * @stamp: microseconds since boot
 * @fragment: there is an ncfrag=
 * @offset, @total: what it says
 */
struct header {
	struct kl_text text, tail;
	u64 sequence, stamp;
	bool fragment;
	u64 offset, total;
};

struct kl_assembler *kl_assembler_new(const struct kl_assembler_options *options)
{
	struct kl_assembler *assembler = calloc(1, sizeof(*assembler));
	u32 i, size = 16;

	if (!assembler)
		return NULL;
	while (size < options->senders_max)
		size *= 2;
	assembler->options = *options;
	assembler->mask = size - 1;
	assembler->senders = calloc(options->senders_max, sizeof(*assembler->senders));
	assembler->buckets = calloc(size, sizeof(*assembler->buckets));
	if (!assembler->senders || !assembler->buckets) {
		kl_assembler_free(assembler);
		return NULL;
	}
	if (getrandom(&assembler->seed, sizeof(assembler->seed), GRND_NONBLOCK) < 0)
		assembler->seed = time(NULL) ^ (u32)(uintptr_t)assembler;
	TAILQ_INIT(&assembler->idle);
	TAILQ_INIT(&assembler->pending);
	TAILQ_INIT(&assembler->untold);
	for (i = options->senders_max; i--;) {
		assembler->senders[i].next = assembler->free;
		assembler->free = &assembler->senders[i];
	}
	/* The longest line that can be given out: each byte as \ooo, and marks. */
	kl_buffer_room(&assembler->clean, 4 * (size_t)options->line_max + 256);
	return assembler;
}

void kl_assembler_free(struct kl_assembler *assembler)
{
	u32 i;

	if (!assembler)
		return;
	for (i = 0; assembler->senders && i < assembler->options.senders_max; i++)
		free(assembler->senders[i].line);
	free(assembler->senders);
	free(assembler->buckets);
	kl_buffer_free(&assembler->clean);
	free(assembler);
}

/* The kernel ends the text of a record, and each line of its dictionary, so. */
static bool is_dictionary(struct kl_text text, u32 at)
{
	return text.data[at] == '\n' && at + 1 < text.length && text.data[at + 1] == ' ';
}

static void add_octal(struct kl_buffer *out, unsigned char c)
{
	char text[4] = { '\\', '0' + (c >> 6), '0' + (c >> 3 & 7), '0' + (c & 7) };

	kl_buffer_add(out, text, sizeof(text));
}

static void add_clean(struct kl_buffer *out, struct kl_text text, bool extended)
{
	u32 i;

	for (i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];

		if (extended && is_dictionary(text, i))
			continue;
		if (c < 0x20 || c >= 0x7f ||
		    (c == '\\' &&
		     !(extended && i + 1 < text.length && text.data[i + 1] == 'x')))
			add_octal(out, c);
		else
			kl_buffer_add(out, text.data + i, 1);
	}
}

static void give_line(struct kl_assembler *assembler, const struct sender *sender,
		      u64 time, struct kl_text text, bool extended, bool beginless,
		      enum cut cut)
{
	struct kl_buffer *clean = &assembler->clean;
	struct kl_entry entry = {
		.source = KL_ENTRY_NETCONSOLE,
		.time = time,
		.origin = kl_text_of(sender->name),
	};

	kl_buffer_clear(clean);
	if (beginless)
		kl_buffer_puts(clean, "\\(begin lost) ");
	add_clean(clean, text, extended);
	if (cut != WHOLE)
		kl_buffer_printf(clean, " \\(cut: %s)", reasons[cut]);
	assembler->stat.lines++;
	if (cut != WHOLE || beginless)
		assembler->stat.cut++;
	entry.line = kl_buffer_text(clean);
	assembler->options.give(assembler->options.data, &entry);
}

static void forget_line(struct kl_assembler *assembler, struct sender *sender)
{
	TAILQ_REMOVE(&assembler->pending, sender, pending);
	assembler->stat.pending--;
	free(sender->line);
	sender->line = NULL;
	sender->length = 0;
	sender->fragments = false;
	sender->beginless = false;
}

/* Give out the unfinished line, if there is one. */
static void end_line(struct kl_assembler *assembler, struct sender *sender, enum cut cut)
{
	struct kl_text text = { sender->line, sender->length };

	if (!sender->line)
		return;
	if (sender->fragments && text.length && text.data[text.length - 1] == '\n')
		text.length--;
	give_line(assembler, sender, sender->time, text, sender->fragments,
		  sender->beginless, cut);
	forget_line(assembler, sender);
}

static bool begin_line(struct kl_assembler *assembler, struct sender *sender,
		       const struct kl_datagram *datagram)
{
	sender->line = malloc(assembler->options.line_max);
	if (!sender->line)
		return false;
	sender->time = datagram->time;
	sender->since = datagram->now;
	TAILQ_INSERT_TAIL(&assembler->pending, sender, pending);
	assembler->stat.pending++;
	return true;
}

/* Add to the unfinished line, or begin one; what is full is given out. */
static void append(struct kl_assembler *assembler, struct sender *sender,
		   const struct kl_datagram *datagram, struct kl_text piece)
{
	bool extended = sender->fragments;

	while (piece.length) {
		u32 room = assembler->options.line_max - sender->length;
		u32 length = piece.length < room ? piece.length : room;

		if (!sender->line && !begin_line(assembler, sender, datagram)) {
			give_line(assembler, sender, datagram->time,
				  kl_text_head(piece, length), extended, false,
				  CUT_MEMORY);
			piece = kl_text_from(piece, length);
			continue;
		}
		sender->fragments = extended;
		memcpy(sender->line + sender->length, piece.data, length);
		sender->length += length;
		piece = kl_text_from(piece, length);
		if (piece.length)
			end_line(assembler, sender, CUT_LENGTH);
	}
}

/* A line that is all in one datagram is not copied. */
static void whole_line(struct kl_assembler *assembler, struct sender *sender,
		       const struct kl_datagram *datagram, struct kl_text text,
		       bool extended)
{
	u32 max = assembler->options.line_max;

	while (text.length > max) {
		give_line(assembler, sender, datagram->time, kl_text_head(text, max),
			  extended, false, CUT_LENGTH);
		text = kl_text_from(text, max);
	}
	give_line(assembler, sender, datagram->time, text, extended, false, WHOLE);
}

/* The basic form. */
static void take_text(struct kl_assembler *assembler, struct sender *sender,
		      const struct kl_datagram *datagram)
{
	struct kl_text rest = datagram->text, piece;
	const char *newline;

	if (sender->fragments)
		end_line(assembler, sender, CUT_LOSS);
	while ((newline = memchr(rest.data, '\n', rest.length))) {
		piece = kl_text_head(rest, newline - rest.data);
		rest = kl_text_from(rest, piece.length + 1);
		if (sender->line) {
			append(assembler, sender, datagram, piece);
			end_line(assembler, sender, WHOLE);
		} else {
			whole_line(assembler, sender, datagram, piece, false);
		}
	}
	append(assembler, sender, datagram, rest);
}

/* The next field up to a comma or the end; false if there is none. */
static bool next_field(struct kl_text *rest, struct kl_text *field)
{
	const char *comma = memchr(rest->data, ',', rest->length);

	*field = comma ? kl_text_head(*rest, comma - rest->data) : *rest;
	*rest = kl_text_from(*rest, field->length + (comma ? 1 : 0));
	return field->length;
}

static bool next_number(struct kl_text *rest, u64 *number)
{
	struct kl_text field;

	return next_field(rest, &field) && !kl_text_decimal(field, ~0ull, number);
}

static bool read_fragment(struct kl_text value, struct header *header)
{
	const char *slash = memchr(value.data, '/', value.length);

	if (!slash)
		return false;
	header->fragment = true;
	return !kl_text_decimal(kl_text_head(value, slash - value.data), ~0u,
				&header->offset) &&
	       !kl_text_decimal(kl_text_from(value, slash - value.data + 1), ~0u,
				&header->total) &&
	       header->offset < header->total;
}

/* Fields behind the fixed ones; ncfrag= is taken out of the text. */
static bool read_extra(struct kl_text rest, struct kl_text all, struct header *header)
{
	static const char key[] = "ncfrag=";
	struct kl_text field;

	header->text = all;
	while (next_field(&rest, &field)) {
		if (!memchr(field.data, '=', field.length))
			return false;
		if (!kl_text_begins(field, key))
			continue;
		if (header->fragment ||
		    !read_fragment(kl_text_from(field, strlen(key)), header))
			return false;
		/* With the comma before it. */
		header->text = kl_text_head(all, field.data - 1 - all.data);
		header->tail = kl_text_from(all, field.data + field.length - all.data);
	}
	return true;
}

/**
 * read_header - is it the extended form?
 * @text: a datagram
 * @header: filled in
 * @body: what stands behind the semicolon
 */
static bool read_header(struct kl_text text, struct header *header, struct kl_text *body)
{
	const char *semicolon = memchr(text.data, ';', text.length);
	struct kl_text all, rest, field;
	u64 level;

	memset(header, 0, sizeof(*header));
	if (!semicolon)
		return false;
	all = rest = kl_text_head(text, semicolon - text.data);
	*body = kl_text_from(text, all.length + 1);
	if (!next_field(&rest, &field))
		return false;
	/* The release of the kernel, if it is told, has dots in it. */
	if (kl_text_decimal(field, ~0u, &level) &&
	    (memchr(field.data, ' ', field.length) || !next_field(&rest, &field) ||
	     kl_text_decimal(field, ~0u, &level)))
		return false;
	if (!next_number(&rest, &header->sequence) || !next_number(&rest, &header->stamp))
		return false;
	if (!next_field(&rest, &field) || field.length != 1 ||
	    !strchr("-c+", field.data[0]))
		return false;
	return read_extra(rest, all, header);
}

/* What is known of a sender's losses and restarts. */
static void tell(struct kl_assembler *assembler, struct sender *sender)
{
	struct kl_entry entry;

	TAILQ_REMOVE(&assembler->untold, sender, untold);
	sender->is_untold = false;
	if (sender->restarts) {
		kl_entry_say(&entry, &assembler->clean,
			     "sender-restarted input=netconsole sender=%s number=%llu count=%llu",
			     sender->name, (unsigned long long)sender->number,
			     (unsigned long long)sender->restarts);
		entry.console = true;
		sender->restarts = 0;
		assembler->options.give(assembler->options.data, &entry);
	}
	if (sender->missing) {
		kl_entry_say(&entry, &assembler->clean,
			     "lost input=netconsole sender=%s count=%llu numbers=%llu-%llu reason=gap",
			     sender->name, (unsigned long long)sender->missing,
			     (unsigned long long)sender->first,
			     (unsigned long long)sender->last);
		entry.console = true;
		sender->missing = 0;
		assembler->options.give(assembler->options.data, &entry);
	}
}

/* Now if the last time is long ago, otherwise later: whoever sends could fill the log. */
static void tell_soon(struct kl_assembler *assembler, struct sender *sender, u64 now)
{
	if (!sender->is_untold)
		TAILQ_INSERT_TAIL(&assembler->untold, sender, untold);
	sender->is_untold = true;
	if (sender->tell_due > now)
		return;
	tell(assembler, sender);
	sender->tell_due = now + KL_NETCONSOLE_TELL;
}

static void tell_missing(struct kl_assembler *assembler, struct sender *sender, u64 first,
			 u64 last, u64 now)
{
	assembler->stat.missing += last - first + 1;
	if (!assembler->options.gaps)
		return;
	sender->first = sender->missing ? min(sender->first, first) : first;
	sender->last = sender->missing ? max(sender->last, last) : last;
	sender->missing += last - first + 1;
	tell_soon(assembler, sender, now);
}

static void tell_restart(struct kl_assembler *assembler, struct sender *sender, u64 first,
			 u64 now)
{
	assembler->stat.restarts++;
	sender->restarts++;
	sender->number = first;
	tell_soon(assembler, sender, now);
}

/*
 * Numbers go up by one. A lower one is late, or, if it was also made long
 * before, the first of another boot.
 */
static void check_number(struct kl_assembler *assembler, struct sender *sender,
			 const struct header *header, u64 now)
{
	if (sender->numbered && header->sequence <= sender->newest) {
		if (header->stamp + LATE_MAX * 1000000ull >= sender->stamp) {
			assembler->stat.late++;
			return;
		}
		tell_restart(assembler, sender, header->sequence, now);
	} else if (sender->numbered && header->sequence > sender->newest + 1) {
		tell_missing(assembler, sender, sender->newest + 1, header->sequence - 1,
			     now);
	}
	sender->numbered = true;
	sender->newest = header->sequence;
	sender->stamp = header->stamp;
}

static bool is_next_fragment(const struct sender *sender, const struct header *header)
{
	return sender->fragments && header->sequence == sender->sequence &&
	       header->total == sender->total && header->offset == sender->expected;
}

static void take_fragment(struct kl_assembler *assembler, struct sender *sender,
			  const struct kl_datagram *datagram, const struct header *header,
			  struct kl_text body)
{
	struct kl_text semicolon = { ";", 1 };

	if (!is_next_fragment(sender, header)) {
		end_line(assembler, sender, CUT_LOSS);
		if (!sender->numbered || header->sequence != sender->newest)
			check_number(assembler, sender, header, datagram->now);
		sender->fragments = true;
		append(assembler, sender, datagram, header->text);
		append(assembler, sender, datagram, header->tail);
		append(assembler, sender, datagram, semicolon);
		sender->beginless = sender->line && header->offset;
		sender->sequence = header->sequence;
		sender->total = header->total;
		sender->expected = header->offset;
	}
	append(assembler, sender, datagram, body);
	sender->expected += body.length;
	if (sender->expected >= sender->total)
		end_line(assembler, sender, WHOLE);
	/* Without memory there is no line to hold it. */
	sender->fragments = sender->line;
}

/* The extended form. */
static void take_record(struct kl_assembler *assembler, struct sender *sender,
			const struct kl_datagram *datagram, const struct header *header,
			struct kl_text body)
{
	struct kl_text text = datagram->text;

	if (sender->line && !sender->fragments)
		end_line(assembler, sender, CUT_LOSS);
	if (header->fragment) {
		take_fragment(assembler, sender, datagram, header, body);
		return;
	}
	end_line(assembler, sender, CUT_LOSS);
	check_number(assembler, sender, header, datagram->now);
	if (text.data[text.length - 1] == '\n')
		text.length--;
	whole_line(assembler, sender, datagram, text, true);
}

static bool is_same(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return a->sin6_port == b->sin6_port && a->sin6_scope_id == b->sin6_scope_id &&
	       !memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr));
}

static struct sender **bucket_of(struct kl_assembler *assembler,
				 const struct sockaddr_in6 *address)
{
	u32 hash = kl_hash(assembler->seed, (const char *)&address->sin6_addr,
			   sizeof(address->sin6_addr));

	hash = kl_hash(hash ^ address->sin6_scope_id, (const char *)&address->sin6_port,
		       sizeof(address->sin6_port));
	return &assembler->buckets[hash & assembler->mask];
}

static void name_sender(struct sender *sender)
{
	const struct sockaddr_in6 *address = &sender->address;
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1] = "";
	bool mapped = IN6_IS_ADDR_V4MAPPED(&address->sin6_addr);

	if (mapped)
		inet_ntop(AF_INET, &address->sin6_addr.s6_addr[12], host, sizeof(host));
	else
		getnameinfo((const struct sockaddr *)address, sizeof(*address), host,
			    sizeof(host), NULL, 0, NI_NUMERICHOST);
	snprintf(sender->name, sizeof(sender->name), mapped ? "%s:%u" : "[%s]:%u", host,
		 ntohs(address->sin6_port));
}

/* Forget the sender that has been silent for longest. */
static void evict(struct kl_assembler *assembler)
{
	struct sender *sender = TAILQ_FIRST(&assembler->idle), **link;

	end_line(assembler, sender, CUT_EVICTED);
	if (sender->is_untold)
		tell(assembler, sender);
	for (link = bucket_of(assembler, &sender->address); *link != sender;)
		link = &(*link)->next;
	*link = sender->next;
	TAILQ_REMOVE(&assembler->idle, sender, idle);
	memset(sender, 0, sizeof(*sender));
	sender->next = assembler->free;
	assembler->free = sender;
	assembler->stat.evicted++;
	assembler->stat.senders--;
}

static struct sender *add_sender(struct kl_assembler *assembler,
				 const struct sockaddr_in6 *address)
{
	struct sender *sender, **bucket = bucket_of(assembler, address);

	if (!assembler->free)
		evict(assembler);
	sender = assembler->free;
	assembler->free = sender->next;
	sender->address = *address;
	name_sender(sender);
	sender->next = *bucket;
	*bucket = sender;
	TAILQ_INSERT_TAIL(&assembler->idle, sender, idle);
	assembler->stat.senders++;
	return sender;
}

static struct sender *find_sender(struct kl_assembler *assembler,
				  const struct sockaddr_in6 *address)
{
	struct sender *sender;

	for (sender = *bucket_of(assembler, address); sender; sender = sender->next)
		if (is_same(&sender->address, address)) {
			TAILQ_REMOVE(&assembler->idle, sender, idle);
			TAILQ_INSERT_TAIL(&assembler->idle, sender, idle);
			return sender;
		}
	return add_sender(assembler, address);
}

void kl_assembler_take(struct kl_assembler *assembler, const struct kl_datagram *datagram)
{
	struct sender *sender;
	struct header header;
	struct kl_text body;

	assembler->stat.datagrams++;
	assembler->stat.bytes += datagram->text.length;
	if (!datagram->text.length) {
		assembler->stat.empty++;
		return;
	}
	sender = find_sender(assembler, datagram->sender);
	if (read_header(datagram->text, &header, &body))
		take_record(assembler, sender, datagram, &header, body);
	else
		take_text(assembler, sender, datagram);
}

void kl_assembler_dropped(struct kl_assembler *assembler, u64 count)
{
	struct sender *sender, *next;
	struct kl_entry entry;

	for (sender = TAILQ_FIRST(&assembler->pending); sender; sender = next) {
		next = TAILQ_NEXT(sender, pending);
		if (!sender->fragments)
			end_line(assembler, sender, CUT_LOSS);
	}
	kl_entry_say(&entry, &assembler->clean,
		     "lost input=netconsole count=%llu reason=socket-full",
		     (unsigned long long)count);
	entry.console = true;
	assembler->options.give(assembler->options.data, &entry);
}

static u64 expire_lines(struct kl_assembler *assembler, u64 now)
{
	u64 timeout = assembler->options.timeout;
	struct sender *sender;

	while ((sender = TAILQ_FIRST(&assembler->pending))) {
		if (sender->since + timeout > now)
			return sender->since + timeout - now;
		end_line(assembler, sender, CUT_TIMEOUT);
	}
	return 0;
}

static u64 expire_sums(struct kl_assembler *assembler, u64 now)
{
	struct sender *sender;

	while ((sender = TAILQ_FIRST(&assembler->untold))) {
		if (sender->tell_due > now)
			return sender->tell_due - now;
		tell(assembler, sender);
		sender->tell_due = now + KL_NETCONSOLE_TELL;
	}
	return 0;
}

u64 kl_assembler_expire(struct kl_assembler *assembler, u64 now)
{
	u64 lines = expire_lines(assembler, now), sums = expire_sums(assembler, now);

	return lines && sums ? min(lines, sums) : max(lines, sums);
}

void kl_assembler_end(struct kl_assembler *assembler)
{
	struct sender *sender;

	while ((sender = TAILQ_FIRST(&assembler->pending)))
		end_line(assembler, sender, CUT_END);
	while ((sender = TAILQ_FIRST(&assembler->untold)))
		tell(assembler, sender);
}

void kl_assembler_stat(const struct kl_assembler *assembler,
		       struct kl_assembler_stat *stat)
{
	*stat = assembler->stat;
}
