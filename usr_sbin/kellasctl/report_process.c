// SPDX-License-Identifier: GPL-2.0
/* The processes of a report: programs of the tree of histories, numbered. */
#include "report_model.h"

/* Make room for element @id. */
static void *grow(void *array, u32 *room, u32 id, size_t size)
{
	if (id < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	return kl_xrealloc(array, *room, size);
}

static u32 find_argv(const struct report *report, u32 parent, u64 pid)
{
	u64 key[2] = { parent, pid };
	u32 id = kl_ids_find(&report->pending,
			     (struct kl_text){ (char *)key, sizeof(key) });

	return id == KL_NO_ID ? REPORT_NAME_NONE : report->pending_argv[id];
}

void report_note_execution(struct report *report, u32 process, u64 pid, u32 argv)
{
	u64 key[2] = { process, pid };
	u32 id = kl_ids_get(&report->pending,
			    (struct kl_text){ (char *)key, sizeof(key) });

	report->pending_argv = grow(report->pending_argv, &report->pending_room, id,
				    sizeof(*report->pending_argv));
	report->pending_argv[id] = argv;
}

/* What has not got a number has that of nobody. */
static u32 number_of(const struct kl_histree_node *node)
{
	return node->kind == KL_HISTREE_PROGRAM && node->id ? node->id - 1 : KL_NO_ID;
}

u32 report_parent_of(const struct report *report, u32 process)
{
	return number_of(report->processes[process].node->parent);
}

u32 report_origin_of(const struct report *report, u32 process)
{
	const struct kl_histree_node *node = report->processes[process].node;
	u32 origin = node->reconstructed ? REPORT_RECONSTRUCTED : 0;

	switch (node->parent->kind) {
	case KL_HISTREE_UNTOLD:
		return REPORT_BARE;
	case KL_HISTREE_OLDER:
		return origin | REPORT_ORPHAN;
	default:
		return origin;
	}
}

static void add_process(struct report *report, struct kl_histree_node *node)
{
	u32 id = report->process_count++;
	struct report_process *process;

	report->processes = grow(report->processes, &report->process_room, id,
				 sizeof(*report->processes));
	process = &report->processes[id];
	process->node = node;
	process->exe = report_name(report, (struct kl_text){ node->name->text,
							     node->name->length });
	process->argv = find_argv(report, number_of(node->parent), node->pid);
	node->id = report->process_count;
}

/* Ancestors first: so they have numbers before those who look for their arguments. */
static u32 number_all(struct report *report, struct kl_histree_node *node)
{
	struct kl_histree_node *at;

	while (!node->id && report->process_count < REPORT_PROCESSES_MAX) {
		for (at = node; at->parent->kind == KL_HISTREE_PROGRAM && !at->parent->id;
		     at = at->parent)
			;
		add_process(report, at);
	}
	return number_of(node);
}

u32 report_process_of(struct report *report, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_program program = { .exe = kl_text_of(""), .pid = line->pid };
	const struct kl_history *history = NULL;
	struct kl_histree_node *node;
	u32 id = KL_NO_ID;

	if (kl_slot_test(request->present, KL_SLOT_TASK_HISTORY))
		history = request->value[KL_SLOT_TASK_HISTORY].history;
	if (kl_slot_test(request->present, KL_SLOT_TASK_EXE))
		program.exe = *request->value[KL_SLOT_TASK_EXE].text;
	if (kl_slot_test(request->present, KL_SLOT_TASK_START))
		program.started = request->value[KL_SLOT_TASK_START].number;
	node = kl_histree_add(&report->tree, history, &program);
	if (node->kind == KL_HISTREE_PROGRAM)
		id = number_all(report, node);
	if (id == KL_NO_ID)
		report->processes_folded++;
	return id;
}
