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

/**
 * struct key - what a node is found by in one of the indexes
 * @scope: the parent, or the origin
 * @name: interned; NULL for programs that are deduced
 * @started, @pid: as in the node; 0: whatever it is
 *
 * All of it is hashed: however many nodes share a name and a pid, no input
 * makes looking for one slow.
 */
struct key {
	const struct kl_histree_node *scope;
	const struct kl_string *name;
	u64 started;
	u64 pid;
};

static u32 hash_of(const struct key *key)
{
	return kl_hash(0, (const char *)key, sizeof(*key));
}

static void append(struct kl_histree_node *parent, struct kl_histree_node *node)
{
	node->parent = parent;
	node->depth = parent->depth + 1;
	node->previous = parent->last;
	node->next = NULL;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
}

static void move_buckets(struct kl_histree *tree, u32 index, u32 size)
{
	struct kl_histree_node **buckets = kl_xalloc(size, sizeof(*buckets));
	u32 i;

	for (i = 0; i < tree->size; i++)
		while (tree->buckets[index][i]) {
			struct kl_histree_node *node = tree->buckets[index][i];
			u32 to = node->hash[index] & (size - 1);

			tree->buckets[index][i] = node->chain[index];
			node->chain[index] = buckets[to];
			buckets[to] = node;
		}
	free(tree->buckets[index]);
	tree->buckets[index] = buckets;
}

static void grow(struct kl_histree *tree)
{
	u32 size = tree->size ? 2 * tree->size : BUCKETS_FIRST, i;

	for (i = 0; i < KL_HISTREE_INDEXES; i++)
		move_buckets(tree, i, size);
	tree->size = size;
}

static struct kl_histree_node *bucket(const struct kl_histree *tree, u32 index, u32 hash)
{
	return tree->size ? tree->buckets[index][hash & (tree->size - 1)] : NULL;
}

static void add_to_index(struct kl_histree *tree, u32 index, struct kl_histree_node *node,
			 u32 hash)
{
	struct kl_histree_node **at = &tree->buckets[index][hash & (tree->size - 1)];

	node->hash[index] = hash;
	node->chain[index] = *at;
	*at = node;
}

/* Takes over the reference on @name. */
static struct kl_histree_node *insert(struct kl_histree *tree,
				      struct kl_histree_node *parent, u8 kind,
				      struct kl_string *name, u32 hash)
{
	struct kl_histree_node *node = kl_xalloc(1, sizeof(*node));

	if (tree->count == tree->size)
		grow(tree);
	tree->count++;
	node->kind = kind;
	node->name = name;
	add_to_index(tree, KL_HISTREE_NODES, node, hash);
	append(parent, node);
	return node;
}

void kl_histree_init(struct kl_histree *tree)
{
	memset(tree, 0, sizeof(*tree));
	kl_xstrings(&tree->strings);
	tree->root = kl_xalloc(1, sizeof(*tree->root));
	tree->room = KL_HISTREE_NODES_MAX;
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
		while ((node = tree->buckets[KL_HISTREE_NODES][i])) {
			tree->buckets[KL_HISTREE_NODES][i] =
				node->chain[KL_HISTREE_NODES];
			free_node(node);
		}
	for (i = 0; i < KL_HISTREE_INDEXES; i++)
		free(tree->buckets[i]);
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
	struct key key = { .scope = parent, .name = word };
	u32 hash = hash_of(&key);
	struct kl_histree_node *node = bucket(tree, KL_HISTREE_NODES, hash);

	while (node && !(node->kind == kind && node->parent == parent &&
			 node->name == word))
		node = node->chain[KL_HISTREE_NODES];
	if (!node)
		node = insert(tree, parent, kind, word, hash);
	else
		kl_string_put(word);
	return node;
}

void kl_histree_origin(struct kl_histree *tree, struct kl_text instance)
{
	tree->origin = single(tree, tree->root, KL_HISTREE_ORIGIN, instance);
}

