// SPDX-License-Identifier: GPL-2.0
/* A record by its number. */
#include <unistd.h>

#include "kellasctl.h"
#include "numbered.h"
#include "proc.h"
#include "records.h"

/**
 * struct finding - records with the number that is looked for
 * @number: that
 * @quiet: say nothing but what is wrong
 * @text: gets the last one
 * @count: how many
 * @instance: which loading of the module the last one is of; empty: not known
 * @loadings: they are of several
 */
struct finding {
	u64 number;
	bool quiet;
	struct kl_buffer *text;
	u64 count;
	char instance[KL_INSTANCE_MAX];
	bool loadings;
};

static void note(struct finding *finding, const char *instance)
{
	finding->loadings |= finding->count && strcmp(instance, finding->instance);
	snprintf(finding->instance, sizeof(finding->instance), "%s", instance);
	finding->count++;
}

/* The newest one counts: numbers begin anew whenever the module is loaded. */
static int search(struct finding *finding, struct kl_records *records)
{
	const struct kl_logline *line;
	struct kl_text text;
	int result;

	while ((result = kl_records_next(records, &line)) > 0) {
		if (line->kind != KL_LOGLINE_REQUEST ||
		    line->sequence != finding->number)
			continue;
		note(finding, kl_records_instance(records));
		text = kl_records_text(records);
		kl_buffer_clear(finding->text);
		kl_buffer_add(finding->text, text.data, text.length);
	}
	return result ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

static int search_in(struct finding *finding, struct kl_records *records, int status)
{
	if (!records)
		return status;
	status = search(finding, records);
	kl_records_close(records);
	return status;
}

/* The log of kellas-auditd, once the module itself was asked. */
static int search_default(struct finding *finding, struct kl_strings *strings)
{
	static char *names[] = { KL_LOG_DEFAULT };
	struct kl_records *records;
	int status = KL_EXIT_OK;

	if (access(KL_LOG_DEFAULT, F_OK)) {
		kl_complain("there is no " KL_LOG_DEFAULT " to look in; --log names "
			    "another one");
		return KL_EXIT_OK;
	}
	if (!finding->quiet)
		kl_complain("reading " KL_LOG_DEFAULT);
	records = kl_records_open(names, 1, true, strings, &status);
	return search_in(finding, records, status);
}

/* The module knows best, as long as it still has it, and can be asked. */
static int search_module(struct finding *finding, struct kl_strings *strings)
{
	struct kl_records *records;
	int status = KL_EXIT_OK, other;

	records = kl_records_open_module(strings, &status);
	status = search_in(finding, records, status);
	if (status != KL_EXIT_OK)
		kl_complain("the module cannot be asked for the record; its log may "
			    "have it");
	if (finding->count)
		return KL_EXIT_OK;
	other = search_default(finding, strings);
	return finding->count ? other : status;
}

static void tell_loading(const struct finding *finding)
{
	const char *instance = *finding->instance ? finding->instance : "not in the log";
	char loaded[KL_INSTANCE_MAX];

	if (finding->quiet)
		return;
	if (finding->count > 1)
		kl_complain("%llu records%s have this number; this is the last one "
			    "(instance: %s)", (unsigned long long)finding->count,
			    finding->loadings ? " of several loadings of the module" : "",
			    instance);
	kl_records_loaded(loaded);
	if (*loaded && strcmp(loaded, finding->instance))
		kl_complain("the record is of another loading of the module (instance: "
			    "%s) than the one that runs now (%s)", instance, loaded);
}

int numbered_find(u64 number, char **logs, int log_count, bool quiet, struct kl_buffer *text)
{
	struct finding finding = { .number = number, .quiet = quiet, .text = text };
	struct kl_strings strings;
	int status = KL_EXIT_OK;
	struct kl_records *records;

	kl_xstrings(&strings);
	if (!log_count && kl_proc_loaded()) {
		status = search_module(&finding, &strings);
	} else {
		records = kl_records_open(logs, log_count, quiet, &strings, &status);
		status = search_in(&finding, records, status);
	}
	kl_strings_destroy(&strings);
	if (finding.count) {
		tell_loading(&finding);
	} else if (status == KL_EXIT_OK) {
		kl_complain("there is no record with the number %llu",
			    (unsigned long long)number);
		status = KL_EXIT_FAILURE;
	}
	return status;
}
