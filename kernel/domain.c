// SPDX-License-Identifier: GPL-2.0
/*
 * Domains are made for the rulesets that name them, and by writes to
 * self_domain: entering one, which may happen where nobody can sleep, needs no
 * memory. Each lives as long as somebody refers to it.
 */
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stringhash.h>
#include "domain.h"
#include "engine/pattern.h"

#define BUCKET_BITS	8

/**
 * struct domains - all domains
 * @lock: of changes; taken in any context
 * @buckets: by kl_domain.typed; read under RCU
 * @count: of them
 * @initial: <kernel>
 */
static struct domains {
	spinlock_t lock;
	struct hlist_head buckets[1 << BUCKET_BITS];
	unsigned int count;
	struct kl_domain *initial;
} domains = {
	.lock = __SPIN_LOCK_UNLOCKED(domains.lock),
};

static struct hlist_head *bucket_of(struct kl_text typed)
{
	u32 hash = full_name_hash(&domains, typed.data, typed.length);

	return &domains.buckets[hash_32(hash, BUCKET_BITS)];
}

/* Context: RCU, or the lock. */
static struct kl_domain *search(struct hlist_head *bucket, struct kl_text typed)
{
	struct kl_domain *domain;

	hlist_for_each_entry_rcu(domain, bucket, node,
				 lockdep_is_held(&domains.lock))
		if (kl_text_equal(domain->typed, typed) &&
		    refcount_inc_not_zero(&domain->users))
			return domain;
	return NULL;
}

struct kl_domain *kl_domain_find(struct kl_text typed)
{
	struct kl_domain *domain;

	rcu_read_lock();
	domain = search(bucket_of(typed), typed);
	rcu_read_unlock();
	return domain;
}

static struct kl_domain *new_domain(struct kl_text typed)
{
	struct kl_domain *domain;
	ssize_t raw;

	domain = kmalloc(struct_size(domain, data, 2 * typed.length),
			 GFP_KERNEL_ACCOUNT);
	if (!domain)
		return NULL;
	refcount_set(&domain->users, 1);
	memcpy(domain->data, typed.data, typed.length);
	domain->typed = (struct kl_text){ domain->data, typed.length };
	raw = kl_decode(typed, domain->data + typed.length);
	if (WARN_ON_ONCE(raw < 0))
		raw = 0;
	domain->name = (struct kl_text){ domain->data + typed.length, raw };
	return domain;
}

struct kl_domain *kl_domain_get(struct kl_text typed)
{
	struct kl_domain *domain = kl_domain_find(typed), *new;
	struct hlist_head *bucket = bucket_of(typed);
	unsigned long flags;

	if (domain)
		return domain;
	new = new_domain(typed);
	if (!new)
		return NULL;
	spin_lock_irqsave(&domains.lock, flags);
	domain = search(bucket, typed);
	if (!domain) {
		hlist_add_head_rcu(&new->node, bucket);
		domains.count++;
	}
	spin_unlock_irqrestore(&domains.lock, flags);
	if (!domain)
		return new;
	kfree(new);
	return domain;
}

void kl_domain_put(struct kl_domain *domain)
{
	unsigned long flags;

	if (!domain || !refcount_dec_and_lock_irqsave(&domain->users,
						      &domains.lock, &flags))
		return;
	hlist_del_rcu(&domain->node);
	domains.count--;
	spin_unlock_irqrestore(&domains.lock, flags);
	kfree_rcu(domain, rcu);
}

int kl_domain_check(struct kl_text typed, const char **why)
{
	u32 position;

	*why = "the domain has no name";
	if (!typed.length || kl_word_check(typed, &position, why))
		return -EINVAL;
	*why = "a domain cannot have wildcards";
	return kl_word_is_literal(typed) ? 0 : -EINVAL;
}

struct kl_domain *kl_domain_initial(void)
{
	return domains.initial;
}

unsigned int kl_domain_count(void)
{
	return READ_ONCE(domains.count);
}

int kl_domain_init(void)
{
	static const char name[] = "<kernel>";

	domains.initial = kl_domain_get((struct kl_text){ name,
							  sizeof(name) - 1 });
	return domains.initial ? 0 : -ENOMEM;
}

void kl_domain_exit(void)
{
	kl_domain_put(domains.initial);
	WARN_ON_ONCE(domains.count);
}