static struct key key_of(const struct kl_histree *tree, u32 index,
			 const struct kl_histree_node *parent,
			 const struct kl_string *name, const struct kl_program *program)
{
	return (struct key){
		.scope = index == KL_HISTREE_BY_ORIGIN ? tree->origin : parent,
		.name = name,
		.started = index == KL_HISTREE_BY_PARENT ? 0 : program->started,
		.pid = program->pid,
	};
}

/* A program that a history has. @parent: of no matter in the index by origin */
static struct kl_histree_node *find(const struct kl_histree *tree, u32 index,
				    const struct kl_histree_node *parent,
				    const struct kl_string *name,
				    const struct kl_program *program)
{
	struct key key = key_of(tree, index, parent, name, program);
	u32 hash = hash_of(&key);
	struct kl_histree_node *node;

	for (node = bucket(tree, index, hash); node; node = node->chain[index])
		if (node->hash[index] == hash && node->kind == KL_HISTREE_PROGRAM &&
		    !node->deduced && node->name == name && node->pid == program->pid &&
		    (node->started == program->started ||
		     index == KL_HISTREE_BY_PARENT) &&
		    (node->parent == parent || index == KL_HISTREE_BY_ORIGIN) &&
		    node->origin == tree->origin)
			return node;
	return NULL;
}

/* Those that are deduced are found by their pid: the name may have been another. */
static struct kl_histree_node *find_deduced(const struct kl_histree *tree,
					    const struct kl_histree_node *parent, u32 pid)
{
	struct key key = { .scope = parent, .pid = pid };
	u32 hash = hash_of(&key);
	struct kl_histree_node *node = bucket(tree, KL_HISTREE_NODES, hash);

	while (node && !(node->deduced && node->parent == parent && node->pid == pid))
		node = node->chain[KL_HISTREE_NODES];
	return node;
}

/*
 * What a history has is in all indexes, but that of several nodes with one key
 * the others hold only the first.
 */
static void enter(struct kl_histree *tree, struct kl_histree_node *node,
		  const struct kl_program *program)
{
	struct key key;
	u32 i;

	node->pid = program->pid;
	node->started = program->started;
	node->reconstructed = program->reconstructed;
	node->origin = tree->origin;
	for (i = KL_HISTREE_NODES + 1; i < KL_HISTREE_INDEXES; i++) {
		if (find(tree, i, node->parent, node->name, program))
			continue;
		key = key_of(tree, i, node->parent, node->name, program);
		add_to_index(tree, i, node, hash_of(&key));
	}
}

/* Of indexes with one node for each key it may be in none. */
static void remove_from_index(struct kl_histree *tree, u32 index,
			      struct kl_histree_node *node)
{
	struct kl_histree_node **at =
		&tree->buckets[index][node->hash[index] & (tree->size - 1)];

	while (*at && *at != node)
		at = &(*at)->chain[index];
	if (*at)
		*at = node->chain[index];
}

static void rehash(struct kl_histree *tree, struct kl_histree_node *node, u32 hash)
{
	remove_from_index(tree, KL_HISTREE_NODES, node);
	add_to_index(tree, KL_HISTREE_NODES, node, hash);
}

/*
 * Now there is a history that has it: a process executes one program only
 * before its history is another. Takes over the reference on @name.
 */
static struct kl_histree_node *confirm(struct kl_histree *tree,
				       struct kl_histree_node *node,
				       struct kl_string *name,
				       const struct kl_program *program, u32 hash)
{
	if (node->name == name) {
		kl_string_put(name);
	} else {
		node->called = node->name;
		node->name = name;
	}
	rehash(tree, node, hash);
	enter(tree, node, program);
	node->deduced = false;
	return node;
}

