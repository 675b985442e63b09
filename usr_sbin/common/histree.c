// SPDX-License-Identifier: GPL-2.0
/*
 * Histories of processes, joined to a tree.
 *
 * A program is the same as another if name, pid and time are the same within
 * one origin; its ancestors are the same then, too. No function here calls
 * itself: how deep a tree is, the input decides.
 */
#include "engine/lex.h"
#include "engine/word.h"
#include "histree.h"

#define BUCKETS_FIRST 1024u

static u32 identity(const struct kl_string *name, u32 pid)
{
	return kl_hash(pid, (const char *)&name, sizeof(name));
}

static void append(struct kl_histree_node *parent, struct kl_histree_node *node)
{
	node->parent = parent;
	node->depth = parent->depth + 1;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
}

static void grow(struct kl_histree *tree)
{
	u32 size = tree->size ? 2 * tree->size : BUCKETS_FIRST, i;
	struct kl_histree_node **buckets = kl_xalloc(size, sizeof(*buckets));

	for (i = 0; i < tree->size; i++)
		while (tree->buckets[i]) {
			struct kl_histree_node *node = tree->buckets[i];
			u32 to = node->hash & (size - 1);

			tree->buckets[i] = node->chain;
			node->chain = buckets[to];
			buckets[to] = node;
		}
	free(tree->buckets);
	tree->buckets = buckets;
	tree->size = size;
}

/* Takes over the reference on @name. */
static struct kl_histree_node *insert(struct kl_histree *tree,
				      struct kl_histree_node *parent, u8 kind,
				      struct kl_string *name, u32 pid)
{
	struct kl_histree_node *node = kl_xalloc(1, sizeof(*node));
	u32 at;

	if (tree->count == tree->size)
		grow(tree);
	tree->count++;
	node->kind = kind;
	node->name = name;
	node->pid = pid;
	node->hash = identity(name, pid);
	at = node->hash & (tree->size - 1);
	node->chain = tree->buckets[at];
	tree->buckets[at] = node;
	append(parent, node);
	return node;
}

void kl_histree_init(struct kl_histree *tree)
{
	memset(tree, 0, sizeof(*tree));
	kl_xstrings(&tree->strings);
	tree->root = kl_xalloc(1, sizeof(*tree->root));
}

static void free_words(struct kl_histree_words *set)
{
	u32 i;

	for (i = 0; i < set->count; i++)
		kl_string_put(set->words[i]);
	free(set->words);
}

static void free_node(struct kl_histree_node *node)
{
	kl_string_put(node->name);
	kl_string_put(node->called);
	free(node->uids.numbers);
	free_words(&node->domains);
	free_words(&node->cgroups);
	free(node);
}

void kl_histree_free(struct kl_histree *tree)
{
	struct kl_histree_node *node;
	u32 i;

	for (i = 0; i < tree->size; i++)
		while ((node = tree->buckets[i])) {
			tree->buckets[i] = node->chain;
			free_node(node);
		}
	free(tree->buckets);
	free(tree->root);
	kl_strings_destroy(&tree->strings);
	memset(tree, 0, sizeof(*tree));
}

/* ------------------------------------------------------------- putting in */

/* A child that stands once below its parent, such as the origin of a name. */
static struct kl_histree_node *single(struct kl_histree *tree,
				      struct kl_histree_node *parent, u8 kind,
				      struct kl_text name)
{
	struct kl_string *word = kl_xintern(&tree->strings, name);
	struct kl_histree_node *node;

	if (!tree->size)
		grow(tree);
	node = tree->buckets[identity(word, 0) & (tree->size - 1)];
	while (node && !(node->kind == kind && node->parent == parent &&
			 node->name == word))
		node = node->chain;
	if (!node)
		node = insert(tree, parent, kind, word, 0);
	else
		kl_string_put(word);
	return node;
}

void kl_histree_origin(struct kl_histree *tree, struct kl_text instance)
{
	tree->origin = single(tree, tree->root, KL_HISTREE_ORIGIN, instance);
}

static struct kl_histree_node *origin_of(const struct kl_histree_node *node)
{
	const struct kl_histree_node *at = node;

	while (at->depth > 1)
		at = at->parent;
	return (struct kl_histree_node *)at;
}

