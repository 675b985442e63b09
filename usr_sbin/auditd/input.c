// SPDX-License-Identifier: GPL-2.0
/* The kinds of inputs. */
#include "input.h"

const struct kl_input_type *const kl_input_types[] = {
	&kl_input_kernel,
	&kl_input_netconsole,
	NULL,
};
