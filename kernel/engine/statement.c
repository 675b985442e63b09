// SPDX-License-Identifier: GPL-2.0
/* What statements own, and batches of them. */
#include "parse.h"

void kl_statement_release(struct kl_statement *statement)
{
	u32 i;

	for (i = 0; i < statement->count; i++)
		kl_condition_release(&statement->conditions[i]);
	kl_free(statement->conditions);
	kl_string_put(statement->name);
	if (statement->kind == KL_STATEMENT_GROUP &&
	    statement->group_kind == KL_STRING_GROUP)
		kl_string_put(statement->member.string);
	memset(statement, 0, sizeof(*statement));
}

void kl_batch_init(struct kl_batch *batch)
{
	memset(batch, 0, sizeof(*batch));
}

void kl_batch_release(struct kl_batch *batch)
{
	u32 i;

	for (i = 0; i < batch->count; i++)
		kl_statement_release(&batch->statements[i]);
	kl_free(batch->statements);
	kl_batch_init(batch);
}

static int make_room(struct kl_batch *batch)
{
	u32 room = batch->room ? batch->room * 2 : 16;
	struct kl_statement *statements;

	if (batch->count < batch->room)
		return 0;
	statements = kl_alloc(room * sizeof(*statements));
	if (!statements)
		return -ENOMEM;
	if (batch->count)
		memcpy(statements, batch->statements,
		       batch->count * sizeof(*statements));
	kl_free(batch->statements);
	batch->statements = statements;
	batch->room = room;
	return 0;
}

int kl_batch_add(struct kl_batch *batch, struct kl_statement *statement)
{
	if (batch->count >= KL_STATEMENTS_MAX)
		return -E2BIG;
	if (make_room(batch))
		return -ENOMEM;
	batch->statements[batch->count++] = *statement;
	memset(statement, 0, sizeof(*statement));
	return 0;
}