/* @parent: NULL: whoever it was, of this origin */
static struct kl_histree_node *find(const struct kl_histree *tree,
				    const struct kl_histree_node *parent,
				    const struct kl_string *name,
				    const struct kl_program *program)
{
	u32 at = identity(name, program->pid) & (tree->size - 1);
	struct kl_histree_node *node;

	for (node = tree->buckets[at]; node; node = node->chain)
		if (node->kind == KL_HISTREE_PROGRAM && !node->deduced &&
		    node->name == name && node->pid == program->pid &&
		    (node->started == program->started || !program->started) &&
		    (parent ? node->parent == parent : origin_of(node) == tree->origin))
			return node;
	return NULL;
}

/* Those that are deduced are found by their pid: the name may have been another. */
static struct kl_histree_node *find_deduced(const struct kl_histree *tree,
					    const struct kl_histree_node *parent, u32 pid)
{
	u32 at = identity(NULL, pid) & (tree->size - 1);
	struct kl_histree_node *node;

	for (node = tree->buckets[at]; node; node = node->chain)
		if (node->deduced && node->parent == parent && node->pid == pid)
			return node;
	return NULL;
}

static void rehash(struct kl_histree *tree, struct kl_histree_node *node, u32 hash)
{
	struct kl_histree_node **at = &tree->buckets[node->hash & (tree->size - 1)];

	while (*at != node)
		at = &(*at)->chain;
	*at = node->chain;
	node->hash = hash;
	at = &tree->buckets[hash & (tree->size - 1)];
	node->chain = *at;
	*at = node;
}

/*
 * Now there is a history that has it: a process executes one program only
 * before its history is another. Takes over the reference on @name.
 */
static struct kl_histree_node *confirm(struct kl_histree *tree,
				       struct kl_histree_node *node,
				       struct kl_string *name,
				       const struct kl_program *program)
{
	if (node->name == name) {
		kl_string_put(name);
	} else {
		node->called = node->name;
		node->name = name;
	}
	rehash(tree, node, identity(name, program->pid));
	node->deduced = false;
	node->started = program->started;
	node->reconstructed = program->reconstructed;
	return node;
}

static struct kl_histree_node *put(struct kl_histree *tree,
				   struct kl_histree_node *parent,
				   const struct kl_program *program)
{
	struct kl_string *name = kl_xintern(&tree->strings, program->exe);
	struct kl_histree_node *node = find(tree, parent, name, program);

	if (!node) {
		node = find_deduced(tree, parent, program->pid);
		if (node)
			return confirm(tree, node, name, program);
	}
	if (!node && tree->count < KL_HISTREE_NODES_MAX) {
		node = insert(tree, parent, KL_HISTREE_PROGRAM, name, program->pid);
		node->started = program->started;
		node->reconstructed = program->reconstructed;
		node->merged = 1;
		return node;
	}
	kl_string_put(name);
	tree->crowded_out += !node;
	return node;
}

/* The first program left of a history that lost its beginning. */
static struct kl_histree_node *put_first(struct kl_histree *tree, bool older,
					 const struct kl_program *program)
{
	struct kl_histree_node *node;
	struct kl_string *name;

	if (!older)
		return put(tree, tree->origin, program);
	name = kl_xintern(&tree->strings, program->exe);
	node = find(tree, NULL, name, program);
	kl_string_put(name);
	if (node)
		return node;
	node = single(tree, tree->origin, KL_HISTREE_OLDER, kl_text_of(""));
	return put(tree, node, program);
}

static struct kl_histree_node *put_untold(struct kl_histree *tree,
					  const struct kl_program *program)
{
	struct kl_histree_node *node =
		single(tree, tree->origin, KL_HISTREE_UNTOLD, kl_text_of(""));
	struct kl_histree_node *known = put(tree, node, program);

	return known ? known : node;
}

struct kl_histree_node *kl_histree_add(struct kl_histree *tree,
				       const struct kl_history *history,
				       const struct kl_program *program)
{
	struct kl_histree_node *node = NULL, *next;
	struct kl_history_cursor cursor;
	struct kl_program one;

	if (!tree->origin)
		kl_histree_origin(tree, kl_text_of(""));
	if (!history || !history->count)
		return put_untold(tree, program);
	cursor = kl_history_walk(history);
	while (kl_history_next(&cursor, &one)) {
		next = node ? put(tree, node, &one) :
			      put_first(tree, history->truncated, &one);
		if (!next)
			break;
		node = next;
	}
	return node ? node : tree->origin;
}

