// SPDX-License-Identifier: GPL-2.0
/* Words with the same beginning. */
#include "candidates.h"

static void narrow(struct kl_buffer *common, const char *word)
{
	size_t same = 0;

	while (same < common->length && word[same] == common->data[same])
		same++;
	common->length = same;
	common->data[same] = 0;
}

static void offer(struct candidates *candidates, const char *word, const char *shown,
		  const char *meant)
{
	size_t length = candidates->typed.length;
	bool exact;

	if (strncmp(word, candidates->typed.data, length))
		return;
	if (!candidates->found++)
		kl_buffer_puts(&candidates->common, word);
	else
		narrow(&candidates->common, word);
	kl_buffer_printf(&candidates->list, "%s ", shown);
	exact = !word[length];
	candidates->exact |= exact;
	if (meant && (exact || candidates->found == 1)) {
		kl_buffer_clear(&candidates->meant);
		kl_buffer_puts(&candidates->meant, meant);
	}
}

void candidates_offer(struct candidates *candidates, const char *word)
{
	offer(candidates, word, word, NULL);
}

void candidates_offer_value(struct candidates *candidates, struct kl_text before,
			    const char *value, const char *meant)
{
	struct kl_buffer word = { 0 }, other = { 0 };

	kl_buffer_printf(&word, "%.*s%s", (int)before.length, before.data, value);
	if (meant)
		kl_buffer_printf(&other, "%.*s%s", (int)before.length, before.data, meant);
	offer(candidates, word.data, value, meant ? other.data : NULL);
	kl_buffer_free(&word);
	kl_buffer_free(&other);
}

bool candidates_settled(const struct candidates *candidates)
{
	return candidates->found == 1 || (candidates->exact && candidates->meant.length);
}

void candidates_free(struct candidates *candidates)
{
	kl_buffer_free(&candidates->common);
	kl_buffer_free(&candidates->list);
	kl_buffer_free(&candidates->meant);
}
