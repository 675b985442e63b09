/* SPDX-License-Identifier: GPL-2.0 */
/* Why a request is permitted or denied by the policy as it is in the document. */
#ifndef KELLAS_WHY_H
#define KELLAS_WHY_H

#include "editor.h"
#include "logline.h"

/**
 * struct why_row - a line of the explanation
 * @text: what it says, owned
 * @style: enum style
 * @line: of the document that it is about, from 1; 0: none
 */
struct why_row {
	char *text;
	u8 style;
	u32 line;
};

/**
 * struct why - the explanation
 * @strings: of @line
 * @record: text of the record
 * @line: it, parsed
 * @all: also blocks that do not match
 * @list: its rows
 * @rows: of them on the screen
 * @room: of @list
 */
struct why {
	struct kl_strings strings;
	struct kl_buffer record;
	struct kl_logline line;
	bool all;
	struct why_row *list;
	struct rows rows;
	u32 room;
};

/** why_open - explain a record; it stands in front of the view then */
void why_open(struct editor *editor, struct kl_text record);
void why_forget(struct why *why);

#endif /* KELLAS_WHY_H */