/* A log that was made up could have a process among its own ancestors. */
static bool may_move(const struct kl_histree_node *node,
		     const struct kl_histree_node *parent)
{
	const struct kl_histree_node *at, *end = kl_histree_skip(node);
	u32 left = KL_HISTREE_MOVE_MAX;

	for (at = parent; at; at = at->parent)
		if (at == node)
			return false;
	for (at = node; at != end; at = kl_histree_next(at))
		if (!left-- || parent->depth + 1 + at->depth - node->depth >
				       KL_HISTREE_DEPTH_MAX)
			return false;
	return true;
}

static void unlink_node(struct kl_histree_node *node)
{
	struct kl_histree_node *parent = node->parent;

	*(node->previous ? &node->previous->next : &parent->first) = node->next;
	*(node->next ? &node->next->previous : &parent->last) = node->previous;
}

static void move(struct kl_histree *tree, struct kl_histree_node *node,
		 struct kl_histree_node *parent, const struct kl_program *program)
{
	struct key key = key_of(tree, KL_HISTREE_NODES, parent, node->name, program);
	u32 deeper = parent->depth + 1 - node->depth; /* or less deep: it wraps */
	struct kl_histree_node *at, *end = kl_histree_skip(node);

	for (at = node; at != end; at = kl_histree_next(at))
		at->depth += deeper;
	unlink_node(node);
	append(parent, node);
	rehash(tree, node, hash_of(&key));
	remove_from_index(tree, KL_HISTREE_BY_PARENT, node);
	if (find(tree, KL_HISTREE_BY_PARENT, parent, node->name, program))
		return;
	key = key_of(tree, KL_HISTREE_BY_PARENT, parent, node->name, program);
	add_to_index(tree, KL_HISTREE_BY_PARENT, node, hash_of(&key));
}

/* Its ancestors become known from a longer history. NULL: nobody waits for them. */
static struct kl_histree_node *adopt(struct kl_histree *tree,
				     struct kl_histree_node *parent,
				     const struct kl_string *name,
				     const struct kl_program *program)
{
	struct kl_histree_node *node;

	if (parent->kind != KL_HISTREE_PROGRAM && parent->kind != KL_HISTREE_ORIGIN)
		return NULL;
	node = find(tree, KL_HISTREE_BY_ORIGIN, NULL, name, program);
	if (!node || node->parent->kind != KL_HISTREE_OLDER || !may_move(node, parent))
		return NULL;
	move(tree, node, parent, program);
	return node;
}

