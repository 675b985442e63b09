// SPDX-License-Identifier: GPL-2.0
/* What a learnt line says of itself. */
#include "engine/lex.h"
#include "rules_inside.h"

void put_requests(struct kl_buffer *out, u64 requests)
{
	kl_buffer_printf(out, "%llu request%s", (unsigned long long)requests,
			 requests == 1 ? "" : "s");
}

static void put_example(struct kl_buffer *out, const char *lead, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);
	size_t shown = min_t(size_t, length, KL_LEARN_EXAMPLE);
	char *text = kl_xalloc(shown + 1, 1);

	kl_encode(raw, text, shown);
	kl_buffer_printf(out, "%s%s%s", lead, text, shown < length ? "..." : "");
	free(text);
}

/* Why a value is wider than what was seen; false if it is not. */
bool explain_atom(const struct atom *atom, u64 requests, struct kl_buffer *out)
{
	const struct kl_name_pattern *why = atom->why;

	if (!why && !atom->different)
		return false;
	if (out->length)
		kl_buffer_puts(out, "\n");
	put_requests(out, requests);
	if (!why) {
		kl_buffer_printf(out, "; %s stands for %s because of %u different ones",
				 atom->word,
				 atom->kind == ATOM_IP ? "any address in it" :
							 "ports that are given by chance",
				 atom->different);
		return true;
	}
	kl_buffer_printf(out, " of %u name%s", why->names, why->names == 1 ? "" : "s");
	put_example(out, ", e.g. ", why->examples[0]);
	if (why->examples[1].length)
		put_example(out, " ", why->examples[1]);
	kl_buffer_puts(out, "; ");
	kl_name_explain(why, out);
	if (atom->covered)
		kl_buffer_printf(out, "; %u narrower left out", atom->covered);
	return true;
}
