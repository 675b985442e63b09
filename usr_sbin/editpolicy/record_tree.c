// SPDX-License-Identifier: GPL-2.0
/* A tree of what executed what, out of records. */
#include "clock.h"
#include "record_tree.h"

/* Nobody shall wait longer for his key. */
#define SLICE_MS 50
/* Records between two looks at the clock. */
#define SLICE_RECORDS 64

struct record_tree *record_tree_new(const struct log_view *log)
{
	struct record_tree *records = kl_xalloc(1, sizeof(*records));

	kl_histree_init(&records->tree);
	records->tree.room = RECORD_TREE_ROOM;
	records->first = records->next = log->list.first;
	records->end = log->list.next;
	records->opened = log->opened;
	records->nodes = kl_xalloc(records->end - records->first + 1, sizeof(*records->nodes));
	return records;
}

void record_tree_free(struct record_tree *records)
{
	if (!records)
		return;
	kl_histree_free(&records->tree);
	free(records->nodes);
	free(records);
}

static void take(struct record_tree *records, struct log_view *log, u64 number)
{
	const struct kl_logline *line = log_parse(log, log_list_get(&log->list, number));
	struct kl_histree_node *node;

	if (!line)
		return;
	node = kl_histree_record(&records->tree, line);
	records->nodes[number - records->first] = node;
	records->records += node != NULL;
}

bool record_tree_step(struct record_tree *records, struct log_view *log)
{
	u64 until = clock_ms() + SLICE_MS;
	u32 count = 0;

	if (records->next == records->end)
		return false;
	records->next = min(max(records->next, log->list.first), records->end);
	while (records->next < records->end &&
	       (++count % SLICE_RECORDS || clock_ms() < until))
		take(records, log, records->next++);
	if (records->next < records->end)
		return true;
	kl_histree_sort(&records->tree);
	return false;
}

const struct kl_histree_node *record_tree_node(const struct record_tree *records, u64 number)
{
	if (number < records->first || number >= records->next)
		return NULL;
	return records->nodes[number - records->first];
}
