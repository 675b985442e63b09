/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system in user space with one symbolic link, which can be slow. The
 * kernel looks the name up for each execve of it; the module, which records
 * the name that was asked for, looks it up once more, inside its hook. While
 * that is held, a task sleeps in the hook.
 */
#ifndef HELD_H
#define HELD_H

#include <stdbool.h>
#include <sys/types.h>

/** held_mount - serve it at @folder: "link" leads to @target */
void held_mount(const char *folder, const char *target);

/** held_hold - from now on the lookup after the link was followed waits; or no more */
void held_hold(bool hold);

/** held_wait - until one waits; at most ten seconds. Return: does it? */
bool held_wait(void);

/** held_execve - a child that executes the link below @folder. Return: its pid */
pid_t held_execve(const char *folder);

/** held_unmount - end it */
void held_unmount(const char *folder);

#endif
