/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a call of an attached function goes through. ftrace has made the
 * function's __fentry__ site call kl_trampoline, so the stack holds
 *
 *	 8(%rsp)  return address into the function's caller
 *	  (%rsp)  return address into the function's body: names the function
 *
 * and the six argument registers are the function's. None of them may be lost,
 * nor %rbp, %rbx or %r12-%r15, which kl_dispatch() preserves.
 */
#include <linux/linkage.h>
#include <asm/unwind_hints.h>
#include "compat.h"

	.text
SYM_FUNC_START(kl_trampoline)
	KL_ENDBR
	pushq	%rbp
	movq	%rsp, %rbp
	CALL_DEPTH_ACCOUNT

	/* From last to first: in memory they are args[0] ... args[5]. */
	pushq	%r9
	pushq	%r8
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi

	movq	%rsp, %rdi
	movq	8(%rbp), %rsi
	call	kl_dispatch

	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%r8
	popq	%r9
	popq	%rbp

	testl	%eax, %eax
	jnz	.Ldeny
	RET

	/* Drop the way into the body: the caller gets our %eax instead. */
.Ldeny:
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	RET
SYM_FUNC_END(kl_trampoline)
