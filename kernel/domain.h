/* SPDX-License-Identifier: GPL-2.0 */
/* Domains: names that tasks bear, and policies speak of as task.domain. */
#ifndef KELLAS_DOMAIN_H
#define KELLAS_DOMAIN_H

#include <linux/refcount.h>
#include <linux/types.h>
#include "engine/port.h"

/**
 * struct kl_domain - a domain; immutable
 * @node: in the table of domains, which finds it by @typed
 * @users: tasks, rulesets and requests; at 0 it is freed by RCU
 * @rcu: frees it
 * @name: raw bytes, as requests have it
 * @typed: the same as policies write it; where nothing is escaped, the same
 *	bytes
 * @data: storage of both
 */
struct kl_domain {
	struct hlist_node node;
	refcount_t users;
	struct rcu_head rcu;
	struct kl_text name;
	struct kl_text typed;
	char data[];
};

/** kl_domain_init - make the initial domain. Context: module_init. */
int kl_domain_init(void);

/** kl_domain_exit - nobody refers to a domain. Context: module_exit. */
void kl_domain_exit(void);

/** kl_domain_initial - <kernel>; lives as long as the module; no reference */
struct kl_domain *kl_domain_initial(void);

/**
 * kl_domain_find - a domain that exists
 * @typed: as a policy writes it
 * Context: any. Return: a reference, or NULL.
 */
struct kl_domain *kl_domain_find(struct kl_text typed);

/**
 * kl_domain_get - a domain, made if need be
 * @typed: a valid word without wildcards
 * Context: may sleep. Return: a reference, or NULL when out of memory.
 */
struct kl_domain *kl_domain_get(struct kl_text typed);

static inline struct kl_domain *kl_domain_hold(struct kl_domain *domain)
{
	refcount_inc(&domain->users);
	return domain;
}

/** kl_domain_put - drop a reference; NULL is nothing. Context: any, not NMI. */
void kl_domain_put(struct kl_domain *domain);

/**
 * kl_domain_check - may a domain have this name?
 * @why: set to a constant text, if not
 * Return: 0, -EINVAL.
 */
int kl_domain_check(struct kl_text typed, const char **why);

/** kl_domain_count - how many there are, for stat. Context: any. */
unsigned int kl_domain_count(void);

#endif /* KELLAS_DOMAIN_H */
