// SPDX-License-Identifier: GPL-2.0
/* A whole configuration. */
#include "config.h"
#include "engine/lex.h"
#include "limits.h"
#include "tell.h"

#define KINDS "daemon input sink route"
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

#define FIELD(member) .offset = offsetof(struct kl_settings, member)

const struct kl_conf_key kl_settings_keys[] = {
	{ "user", KL_CONF_WORD, FIELD(user),
	  .help = "who the daemon becomes once all is open; without it: stays who it is" },
	{ "position", KL_CONF_PATH, FIELD(position),
	  .initial = "/var/lib/kellas/position",
	  .help = "file that says how far each sink has got" },
	{ "stat", KL_CONF_PATH, FIELD(stat), .initial = "/run/kellas/auditd.stat",
	  .help = "file with counters, for kellasctl stat" },
	{ 0 },
};

static const struct kl_conf_key *const settings_tables[] = { kl_settings_keys, NULL };
static const struct kl_conf_key *const route_tables[] = { kl_route_keys, NULL };

/* The keys of a sink or input, ended by NULL. */
#define SINK_TABLES(sink)  ((const struct kl_conf_key *[]){ (sink)->type->keys, kl_sink_keys, NULL })
#define INPUT_TABLES(input) ((const struct kl_conf_key *[]){ (input)->type->keys, NULL })

static struct kl_conf_place word_place(const struct kl_conf_section *section, u32 n)
{
	return (struct kl_conf_place){ section->place.source, section->words[n].line,
				       section->words[n].column };
}

#define REFUSE_WORD(section, n, ...)                                   \
	({                                                             \
		struct kl_conf_place place_ = word_place(section, n);  \
		kl_conf_refuse(&place_, __VA_ARGS__);                  \
	})

/* The words of a heading, of which there are @count, the last one being a name. */
static int check_heading(const struct kl_conf_section *section, u32 count,
			 const char *form)
{
	const char *name;

	if (section->count < count)
		return REFUSE_WORD(section, section->count, "expected: %s", form);
	if (section->count > count)
		return REFUSE_WORD(section, count, "nothing is expected here; it is: %s",
				   form);
	name = section->words[count - 1].text;
	if (!*name || strlen(name) > KL_NAME_MAX ||
	    strspn(name, NAME_CHARACTERS) != strlen(name))
		return REFUSE_WORD(section, count - 1,
				   "a name has letters, digits, _ . and -, at most %u",
				   KL_NAME_MAX);
	return 0;
}

static int add_settings(struct kl_config *config, const struct kl_conf_section *section)
{
	if (section != config->conf.sections &&
	    !strcmp(config->conf.sections[0].words[0].text, "daemon"))
		return kl_conf_refuse(&section->place, "there is a section daemon already");
	if (section != config->conf.sections)
		return kl_conf_refuse(&section->place, "section daemon comes first");
	kl_conf_release(settings_tables, &config->settings);
	return check_heading(section, 1, "daemon") |
	       kl_conf_fill(section, settings_tables, &config->settings);
}

/* @types: of kl_input_types or kl_sink_types; both begin with their name */
static const void *find_type(const struct kl_conf_section *section,
			     const void *const *types)
{
	const char *word = section->words[1].text;
	struct kl_hint hint;

	if (!word) {
		REFUSE_WORD(section, 1, "the kind of %s is missing",
			    section->words[0].text);
		return NULL;
	}
	kl_hint_init(&hint, kl_text_of(word));
	for (; *types; types++) {
		const char *name = *(const char *const *)*types;

		if (!strcmp(name, word))
			return *types;
		kl_hint_offer(&hint, name);
	}
	REFUSE_WORD(section, 1, "there is no kind of %s \"%.40s\"%s",
		    section->words[0].text, word, hint.text);
	return NULL;
}

static_assert(offsetof(struct kl_input_type, name) == 0, "find_type()");
static_assert(offsetof(struct kl_sink_type, name) == 0, "find_type()");

/* There is one module, and it has one keeper. */
static int check_single(const struct kl_config *config, const struct kl_input *input)
{
	u32 i, line;

	for (i = 0; i < config->inlet_count; i++) {
		const struct kl_input *other = config->inlets[i].input;

		if (input->type != &kl_input_kernel || other->type != input->type)
			continue;
		kl_source_locate(other->place.source, other->place.line, &line);
		return kl_conf_refuse(&input->place,
				      "there is an input %s already, in line %u",
				      input->type->name, line);
	}
	return 0;
}

static int add_input(struct kl_config *config, const struct kl_conf_section *section)
{
	const struct kl_input_type *type;
	struct kl_input *input;
	int result, single;

	type = find_type(section, (const void *const *)kl_input_types);
	if (!type || check_heading(section, 2, "input KIND"))
		return -EINVAL;
	input = kl_xalloc(1, type->size);
	input->type = type;
	input->place = section->place;
	single = check_single(config, input);
	config->inlets = kl_xrealloc(config->inlets, config->inlet_count + 1,
				     sizeof(*config->inlets));
	config->inlets[config->inlet_count++] = (struct kl_inlet){ .input = input };
	result = kl_conf_fill(section, INPUT_TABLES(input), input);
	if (!result && type->check)
		result = type->check(input);
	return single ? single : result;
}

