/* SPDX-License-Identifier: GPL-2.0 */
#include <linux/linkage.h>

	.text
SYM_FUNC_START(taker_trampoline)
	RET
SYM_FUNC_END(taker_trampoline)