/* ------------------------------------------------------ what records tell */

static void add_number(struct kl_histree_numbers *set, u64 number)
{
	u32 i;

	for (i = 0; i < set->count; i++)
		if (set->numbers[i] == number)
			return;
	if (set->count == KL_HISTREE_SET_MAX) {
		set->more = true;
		return;
	}
	set->numbers = kl_xrealloc(set->numbers, set->count + 1, sizeof(*set->numbers));
	set->numbers[set->count++] = number;
}

static void add_word(struct kl_histree *tree, struct kl_histree_words *set,
		     struct kl_text text)
{
	struct kl_string *word = kl_xintern(&tree->strings, text);
	u32 i;

	for (i = 0; i < set->count && set->words[i] != word; i++)
		;
	if (i < set->count || set->count == KL_HISTREE_SET_MAX) {
		set->more |= i == KL_HISTREE_SET_MAX;
		kl_string_put(word);
		return;
	}
	set->words = kl_xrealloc(set->words, set->count + 1, sizeof(*set->words));
	set->words[set->count++] = word;
}

static bool has(const struct kl_request *request, u32 slot)
{
	return kl_slot_test(request->present, slot);
}

static void note_subject(struct kl_histree *tree, struct kl_histree_node *node,
			 const struct kl_request *request)
{
	if (has(request, KL_SLOT_TASK_UID))
		add_number(&node->uids, request->value[KL_SLOT_TASK_UID].number);
	if (has(request, KL_SLOT_TASK_DOMAIN))
		add_word(tree, &node->domains, *request->value[KL_SLOT_TASK_DOMAIN].text);
	if (has(request, KL_SLOT_TASK_CGROUP))
		add_word(tree, &node->cgroups, *request->value[KL_SLOT_TASK_CGROUP].text);
}

static void count(struct kl_histree_node *node, const struct kl_logline *line)
{
	node->records[line->result]++;
	node->unenforced += line->unenforced;
	if (!node->first_time || line->time < node->first_time)
		node->first_time = line->time;
	node->last_time = max(node->last_time, line->time);
}

/* Between the lines of a file the daemon says whose records follow. */
static void take_instance(struct kl_histree *tree, const struct kl_logline *line)
{
	struct kl_text rest = line->words, key, value;

	if (line->instance.length) {
		kl_histree_origin(tree, line->instance);
		return;
	}
	if (line->kind != KL_LOGLINE_DAEMON)
		return;
	while (kl_logline_pair(&rest, &key, &value))
		if (kl_text_is(key, "instance"))
			kl_histree_origin(tree, value);
}

static struct kl_histree_node *put_subject(struct kl_histree *tree,
					   const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_program program = { .pid = line->pid };
	const struct kl_history *history = NULL;

	if (has(request, KL_SLOT_TASK_HISTORY))
		history = request->value[KL_SLOT_TASK_HISTORY].history;
	if (has(request, KL_SLOT_TASK_EXE))
		program.exe = *request->value[KL_SLOT_TASK_EXE].text;
	else
		program.exe = kl_text_of("");
	return kl_histree_add(tree, history, &program);
}

static void deduce(struct kl_histree *tree, struct kl_histree_node *node,
		   const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_program program = { .pid = line->pid };
	struct kl_histree_node *child;

	if (request->op != KL_OP_EXECUTE || line->check ||
	    !has(request, KL_SLOT_OBJECT0) ||
	    (line->result == KL_DENIED && !line->unenforced))
		return;
	program.exe = *request->value[KL_SLOT_OBJECT0].text;
	child = find_deduced(tree, node, program.pid);
	if (child) {
		/* The one before must have failed. */
		kl_string_put(child->name);
		child->name = kl_xintern(&tree->strings, program.exe);
		return;
	}
	child = put(tree, node, &program);
	if (child && !child->started) {
		child->deduced = true;
		rehash(tree, child, identity(NULL, program.pid));
	}
}

