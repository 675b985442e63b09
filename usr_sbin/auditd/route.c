// SPDX-License-Identifier: GPL-2.0
/* Which line goes where. */
#include "engine/lex.h"
#include "pick.h"
#include "route.h"

/**
 * struct kl_route_test - one match or unless line
 * @source: enum kl_entry_source, -1: any
 * @pick: requests; all that is not source=
 * @label: @pick.rule, to be freed
 */
struct kl_route_test {
	int source;
	struct kl_pick pick;
	char *label;
};

#define FIELD(member) .offset = offsetof(struct kl_route, member)

const struct kl_conf_key kl_route_keys[] = {
	{ "match", KL_CONF_LINES, FIELD(match),
	  .help = "what it takes: any of these lines; without one: everything" },
	{ "unless", KL_CONF_LINES, FIELD(unless), .help = "what it does not take" },
	{ "to", KL_CONF_LIST, .required = true, FIELD(to),
	  .help = "names of sinks, or " KL_ROUTE_NONE " to throw it away" },
	{ "stop", KL_CONF_BOOL, FIELD(stop),
	  .help = "what it took goes to no later route: so without continue" },
	{ "continue", KL_CONF_BOOL, FIELD(go_on),
	  .help = "what it took goes to the next route as well" },
	{ 0 },
};

/* Index of a word in a list of words, or -ENOENT. */
static int find_word(const char *words, struct kl_text text)
{
	struct kl_lexer lexer;
	struct kl_word word;
	int n;

	kl_lexer_init(&lexer, kl_text_of(words));
	for (n = 0; kl_lexer_next(&lexer, &word); n++)
		if (kl_text_equal(word.text, text))
			return n;
	return -ENOENT;
}

#define SOURCES "kernel daemon netconsole" /* as enum kl_entry_source */
#define RESULTS "unmatched allowed denied" /* as enum kl_result */
#define FIELDS "source= result= rule= priority="

/* One "KEY=VALUE" in front of the operation. */
static int read_field(struct kl_route_test *test, struct kl_text word,
		      const struct kl_conf_place *place)
{
	const char *equals = memchr(word.data, '=', word.length);
	struct kl_text key = kl_text_head(word, equals - word.data);
	struct kl_text value = kl_text_from(word, key.length + 1);
	u64 number;

	if (kl_text_is(key, "source")) {
		test->source = find_word(SOURCES, value);
		if (test->source < 0)
			return kl_conf_refuse(place, "source= is one of: " SOURCES);
	} else if (kl_text_is(key, "result")) {
		test->pick.result = find_word(RESULTS, value);
		if (test->pick.result < 0)
			return kl_conf_refuse(place, "result= is one of: " RESULTS);
	} else if (kl_text_is(key, "priority")) {
		if (kl_text_decimal(value, KL_PRIORITY_MAX, &number))
			return kl_conf_refuse(place,
					      "priority= is a number up to %u",
					      KL_PRIORITY_MAX);
		test->pick.priority = number;
	} else if (kl_text_is(key, "rule")) {
		free(test->label);
		test->label = strndup(value.data, value.length);
		test->pick.rule = test->label;
	} else {
		return kl_conf_refuse(place, "expected an operation, or one of: " FIELDS);
	}
	return 0;
}

static bool is_operation(struct kl_text word)
{
	return !memchr(word.data, '=', word.length);
}

static int read_filter(struct kl_route_test *test, struct kl_text rest,
		       struct kl_conf_place place)
{
	struct kl_error error;

	test->pick.filter = kl_filter_new(rest, &error);
	if (test->pick.filter)
		return 0;
	place.column += error.column ? error.column - 1 : 0;
	return kl_conf_refuse(&place, "%s", error.text);
}

static int read_test(struct kl_route *route, const struct kl_conf_item *item,
		     struct kl_route_test *test)
{
	const struct kl_text line = kl_text_of(item->text);
	struct kl_conf_place place = { route->place.source, item->line, item->column };
	struct kl_lexer lexer;
	struct kl_word word;
	int error = 0;

	*test = (struct kl_route_test){ -1, KL_PICK_ANY, NULL };
	kl_lexer_init(&lexer, line);
	while (!error && kl_lexer_next(&lexer, &word)) {
		place.column = item->column + word.column - 1;
		if (is_operation(word.text))
			return read_filter(test, kl_text_from(line, word.column - 1),
					   place);
		error = read_field(test, word.text, &place);
	}
	return error;
}

static int read_tests(struct kl_route *route, const struct kl_conf_list *list)
{
	int result = 0;
	u32 i;

	for (i = 0; i < list->count; i++)
		if (read_test(route, &list->items[i], &route->tests[route->count++]))
			result = -EINVAL;
	return result;
}

