/* SPDX-License-Identifier: GPL-2.0 */
/* A report as one HTML page. */
#ifndef KELLAS_REPORT_PAGE_H
#define KELLAS_REPORT_PAGE_H

#include "log.h"
#include "report_model.h"

/**
 * struct report_about - what the page says of itself
 * @title: heading
 * @condition: the conditions that records had to meet; length 0: none
 * @since, @until: microseconds since the epoch; @until 0: no end
 * @names, @name_count: the files that were read
 * @counts: what was read of them
 */
struct report_about {
	const char *title;
	struct kl_text condition;
	u64 since, until;
	char **names;
	int name_count;
	const struct kl_log_counts *counts;
};

/** report_page - append the whole page to @page */
void report_page(struct kl_buffer *page, const struct report *report,
		 const struct report_about *about);

#endif /* KELLAS_REPORT_PAGE_H */
