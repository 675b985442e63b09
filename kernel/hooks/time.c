// SPDX-License-Identifier: GPL-2.0
/* Setting the clock. */
#include "../request.h"
#include "hooks.h"

int kl_hook_settime64(const struct timespec64 *ts, const struct timezone *tz)
{
	return kl_check_plain(KL_OP_SET_TIME);
}