static struct kl_outlet *find_outlet(struct kl_outlet *outlets, u32 count,
				     const char *name, struct kl_hint *hint)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!strcmp(outlets[i].sink->name, name))
			return &outlets[i];
		kl_hint_offer(hint, outlets[i].sink->name);
	}
	return NULL;
}

static int find_sinks(struct kl_route *route, struct kl_outlet *outlets, u32 count)
{
	int result = 0;
	u32 i;

	route->outlets = kl_xalloc(route->to.count, sizeof(*route->outlets));
	for (i = 0; i < route->to.count; i++) {
		const struct kl_conf_item *item = &route->to.items[i];
		struct kl_conf_place place = { route->place.source, item->line,
					       item->column };
		struct kl_outlet *outlet;
		struct kl_hint hint;

		if (!strcmp(item->text, KL_ROUTE_NONE) && route->to.count == 1)
			break;
		kl_hint_init(&hint, kl_text_of(item->text));
		outlet = find_outlet(outlets, count, item->text, &hint);
		if (outlet)
			route->outlets[route->outlet_count++] = outlet;
		else
			result = kl_conf_refuse(&place, "there is no sink %.64s%s",
						item->text, hint.text);
	}
	return result;
}

int kl_route_check(struct kl_route *route, struct kl_outlet *outlets, u32 count)
{
	int result;

	route->tests = kl_xalloc(route->match.count + route->unless.count,
				 sizeof(*route->tests));
	result = read_tests(route, &route->match);
	if (read_tests(route, &route->unless))
		result = -EINVAL;
	if (find_sinks(route, outlets, count))
		result = -EINVAL;
	if (route->stop && route->go_on)
		result = kl_conf_refuse(&route->place, "stop and continue exclude each other");
	return result;
}

void kl_route_free(struct kl_route *route)
{
	u32 i;

	for (i = 0; i < route->count; i++) {
		kl_filter_free(route->tests[i].pick.filter);
		free(route->tests[i].label);
	}
	free(route->tests);
	free(route->outlets);
}

bool kl_route_reads_facts(const struct kl_route *route)
{
	u32 i;

	for (i = 0; i < route->count; i++)
		if (route->tests[i].pick.filter)
			return true;
	for (i = 0; i < route->outlet_count; i++)
		if (route->outlets[i]->sink->format != KL_ENTRY_TEXT)
			return true;
	return false;
}

/* Something that says what is missing, or what nobody could judge. */
static bool is_notice(const struct kl_entry *entry)
{
	if (entry->source == KL_ENTRY_KERNEL)
		return !entry->record || entry->record->kind != KL_LOGLINE_REQUEST;
	return entry->source == KL_ENTRY_DAEMON && !entry->console;
}

static enum kl_entry_source source_of(const struct kl_entry *entry)
{
	return entry->console ? KL_ENTRY_NETCONSOLE : entry->source;
}

/* @notice: what a condition about a request says of a line that is none */
static bool passes(const struct kl_route_test *test, const struct kl_entry *entry,
		   bool notice)
{
	if (test->source >= 0 && test->source != (int)source_of(entry))
		return false;
	if (kl_pick_takes_all(&test->pick))
		return true;
	if (is_notice(entry))
		return notice;
	return entry->source == KL_ENTRY_KERNEL && kl_pick_takes(&test->pick, entry->record);
}

bool kl_route_takes(const struct kl_route *route, const struct kl_entry *entry)
{
	u32 i, matches = route->match.count;

	for (i = 0; i < matches; i++)
		if (passes(&route->tests[i], entry, true))
			break;
	if (matches && i == matches)
		return false;
	for (i = matches; i < route->count; i++)
		if (passes(&route->tests[i], entry, false))
			return false;
	return true;
}

bool kl_routes_give(struct kl_route *routes, u32 count, const struct kl_entry *entry,
		    u64 stamp)
{
	bool notice = is_notice(entry), taken = false;
	u32 i, sink;

	for (i = 0; i < count; i++) {
		struct kl_route *route = &routes[i];

		if (!kl_route_takes(route, entry))
			continue;
		taken = true;
		route->taken++;
		for (sink = 0; sink < route->outlet_count; sink++) {
			struct kl_outlet *outlet = route->outlets[sink];

			if (!outlet->open || outlet->stamp == stamp)
				continue;
			outlet->stamp = stamp;
			kl_outlet_put(outlet, entry);
		}
		if (!notice && !route->go_on)
			break;
	}
	return taken;
}