struct kl_histree_node *kl_histree_record(struct kl_histree *tree,
					  const struct kl_logline *line)
{
	struct kl_histree_node *node;

	take_instance(tree, line);
	if (line->kind != KL_LOGLINE_REQUEST)
		return NULL;
	node = put_subject(tree, line);
	note_subject(tree, node, &line->facts.request);
	count(node, line);
	if (node->kind == KL_HISTREE_PROGRAM &&
	    node->parent->kind != KL_HISTREE_UNTOLD)
		deduce(tree, node, line);
	return node;
}

/* --------------------------------------------------------------- processes */

/**
 * struct process - a line of the module's file "processes"
 * @program: pid, exe encoded
 * @domain, @history: encoded
 * @uid: user
 */
struct process {
	struct kl_program program;
	struct kl_text domain, history;
	u64 uid;
};

static bool read_process(struct kl_text line, struct process *process)
{
	struct kl_text key, value;
	bool has_pid = false, good = true;
	u64 number;

	memset(process, 0, sizeof(*process));
	process->uid = ~0ull;
	while (kl_logline_pair(&line, &key, &value)) {
		if (kl_text_is(key, "pid")) {
			has_pid = good &= !kl_text_decimal(value, ~0u, &number);
			process->program.pid = number;
		} else if (kl_text_is(key, "uid")) {
			good &= !kl_text_decimal(value, ~0u, &process->uid);
		} else if (kl_text_is(key, "domain")) {
			process->domain = value;
		} else if (kl_text_is(key, "exe")) {
			process->program.exe = value;
		} else if (kl_text_is(key, "history")) {
			process->history = value;
		}
	}
	return good && has_pid;
}

/* @raw: takes the text decoded. Returns false if it is no encoded text. */
static bool decode(struct kl_text *text, struct kl_buffer *raw)
{
	ssize_t length;

	kl_buffer_clear(raw);
	kl_buffer_room(raw, text->length + 1);
	length = kl_decode(*text, raw->data);
	if (length < 0)
		return false;
	raw->length = length;
	*text = kl_buffer_text(raw);
	return true;
}

static struct kl_history *make_history(struct kl_text text)
{
	ssize_t size = kl_history_parse(text, NULL, 0);
	struct kl_history *history;

	if (size < 0)
		return NULL;
	history = kl_xalloc(1, size);
	kl_history_parse(text, history, size);
	return history;
}

static bool put_process(struct kl_histree *tree, struct kl_text line,
			struct kl_buffer raw[3])
{
	struct kl_histree_node *node;
	struct kl_history *history;
	struct process process;

	if (!read_process(line, &process) || !decode(&process.program.exe, &raw[0]) ||
	    !decode(&process.domain, &raw[1]) || !decode(&process.history, &raw[2]))
		return false;
	history = make_history(process.history);
	if (!history)
		return false;
	node = kl_histree_add(tree, history, &process.program);
	free(history);
	node->living++;
	if (process.uid != ~0ull)
		add_number(&node->uids, process.uid);
	if (process.domain.length)
		add_word(tree, &node->domains, process.domain);
	return true;
}

int kl_histree_processes(struct kl_histree *tree, struct kl_text text,
			 struct kl_error *error)
{
	struct kl_buffer raw[3] = { 0 };
	int result = 0, i;
	u32 number = 0;

	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		u32 length = newline ? newline - text.data : text.length;

		number++;
		if (length && !put_process(tree, kl_text_head(text, length), raw) &&
		    !result) {
			result = kl_refuse(error, 1, "this is no process");
			error->line = number;
		}
		text = kl_text_from(text, length + (newline ? 1 : 0));
	}
	for (i = 0; i < 3; i++)
		kl_buffer_free(&raw[i]);
	return result;
}

/* ------------------------------------------------------------ going around */

