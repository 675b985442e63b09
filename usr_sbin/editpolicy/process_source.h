/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose processes the view shows: those of the running kernel, or those that left
 * records in the log that is looked at.
 */
#ifndef KELLAS_PROCESS_SOURCE_H
#define KELLAS_PROCESS_SOURCE_H

#include "processes.h"

/**
 * process_source_choose - at first: the log if it was named, or if there is no module
 *
 * Nothing once it is chosen.
 */
void process_source_choose(struct editor *editor);

/** process_source_turn - the other one; the cursor stays on its program if that is there, too */
void process_source_turn(struct editor *editor);

/**
 * process_source_work - make the tree of the log, a piece of it
 *
 * Only while it is looked at. When records came it is made anew, behind the one that
 * is shown, but not all the time.
 *
 * Return: there is more to do.
 */
bool process_source_work(struct editor *editor);

/** process_source_again - make the tree of the log anew now */
void process_source_again(struct editor *editor);

/** process_source_name - what the log is called, for a title */
void process_source_name(const struct editor *editor, struct kl_buffer *out);

/**
 * process_source_record - turn to the process of a record
 * @number: of the record, in the list of the log
 *
 * It may have to be read first: then the cursor goes there later.
 */
void process_source_record(struct editor *editor, u64 number);

/** process_source_records - turn to the records of the program below the cursor */
void process_source_records(struct editor *editor);

#endif /* KELLAS_PROCESS_SOURCE_H */
