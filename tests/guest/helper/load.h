/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that keep a kernel busy while the module comes and goes: opens and
 * the like, programs, connections over loopback and UNIX sockets, FIFOs whose
 * open sleeps, and lookers, who open, poll and read every file of /proc/kellas,
 * there or not.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * load_start - start them all; they end with the caller
 * @folder: where they work; holds the program "quick"
 */
void load_start(const char *folder);

/** load_pause, load_resume - all of them, as often as one likes */
void load_pause(void);
void load_resume(void);

/** load_alive - do all of them run? One that met what may not be has said so */
bool load_alive(void);

void load_stop(void);

/** load_one - one more: start a function that does not return. Return: its pid */
pid_t load_one(void (*run)(void));

/** load_end - kill one more. */
void load_end(pid_t pid);

/** kellas_files - names of the files that /proc/kellas may have; NULL ends them */
extern const char *const kellas_files[];

#endif
