// SPDX-License-Identifier: GPL-2.0
/* The components in a folder, and what becomes of each. */
#include "generalise_inside.h"

void forget_pieces(struct kl_names *names)
{
	u32 i;

	for (i = 0; i < names->piece_count; i++) {
		free(names->pieces[i].word);
		why_free(&names->pieces[i].why);
	}
	names->piece_count = 0;
	names->place_count = 0;
	kl_buffer_clear(&names->keys);
}

static int compare_component(const void *a, const void *b)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;

	return compare_text(component_of(x), component_of(y));
}

static void measure_components(struct name **run, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct kl_text rest = kl_text_from(run[i]->raw, run[i]->at);
		const char *slash = memchr(rest.data, '/', rest.length);

		run[i]->length = slash ? slash - rest.data : rest.length;
	}
}

/* The places of a folder; name.piece is the number of its place for now. */
void find_places(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 i, count = task->to - task->from;
	struct place *place = NULL;

	measure_components(run, count);
	qsort(run, count, sizeof(*run), compare_component);
	for (i = 0; i < count; i++) {
		if (!i || compare_component(&run[i], &run[i - 1])) {
			KL_GROW(names->places, names->place_count, names->place_room);
			place = &names->places[names->place_count++];
			memset(place, 0, sizeof(*place));
			kl_shape_read(&place->shape, component_of(run[i]),
				      kl_text_of(task->prefix), names->how.level);
			place->key = names->keys.length;
			kl_shape_key(&place->shape, &names->keys);
			place->key_length = names->keys.length - place->key;
		}
		run[i]->piece = names->place_count - 1;
	}
}

/* A piece of that word, made unless there is one. */
u32 find_piece(struct kl_names *names, u32 from, const char *word, u32 wildcards,
	       const struct why *why)
{
	struct piece *piece;
	u32 i;

	for (i = from; i < names->piece_count; i++)
		if (!strcmp(names->pieces[i].word, word)) {
			why_merge(&names->pieces[i].why, why);
			return i;
		}
	KL_GROW(names->pieces, names->piece_count, names->piece_room);
	piece = &names->pieces[names->piece_count++];
	memset(piece, 0, sizeof(*piece));
	piece->word = kl_xstrdup(word);
	piece->wildcards = wildcards;
	why_merge(&piece->why, why);
	return i;
}
