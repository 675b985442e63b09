/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be done, and by which keys: the tables behind the keys, the function
 * bar, the help and the manual page. Each view has one; one is of all views.
 */
#ifndef KELLAS_ACTION_H
#define KELLAS_ACTION_H

#include "editor.h"

#define ACTION_KEYS 3

/**
 * struct action - something that a key does
 * @name: short, for the function bar
 * @keys: keys that do it, ended by 0
 * @help: what it does, a line
 * @changes: it changes the document: refused if that is read only
 * @run: does it
 */
struct action {
	const char *name;
	int keys[ACTION_KEYS + 1];
	const char *help;
	bool changes;
	void (*run)(struct editor *editor);
};

struct view;

/** action_run - do what a key does in the view that is shown. Return: false if it does nothing */
bool action_run(struct editor *editor, int key);

/** action_run_anywhere - likewise, of keys that do the same in dialogs */
bool action_run_anywhere(struct editor *editor, int key);

/** action_bar - draw the function bar into a row */
void action_bar(struct editor *editor, struct canvas *canvas, int row);

/** action_help - all actions with their keys, as text; those of @first before other views' */
void action_help(const struct view *first, struct kl_buffer *out);

/** key_name - how a key is called, such as "F3", "Ctrl-R" or "d" */
const char *key_name(int key, char name[16]);

#endif /* KELLAS_ACTION_H */
