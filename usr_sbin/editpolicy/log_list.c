// SPDX-License-Identifier: GPL-2.0
/* The newest records. */
#include "log_list.h"

static struct log_record *place(const struct log_list *list, u64 number)
{
	return &list->records[number % LOG_RECORDS_MAX];
}

static void drop_oldest(struct log_list *list)
{
	struct log_record *record = place(list, list->first++);

	list->bytes -= record->length;
	free(record->text);
	record->text = NULL;
}

void log_list_free(struct log_list *list)
{
	while (list->first < list->next)
		drop_oldest(list);
	free(list->records);
	memset(list, 0, sizeof(*list));
}

static void count(struct log_list *list, const struct kl_logline *line)
{
	if (line->kind == KL_LOGLINE_LOST)
		list->lost += line->count;
	if (line->kind == KL_LOGLINE_SUPPRESSED)
		list->suppressed += line->count;
}

void log_list_add(struct log_list *list, const struct kl_logline *line, struct kl_text text)
{
	struct log_record *record;

	if (!list->records)
		list->records = kl_xalloc(LOG_RECORDS_MAX, sizeof(*list->records));
	while (list->first < list->next && (list->next - list->first == LOG_RECORDS_MAX ||
					    list->bytes + text.length > LOG_BYTES_MAX))
		drop_oldest(list);
	record = place(list, list->next++);
	*record = (struct log_record){
		.text = kl_xalloc(text.length + 1, 1),
		.length = text.length,
		.time = line->time,
		.count = line->count,
		.kind = line->kind,
	};
	memcpy(record->text, text.data, text.length);
	if (line->kind == KL_LOGLINE_REQUEST) {
		record->op = line->facts.request.op;
		record->result = line->result;
		record->unenforced = line->unenforced;
	}
	list->bytes += text.length;
	count(list, line);
}

const struct log_record *log_list_get(const struct log_list *list, u64 number)
{
	return place(list, number);
}