static struct kl_histree_node *put(struct kl_histree *tree,
				   struct kl_histree_node *parent,
				   const struct kl_program *program)
{
	struct kl_string *name = kl_xintern(&tree->strings, program->exe);
	struct kl_histree_node *node =
		find(tree, KL_HISTREE_NODES, parent, name, program);
	struct key key = key_of(tree, KL_HISTREE_NODES, parent, name, program);

	if (!node) {
		node = find_deduced(tree, parent, program->pid);
		if (node)
			return confirm(tree, node, name, program, hash_of(&key));
		node = adopt(tree, parent, name, program);
	}
	if (!node && tree->count < tree->room) {
		node = insert(tree, parent, KL_HISTREE_PROGRAM, name, hash_of(&key));
		enter(tree, node, program);
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
	node = find(tree, KL_HISTREE_BY_ORIGIN, NULL, name, program);
	kl_string_put(name);
	if (node && node->depth < KL_HISTREE_DEPTH_MAX)
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

static void note_user(struct kl_histree_node *node, u64 uid, u64 time)
{
	add_number(&node->uids, uid);
	if (time >= node->last_time)
		node->last_uid = uid;
}

static void note_subject(struct kl_histree *tree, struct kl_histree_node *node,
			 const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;

	if (has(request, KL_SLOT_TASK_UID))
		note_user(node, request->value[KL_SLOT_TASK_UID].number, line->time);
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

/* Takes over the reference on @name. */
static void put_deduced(struct kl_histree *tree, struct kl_histree_node *parent,
			struct kl_string *name, u32 pid)
{
	struct key key = { .scope = parent, .pid = pid };
	struct kl_histree_node *node;

	if (tree->count >= tree->room) {
		kl_string_put(name);
		tree->crowded_out++;
		return;
	}
	node = insert(tree, parent, KL_HISTREE_PROGRAM, name, hash_of(&key));
	node->pid = pid;
	node->merged = 1;
	node->deduced = true;
}

static void deduce(struct kl_histree *tree, struct kl_histree_node *node,
		   const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_program program = { .pid = line->pid };
	struct kl_histree_node *child;
	struct kl_string *name;

	if (request->op != KL_OP_EXECUTE || line->check ||
	    !has(request, KL_SLOT_OBJECT0) ||
	    (line->result == KL_DENIED && !line->unenforced))
		return;
	program.exe = *request->value[KL_SLOT_OBJECT0].text;
	name = kl_xintern(&tree->strings, program.exe);
	child = find_deduced(tree, node, program.pid);
	if (child) {
		/* The one before must have failed. */
		kl_string_put(child->name);
		child->name = name;
	} else if (find(tree, KL_HISTREE_BY_PARENT, node, name, &program)) {
		kl_string_put(name);
	} else {
		put_deduced(tree, node, name, program.pid);
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
	note_subject(tree, node, line);
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
 * @domain, @history, @cgroup: encoded
 * @uid: user
 */
struct process {
	struct kl_program program;
	struct kl_text domain, history, cgroup;
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
		} else if (kl_text_is(key, "cgroup")) {
			process->cgroup = value;
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
			struct kl_buffer raw[4])
{
	struct kl_histree_node *node;
	struct kl_history *history;
	struct process process;

	if (!read_process(line, &process) || !decode(&process.program.exe, &raw[0]) ||
	    !decode(&process.domain, &raw[1]) || !decode(&process.history, &raw[2]) ||
	    !decode(&process.cgroup, &raw[3]))
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
	if (process.cgroup.length)
		add_word(tree, &node->cgroups, process.cgroup);
	return true;
}

int kl_histree_processes(struct kl_histree *tree, struct kl_text text,
			 struct kl_error *error)
{
	struct kl_buffer raw[4] = { 0 };
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
	for (i = 0; i < 4; i++)
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

/* Of which all that was below it went to its place. */
static bool is_left_over(const struct kl_histree_node *node)
{
	return node->kind == KL_HISTREE_OLDER && !node->first;
}

static void sort_children(struct kl_histree_node *node)
{
	struct kl_histree_node **children, *child;
	u32 count = 0, i;

	for (child = node->first; child; child = child->next)
		count++;
	if (!count)
		return;
	children = kl_xalloc(count, sizeof(*children));
	for (count = 0, child = node->first; child; child = child->next)
		if (!is_left_over(child))
			children[count++] = child;
	if (count)
		qsort(children, count, sizeof(*children), compare);
	node->first = node->last = NULL;
	for (i = 0; i < count; i++)
		append(node, children[i]);
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

static struct kl_history *grow_history(struct kl_history *old,
				       const struct kl_program *program)
{
	struct kl_history *grown = kl_xalloc(1, kl_history_grown(old, program));

	kl_history_grow(grown, old, program);
	free(old);
	return grown;
}

struct kl_history *kl_histree_history(const struct kl_histree_node *node)
{
	const struct kl_histree_node **path;
	struct kl_history *history = NULL;
	u32 count = 0;

	path = kl_xalloc(node->depth + 1, sizeof(*path));
	for (; node->kind == KL_HISTREE_PROGRAM; node = node->parent)
		path[count++] = node;
	if (count && node->kind != KL_HISTREE_UNTOLD) {
		while (count--)
			history = grow_history(history, &(struct kl_program){
				.exe = text_of(path[count]->name),
				.pid = path[count]->pid,
				.started = path[count]->started,
				.reconstructed = path[count]->reconstructed,
			});
		history->truncated |= node->kind == KL_HISTREE_OLDER;
	}
	free(path);
	return history;
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
