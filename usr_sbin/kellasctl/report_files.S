/* SPDX-License-Identifier: GPL-2.0 */
/* What a report's page is made of, as it stands in the files beside. */

.macro file symbol name
	.globl \symbol, \symbol\()_end
\symbol:
	.incbin "\name"
\symbol\()_end:
.endm

	.section .rodata
	file report_html report.html
	file report_css report.css
	file report_js report.js
	file report_css_hash report.css.hash
	file report_js_hash report.js.hash

	.section .note.GNU-stack, "", @progbits
