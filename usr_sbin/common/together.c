// SPDX-License-Identifier: GPL-2.0
/* Records of one request. */
#include "engine/intern.h"
#include "together.h"

u32 kl_together_hash(const struct kl_logline *line)
{
	return kl_hash(0, line->words.data, line->words.length);
}

/*
 * Blocks are evaluated by ascending priority, and behind a denial there are
 * none. Where times are but seconds, as in CaitSith's records, the same thread
 * may well ask for the same twice: then no two blocks of one priority are taken
 * together.
 */
bool kl_together_next(const struct kl_together *last, const struct kl_logline *line,
		      u32 hash)
{
	bool seconds = !line->sequence && !(line->time % 1000000);

	return last->used && !last->over && last->pid == line->pid &&
	       last->hash == hash && last->time == line->time &&
	       last->op == line->facts.request.op &&
	       (seconds ? line->priority > last->priority :
			  line->priority >= last->priority);
}

void kl_together_set(struct kl_together *last, const struct kl_logline *line, u32 hash)
{
	last->used = true;
	last->over = line->result == KL_DENIED && !line->unenforced;
	last->op = line->facts.request.op;
	last->priority = line->priority;
	last->hash = hash;
	last->pid = line->pid;
	last->time = line->time;
}
