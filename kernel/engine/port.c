// SPDX-License-Identifier: GPL-2.0
/* What the engine needs in user space and port.h cannot hold inline. */
#include "port.h"

#ifndef __KERNEL__

/* Weak: tests have their own, which fails. */
__attribute__((weak)) void kl_port_warn(const char *file, int line,
					const char *what)
{
	fprintf(stderr, "%s:%d: cannot happen: %s\n", file, line, what);
}

#endif
