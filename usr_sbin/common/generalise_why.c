// SPDX-License-Identifier: GPL-2.0
/* Why a pattern is what it is. */
#include "generalise_inside.h"

void why_free(struct why *why)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		free(why->shown[i]);
}

/* @shown: what the wildcard looks like; kept from the place that varies most */
void why_add(struct why *why, enum kl_reason reason, u32 different,
	     const char *shown)
{
	if (different <= why->different[reason])
		return;
	why->different[reason] = different;
	free(why->shown[reason]);
	why->shown[reason] = kl_xstrdup(shown);
}

bool why_any(const struct why *why)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		if (why->different[i])
			return true;
	return false;
}

void why_merge(struct why *why, const struct why *more)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		if (more->different[i])
			why_add(why, i, more->different[i], more->shown[i]);
}

static const char *const meanings[KL_REASONS] = {
	[KL_REASON_KERNEL] = "a number that the kernel gives",
	[KL_REASON_VERSION] = "the version of a library",
	[KL_REASON_DATE] = "a date",
	[KL_REASON_NUMBER] = "a number",
	[KL_REASON_HEX] = "a hexadecimal number",
	[KL_REASON_UUID] = "a UUID",
	[KL_REASON_RANDOM] = "random characters",
	[KL_REASON_ENTRIES] = "any name in the folder",
};

void kl_name_explain(const struct kl_name_pattern *pattern, struct kl_buffer *out)
{
	const char *separator = "";
	u32 i;

	for (i = 0; i < KL_REASONS; i++) {
		u32 different = pattern->different[i];

		if (!different)
			continue;
		kl_buffer_printf(out, "%s%s stands for %s", separator, pattern->shown[i],
				 meanings[i]);
		if (different > 1)
			kl_buffer_printf(out, " because of %u different ones", different);
		else
			kl_buffer_puts(out, ", by its look: one was seen");
		separator = "; ";
	}
}
