/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon says about itself. */
#ifndef KELLAS_TELL_H
#define KELLAS_TELL_H

#include <syslog.h>

#include "memory.h"

/**
 * kl_tell - a message on stderr
 * @priority: LOG_ERR, LOG_WARNING, LOG_NOTICE or LOG_INFO, of syslog(3)
 *
 * For the journal each line begins with "<PRIORITY>" (sd-daemon(3)), for
 * anybody else with the program's name. A line ends at a newline in the text;
 * the last needs none. errno stays as it was.
 */
void kl_tell(int priority, const char *format, ...) __printf(2, 3);

/** kl_tell_text - whole lines, that name what they are about themselves: no program's name */
void kl_tell_text(int priority, const char *text);

#endif /* KELLAS_TELL_H */
