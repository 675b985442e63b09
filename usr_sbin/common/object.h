/* SPDX-License-Identifier: GPL-2.0 */
/* What a request is about, in a few words: for lists and groups. */
#ifndef KELLAS_OBJECT_H
#define KELLAS_OBJECT_H

#include "engine/ruleset.h"
#include "memory.h"

/**
 * kl_object_text - name what a request is about
 * @out: the text is added: encoded as in records, several names separated by
 *	a space; nothing if there is nothing to be named
 *
 * Names of files, then those of the other parameters that say with what or whom
 * it has to do (addresses, ports, signals, programs), not those that differ each
 * time (process ids, modes, sizes). What has no value is left out.
 */
void kl_object_text(const struct kl_request *request, struct kl_buffer *out);

/** kl_program_text - the same for task.exe; nothing if that is not known */
void kl_program_text(const struct kl_request *request, struct kl_buffer *out);

#endif /* KELLAS_OBJECT_H */
