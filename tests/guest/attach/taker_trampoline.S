/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>
#include "compat.h"

	.text
SYM_FUNC_START(taker_trampoline)
	KL_ENDBR
	RET
SYM_FUNC_END(taker_trampoline)
