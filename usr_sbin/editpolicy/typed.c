// SPDX-License-Identifier: GPL-2.0
/* Lines that were typed. */
#include "typed.h"
#include "key.h"

static bool is_last(const struct typed *typed, struct kl_text line)
{
	return typed->count &&
	       kl_text_equal(kl_text_of(typed->lines[typed->count - 1]), line);
}

void typed_add(struct typed *typed, struct kl_text line)
{
	if (line.length && !is_last(typed, line)) {
		typed->lines = kl_xrealloc(typed->lines, typed->count + 1,
					     sizeof(*typed->lines));
		typed->lines[typed->count] = kl_xalloc(line.length + 1, 1);
		memcpy(typed->lines[typed->count++], line.data, line.length);
	}
	typed->at = typed->count;
}

static void show(struct typed *typed, struct prompt *prompt, u32 at)
{
	typed->at = at;
	prompt_erase(prompt, 0, prompt->text.length);
	prompt_insert(prompt, kl_text_of(typed->lines[at]));
}

/* What is typed now is the last one, once another one is asked for. */
static u32 place_of(struct typed *typed, const struct prompt *prompt)
{
	struct kl_text now = kl_buffer_text(&prompt->text);

	if (typed->at < typed->count)
		return typed->at;
	typed_add(typed, now);
	return typed->count - is_last(typed, now);
}

bool typed_key(struct typed *typed, struct prompt *prompt, int key)
{
	u32 at;

	if (key == K_UP || key == K_CTRL('p')) {
		at = place_of(typed, prompt);
		if (at)
			show(typed, prompt, at - 1);
		return at;
	}
	if ((key != K_DOWN && key != K_CTRL('n')) || typed->at + 1 >= typed->count)
		return false;
	show(typed, prompt, typed->at + 1);
	return true;
}

void typed_free(struct typed *typed)
{
	u32 i;

	for (i = 0; i < typed->count; i++)
		free(typed->lines[i]);
	free(typed->lines);
}
