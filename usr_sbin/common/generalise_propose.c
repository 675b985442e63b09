// SPDX-License-Identifier: GPL-2.0
/* Patterns for one name. */
#include "generalise_inside.h"

/* Keeps @word if it matches and is new, frees it otherwise. */
static void propose(struct kl_text raw, char **words, u32 *count, char *word)
{
	struct kl_pattern *matcher = matcher_of(word);
	bool good = matcher && kl_pattern_match(matcher, raw) &&
		    *count < KL_NAME_PROPOSALS;
	u32 i;

	for (i = 0; good && i < *count; i++)
		good = strcmp(words[i], word);
	kl_pattern_free(matcher);
	if (good)
		words[(*count)++] = word;
	else
		free(word);
}

static char *generalised(struct kl_text raw, enum kl_generality level, u32 different)
{
	struct kl_generalise how = { level, different, ~0u };
	struct kl_names *names = kl_names_new(&how);
	char *word;

	kl_names_add(names, raw, 0, 1);
	kl_names_generalise(names);
	word = kl_xstrdup(names->names[0].pattern->word);
	kl_names_free(names);
	return word;
}

/* The folder of a word that has one, and @rest behind it. */
static char *in_folder(const char *word, const char *rest)
{
	const char *slash = strrchr(word, '/');
	struct kl_buffer out = { 0 };

	if (!slash)
		return kl_xstrdup(word);
	kl_buffer_printf(&out, "%.*s/%s", (int)(slash - word), word, rest);
	return out.data;
}

u32 kl_name_propose(struct kl_text raw, char **words)
{
	struct kl_buffer kind = { 0 };
	char *literal = encoded(raw), *widest;
	u32 count = 1;

	words[0] = literal;
	if (!raw.length || raw.length > KL_GENERALISE_LENGTH)
		return count;
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_ALL, 2));
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_NUMBERS, 1));
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_ALL, 1));
	widest = kl_xstrdup(words[count - 1]);
	kl_buffer_printf(&kind, "\\*%s",
			 extension_of(strrchr(widest, '/') ?: widest));
	propose(raw, words, &count, in_folder(widest, kind.data));
	propose(raw, words, &count, in_folder(widest, "\\*"));
	propose(raw, words, &count, in_folder(widest, "\\(\\*\\)/\\*"));
	kl_buffer_free(&kind);
	free(widest);
	return count;
}
