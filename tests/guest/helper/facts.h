/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a record must say, as the kernel tells it to any process: by stat(2),
 * statfs(2), /proc/self/mountinfo, getresuid(2) and their like. Nothing here
 * asks Kellas.
 */
#ifndef FACTS_H
#define FACTS_H

#include "test.h"

/** task_facts - " task.pid=… task.history=…" of the calling process */
void task_facts(struct text *text);

/** history_learn - what the caller and its ancestors run; no operation later */
void history_learn(void);

/**
 * history_facts - " task.history=…" of whoever learnt it, and its children, if
 * they execute nothing after the module was loaded: all is reconstructed. Times
 * are in ticks, for expect_words().
 */
void history_facts(struct text *text);

/**
 * object_facts - " X.uid=… X.fsmagic=…" of a file, not following a last link
 * @path: must exist
 * @device: also dev_major and dev_minor, for devices
 */
void object_facts(struct text *text, const char *x, const char *path, bool device);

/** parent_facts - " X.parent.uid=…" of the folder that holds @path, which need not exist */
void parent_facts(struct text *text, const char *x, const char *path);

/** exists - lstat(2) works */
bool exists(const char *path);

/** tree_facts - all that is in a folder: names, types, modes, owners, contents, attributes */
void tree_facts(struct text *text, const char *path);

#endif