static struct kl_sink *find_sink(const struct kl_config *config, const char *name)
{
	u32 i;

	for (i = 0; i < config->outlet_count; i++)
		if (!strcmp(config->outlets[i].sink->name, name))
			return config->outlets[i].sink;
	return NULL;
}

static int check_name(const struct kl_config *config,
		      const struct kl_conf_section *section)
{
	const char *name = section->words[2].text;
	struct kl_sink *other;
	u32 line;

	if (!strcmp(name, KL_ROUTE_NONE))
		return REFUSE_WORD(section, 2, "no sink is called " KL_ROUTE_NONE);
	other = find_sink(config, name);
	if (!other)
		return 0;
	kl_source_locate(other->place.source, other->place.line, &line);
	return REFUSE_WORD(section, 2, "there is a sink %s already, in line %u", name,
			   line);
}

/* Behind kl_conf_fill(): two sinks would spoil one file or spool for each other. */
static int check_shared(const struct kl_config *config, const struct kl_sink *sink)
{
	const char *shared;
	u32 i, line;

	for (i = 0; i < config->outlet_count; i++) {
		const struct kl_sink *other = config->outlets[i].sink;

		shared = other != sink ? kl_sink_shared(sink, other) : NULL;
		if (!shared)
			continue;
		kl_source_locate(other->place.source, other->place.line, &line);
		return kl_conf_refuse(&sink->place, "%s is that of sink %s, in line %u",
				      shared, other->name, line);
	}
	return 0;
}

static int add_sink(struct kl_config *config, const struct kl_conf_section *section)
{
	const struct kl_sink_type *type;
	struct kl_sink *sink;
	int result;

	if (config->outlet_count == KL_POSITION_SINKS)
		return kl_conf_refuse(&section->place, "more than %u sinks",
				      KL_POSITION_SINKS);
	type = find_type(section, (const void *const *)kl_sink_types);
	if (!type || check_heading(section, 3, "sink KIND NAME") ||
	    check_name(config, section))
		return -EINVAL;
	sink = kl_xalloc(1, type->size);
	sink->type = type;
	sink->name = kl_xstrdup(section->words[2].text);
	sink->place = section->place;
	config->outlets = kl_xrealloc(config->outlets, config->outlet_count + 1,
				      sizeof(*config->outlets));
	config->outlets[config->outlet_count++] = (struct kl_outlet){ .sink = sink };
	result = kl_conf_fill(section, SINK_TABLES(sink), sink);
	if (!result && type->check)
		result = type->check(sink);
	return result ? result : check_shared(config, sink);
}

static int add_route(struct kl_config *config, const struct kl_conf_section *section)
{
	struct kl_route *route;

	if (check_heading(section, 2, "route NAME"))
		return -EINVAL;
	config->routes = kl_xrealloc(config->routes, config->route_count + 1,
				     sizeof(*config->routes));
	route = &config->routes[config->route_count++];
	memset(route, 0, sizeof(*route));
	route->name = kl_xstrdup(section->words[1].text);
	route->place = section->place;
	return kl_conf_fill(section, route_tables, route);
}

static int add_section(struct kl_config *config, const struct kl_conf_section *section)
{
	switch (section->words[0].text[0]) {
	case 'd':
		return add_settings(config, section);
	case 'i':
		return add_input(config, section);
	case 's':
		return add_sink(config, section);
	default:
		return add_route(config, section);
	}
}

/* Behind all sections, as a sink may stand behind the route that names it. */
static int check_routes(struct kl_config *config)
{
	int result = 0;
	u32 i, other;

	for (i = 0; i < config->route_count; i++) {
		struct kl_route *route = &config->routes[i];

		for (other = 0; other < i; other++)
			if (!strcmp(config->routes[other].name, route->name))
				result = kl_conf_refuse(&route->place,
							"there is a route %s already",
							route->name);
		if (kl_route_check(route, config->outlets, config->outlet_count))
			result = -EINVAL;
	}
	return result;
}

static int check_whole(const struct kl_config *config)
{
	const char *missing = !config->inlet_count  ? "input" :
			      !config->outlet_count ? "sink" :
			      !config->route_count  ? "route" :
						      NULL;
	struct kl_conf_place place = { &config->source, config->source.line_count, 1 };

	if (!missing)
		return 0;
	return kl_conf_refuse(&place, "there is no section %s", missing);
}