struct kl_histree_node *kl_histree_skip(const struct kl_histree_node *node)
{
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

struct kl_histree_node *kl_histree_next(const struct kl_histree_node *node)
{
	return node->first ? node->first : kl_histree_skip(node);
}

static int compare(const void *a, const void *b)
{
	const struct kl_histree_node *x = *(struct kl_histree_node *const *)a;
	const struct kl_histree_node *y = *(struct kl_histree_node *const *)b;
	u32 length;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	/* What is deduced has no time; it happened behind what has. */
	if (x->deduced != y->deduced)
		return x->deduced ? 1 : -1;
	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	length = min(x->name->length, y->name->length);
	order = memcmp(x->name->text, y->name->text, length);
	if (!order)
		order = (x->name->length > length) - (y->name->length > length);
	return order;
}

static void sort_children(struct kl_histree_node *node)
{
	struct kl_histree_node **children, *child;
	u32 count = 0, i;

	for (child = node->first; child; child = child->next)
		count++;
	if (count < 2)
		return;
	children = kl_xalloc(count, sizeof(*children));
	for (i = 0, child = node->first; child; child = child->next)
		children[i++] = child;
	qsort(children, count, sizeof(*children), compare);
	for (i = 0; i + 1 < count; i++)
		children[i]->next = children[i + 1];
	children[count - 1]->next = NULL;
	node->first = children[0];
	node->last = children[count - 1];
	free(children);
}

/* Origins stay in the order in which they came. */
void kl_histree_sort(struct kl_histree *tree)
{
	struct kl_histree_node *node;

	for (node = kl_histree_next(tree->root); node; node = kl_histree_next(node))
		sort_children(node);
}

/* ----------------------------------------------------------------- merging */

static struct kl_text text_of(const struct kl_string *string)
{
	return (struct kl_text){ string->text, string->length };
}

static void unite(struct kl_histree *tree, struct kl_histree_node *to,
		  const struct kl_histree_node *from)
{
	u32 i;

	for (i = 0; i < KL_RESULTS; i++)
		to->records[i] += from->records[i];
	to->unenforced += from->unenforced;
	to->living += from->living;
	if (from->first_time && (!to->first_time || from->first_time < to->first_time))
		to->first_time = from->first_time;
	to->last_time = max(to->last_time, from->last_time);
	for (i = 0; i < from->uids.count; i++)
		add_number(&to->uids, from->uids.numbers[i]);
	for (i = 0; i < from->domains.count; i++)
		add_word(tree, &to->domains, text_of(from->domains.words[i]));
	for (i = 0; i < from->cgroups.count; i++)
		add_word(tree, &to->cgroups, text_of(from->cgroups.words[i]));
	to->uids.more |= from->uids.more;
	to->domains.more |= from->domains.more;
	to->cgroups.more |= from->cgroups.more;
}

/* Of one program alone the pid still means something. */
static void take_over(struct kl_histree *merged, struct kl_histree_node *to,
		      const struct kl_histree_node *from)
{
	bool first = !to->merged++;

	to->pid = first ? from->pid : 0;
	if (from->started && (!to->started || from->started < to->started))
		to->started = from->started;
	to->reconstructed = (first || to->reconstructed) && from->reconstructed;
	to->deduced = (first || to->deduced) && from->deduced;
	kl_string_put(to->called);
	to->called = NULL;
	if (first && from->called)
		to->called = kl_xintern(&merged->strings, text_of(from->called));
	unite(merged, to, from);
}

struct kl_histree_node *kl_histree_alike(struct kl_histree *names,
					 struct kl_histree_node *node)
{
	struct kl_histree_node *at;

	while (!node->alike) {
		for (at = node; at->parent && !at->parent->alike; at = at->parent)
			;
		at->alike = at->parent ? single(names, at->parent->alike, at->kind,
						text_of(at->name)) :
					 names->root;
	}
	return node->alike;
}

void kl_histree_merge(struct kl_histree *merged, struct kl_histree *tree)
{
	struct kl_histree_node *node;

	kl_histree_init(merged);
	for (node = kl_histree_next(tree->root); node; node = kl_histree_next(node))
		take_over(merged, kl_histree_alike(merged, node), node);
	merged->crowded_out = tree->crowded_out;
}

void kl_histree_label(const struct kl_histree_node *node, struct kl_buffer *text)
{
	struct kl_text name;

	switch (node->kind) {
	case KL_HISTREE_OLDER:
		kl_buffer_puts(text, "...");
		return;
	case KL_HISTREE_UNTOLD:
		kl_buffer_puts(text, "(history not recorded)");
		return;
	case KL_HISTREE_ROOT:
		return;
	}
	name = (struct kl_text){ node->name->text, node->name->length };
	if (!name.length) {
		kl_buffer_puts(text, "(unknown)");
		return;
	}
	kl_buffer_encode(text, name);
}
