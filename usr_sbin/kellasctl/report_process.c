// SPDX-License-Identifier: GPL-2.0
/* The processes of a report: what the histories of all records have in common. */
#include "report_model.h"

/**
 * struct key - what tells processes apart
 *
 * Without the parent: so that a history whose beginning was dropped joins those
 * that have it.
 */
struct key {
	u64 pid;
	u64 started;
	u32 exe;
	u32 instance;
};

/* Make room for element @id. */
static void *grow(void *array, u32 *room, u32 id, size_t size)
{
	if (id < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	return kl_xrealloc(array, *room, size);
}

/* A log that was made up could have a process among its own ancestors. */
static bool descends_from(const struct report *report, u32 process, u32 ancestor)
{
	u32 steps;

	for (steps = 0; process != KL_NO_ID && steps < KL_PROGRAMS_MAX; steps++) {
		if (process == ancestor)
			return true;
		process = report->processes[process].parent;
	}
	return process != KL_NO_ID;
}

/* Its ancestors became known from a longer history. */
static void adopt(struct report *report, u32 id, u32 parent)
{
	struct report_process *process = &report->processes[id];

	if (parent == KL_NO_ID || !(process->origin & REPORT_ORPHAN) ||
	    descends_from(report, parent, id))
		return;
	process->parent = parent;
	process->origin &= ~REPORT_ORPHAN;
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

static u32 get_process(struct report *report, const struct report_process *process)
{
	struct key key = {
		.pid = process->pid,
		.started = process->started,
		.exe = process->exe,
		.instance = process->instance,
	};
	struct kl_text text = { (char *)&key, sizeof(key) };
	u32 id = kl_ids_find(&report->process_keys, text);

	if (id != KL_NO_ID) {
		adopt(report, id, process->parent);
		return id;
	}
	if (report->process_keys.count == REPORT_PROCESSES_MAX)
		return KL_NO_ID;
	id = kl_ids_get(&report->process_keys, text);
	report->processes = grow(report->processes, &report->process_room, id,
				 sizeof(*report->processes));
	report->processes[id] = *process;
	report->processes[id].argv = find_argv(report, process->parent, process->pid);
	return id;
}

static u32 walk(struct report *report, const struct kl_history *history)
{
	struct kl_history_cursor cursor = kl_history_walk(history);
	u32 origin = history->truncated ? REPORT_ORPHAN : 0, id = KL_NO_ID;
	struct kl_program program;

	while (kl_history_next(&cursor, &program)) {
		struct report_process process = {
			.parent = id,
			.exe = report_name(report, program.exe),
			.instance = report->instance,
			.origin = origin |
				  (program.reconstructed ? REPORT_RECONSTRUCTED : 0),
			.pid = program.pid,
			.started = program.started,
		};

		id = get_process(report, &process);
		if (id == KL_NO_ID)
			break;
		origin = 0;
	}
	return id;
}

/* Most records have a history that another one had. */
static u32 find_history(struct report *report, const struct kl_history *history)
{
	struct kl_buffer *key = &report->scratch;
	u32 id;

	kl_buffer_clear(key);
	kl_buffer_add(key, (const char *)&report->instance, sizeof(report->instance));
	kl_buffer_add(key, (const char *)&history->truncated, sizeof(history->truncated));
	kl_buffer_add(key, (const char *)history->data, history->size);
	id = kl_ids_find(&report->histories, kl_buffer_text(key));
	if (id != KL_NO_ID)
		return report->lasts[id];
	if (report->histories.bytes.length > REPORT_HISTORIES_MAX)
		return walk(report, history);
	id = kl_ids_get(&report->histories, kl_buffer_text(key));
	report->lasts =
		grow(report->lasts, &report->last_room, id, sizeof(*report->lasts));
	report->lasts[id] = walk(report, history);
	return report->lasts[id];
}

static u32 find_bare(struct report *report, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct report_process process = {
		.parent = KL_NO_ID,
		.instance = report->instance,
		.origin = REPORT_BARE,
		.pid = line->pid,
	};

	if (kl_slot_test(request->present, KL_SLOT_TASK_EXE))
		process.exe = report_name(report, *request->value[KL_SLOT_TASK_EXE].text);
	if (kl_slot_test(request->present, KL_SLOT_TASK_START))
		process.started = request->value[KL_SLOT_TASK_START].number;
	return get_process(report, &process);
}

u32 report_process_of(struct report *report, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	u32 id = KL_NO_ID;

	if (kl_slot_test(request->present, KL_SLOT_TASK_HISTORY) &&
	    request->value[KL_SLOT_TASK_HISTORY].history->count)
		id = find_history(report, request->value[KL_SLOT_TASK_HISTORY].history);
	else
		id = find_bare(report, line);
	if (id == KL_NO_ID)
		report->processes_folded++;
	return id;
}