static int build(struct kl_config *config)
{
	struct kl_conf_section initial = { .place = { &config->source, 0, 0 },
					   .kinds = KINDS };
	int result = kl_conf_split(&config->conf, &config->source, KINDS);
	u32 i;

	if (!result)
		result = kl_conf_fill(&initial, settings_tables, &config->settings);
	if (result)
		return result;
	for (i = 0; i < config->conf.count; i++)
		if (add_section(config, &config->conf.sections[i]))
			result = -EINVAL;
	/* What refers to sections that were refused would be refused for no fault. */
	return result ? result : check_routes(config) | check_whole(config);
}

struct kl_config *kl_config_read(const char *name)
{
	struct kl_config *config = kl_xalloc(1, sizeof(*config));
	int error = kl_source_add(&config->source, name);

	if (error)
		kl_tell(LOG_ERR, "%s: %s", name, strerror(-error));
	else
		error = build(config);
	if (!error)
		return config;
	kl_config_free(config);
	return NULL;
}

static void free_sink(struct kl_sink *sink)
{
	kl_conf_release(SINK_TABLES(sink), sink);
	free(sink->name);
	free(sink);
}

void kl_config_free(struct kl_config *config)
{
	u32 i;

	if (!config)
		return;
	for (i = 0; i < config->route_count; i++) {
		kl_route_free(&config->routes[i]);
		kl_conf_release(route_tables, &config->routes[i]);
		free(config->routes[i].name);
	}
	free(config->routes);
	for (i = 0; i < config->outlet_count; i++)
		free_sink(config->outlets[i].sink);
	free(config->outlets);
	for (i = 0; i < config->inlet_count; i++) {
		struct kl_input *input = config->inlets[i].input;

		kl_conf_release(INPUT_TABLES(input), input);
		free(input);
	}
	free(config->inlets);
	kl_conf_release(settings_tables, &config->settings);
	kl_conf_free(&config->conf);
	kl_source_free(&config->source);
	free(config);
}

static bool same_sink(const struct kl_sink *a, const struct kl_sink *b)
{
	return a->type == b->type && !strcmp(a->name, b->name) &&
	       kl_conf_equal(SINK_TABLES(a), a, b);
}

static bool same_input(const struct kl_input *a, const struct kl_input *b)
{
	return a->type == b->type && kl_conf_equal(INPUT_TABLES(a), a, b);
}

static void exchange_places(struct kl_conf_place *a, struct kl_conf_place *b)
{
	struct kl_conf_place place = *a;

	*a = *b;
	*b = place;
}

static void adopt_sink(struct kl_outlet *outlet, struct kl_config *old)
{
	struct kl_outlet taken, *from = old->outlets;
	u32 i;

	for (i = 0; i < old->outlet_count; i++, from++)
		if (from->open && same_sink(outlet->sink, from->sink)) {
			exchange_places(&outlet->sink->place, &from->sink->place);
			taken = *from;
			*from = *outlet;
			*outlet = taken;
			return;
		}
}

static void adopt_input(struct kl_inlet *inlet, struct kl_config *old)
{
	struct kl_inlet taken, *from = old->inlets;
	u32 i;

	for (i = 0; i < old->inlet_count; i++, from++)
		if (from->open && same_input(inlet->input, from->input)) {
			exchange_places(&inlet->input->place, &from->input->place);
			taken = *from;
			*from = *inlet;
			*inlet = taken;
			return;
		}
}

static void adopt_count(struct kl_route *route, const struct kl_config *old)
{
	u32 i;

	for (i = 0; i < old->route_count; i++)
		if (!strcmp(old->routes[i].name, route->name))
			route->taken = old->routes[i].taken;
}

void kl_config_adopt(struct kl_config *config, struct kl_config *old)
{
	u32 i;

	for (i = 0; i < config->route_count; i++)
		adopt_count(&config->routes[i], old);

	for (i = 0; i < config->outlet_count; i++)
		adopt_sink(&config->outlets[i], old);
	for (i = 0; i < config->inlet_count; i++)
		adopt_input(&config->inlets[i], old);
}

void kl_config_help(FILE *stream)
{
	u32 i;

	fputs("daemon\n    about the daemon itself; comes first\n", stream);
	kl_conf_help(stream, kl_settings_keys);
	for (i = 0; kl_input_types[i]; i++) {
		fprintf(stream, "\ninput %s\n    %s\n", kl_input_types[i]->name,
			kl_input_types[i]->help);
		kl_conf_help(stream, kl_input_types[i]->keys);
	}
	for (i = 0; kl_sink_types[i]; i++) {
		fprintf(stream, "\nsink %s NAME\n    %s\n", kl_sink_types[i]->name,
			kl_sink_types[i]->help);
		kl_conf_help(stream, kl_sink_types[i]->keys);
	}
	fputs("\nevery sink\n", stream);
	kl_conf_help(stream, kl_sink_keys);
	fputs("\nroute NAME\n    which line goes where; tried in order\n", stream);
	kl_conf_help(stream, kl_route_keys);
}
