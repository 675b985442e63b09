/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The views that the editor shows in turn. What they have in common (the title,
 * the message, what is asked, the function bar, help and quitting) is not theirs.
 */
#ifndef KELLAS_VIEW_H
#define KELLAS_VIEW_H

#include "action.h"

/**
 * struct view - one of them
 * @name: as the title calls it
 * @actions: its keys, ended by one without name; they come before those of all
 *	views
 * @title: draw what the title says of it into row 0, from @column on
 * @draw: draw it into @rows rows, from row 1 on
 * @rows: the list that moving keys move in; NULL: none just now
 * @moved: NULL, or they did
 * @pane: NULL, or the pane of that number was clicked on
 * @tick: NULL, or called about every second and when the view is turned to;
 *	also of views that are not shown
 * @work: NULL, or called as long as it returns that there is more to do, whenever
 *	no key waits: for what takes longer than a key may
 * @text: NULL: nothing can be searched for; or add what the row of that number
 *	of @rows says
 * @waiting: NULL, or how many wait for somebody to turn to this view
 */
struct view {
	const char *name;
	const struct action *actions;
	void (*title)(const struct editor *editor, struct canvas *canvas, int column);
	void (*draw)(struct editor *editor, struct canvas *canvas, int rows);
	struct rows *(*rows)(struct editor *editor);
	void (*moved)(struct editor *editor);
	void (*pane)(struct editor *editor, u8 pane);
	void (*tick)(struct editor *editor);
	bool (*work)(struct editor *editor);
	void (*text)(struct editor *editor, u32 row, struct kl_buffer *out);
	u32 (*waiting)(const struct editor *editor);
};

extern const struct view policy_view;
extern const struct view changes_view;
extern const struct view log_view;
extern const struct view decisions_view;
extern const struct view process_view;

/** All of them, by enum view_number; ended by NULL. The keys 1, 2, ... turn to them. */
extern const struct view *const views[];

extern const struct view detail_view;
extern const struct view why_view;
extern const struct view making_view;

/** Those that stand in front of another one until they are left; ended by NULL. */
extern const struct view *const view_fronts[];

/** view_appears - what waits in the view must be seen before a key counts */
void view_appears(struct editor *editor);

/** view_front - put one of them in front of the view; NULL: away with it */
void view_front(struct editor *editor, const struct view *view);

/** view_back - leave the one in front, to the one that it was put in front of */
void view_back(struct editor *editor);

/** editor_view - the one that is shown */
const struct view *editor_view(const struct editor *editor);

/** view_turn - show another one; false if there is none of that number, from 0 */
bool view_turn(struct editor *editor, u32 number);

/** view_tick - a second has passed */
void view_tick(struct editor *editor);

/** view_work - no key waits. Return: there is more to do */
bool view_work(struct editor *editor);

/** view_tabs - draw the names of all of them at the right end of row 0 */
void view_tabs(struct editor *editor, struct canvas *canvas);

/** view_tabs_column - where they begin */
int view_tabs_column(const struct editor *editor, const struct canvas *canvas);

#endif /* KELLAS_VIEW_H */
