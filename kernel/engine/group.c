// SPDX-License-Identifier: GPL-2.0
/* Groups of a policy and their members. */
#include "model.h"

static u32 name_hash(u8 kind, const struct kl_string *name)
{
	return name->hash ^ (kind + 1) * 0x9e3779b1u;
}

struct kl_group *kl_group_find(const struct kl_policy *policy, u8 kind,
			       const struct kl_string *name)
{
	struct kl_link *link =
		kl_table_first(&policy->names, name_hash(kind, name));
	struct kl_group *group;

	for (; link; link = kl_table_next(link)) {
		group = container_of(link, struct kl_group, link);
		if (group->kind == kind && group->name == name)
			return group;
	}
	return NULL;
}

struct kl_group *kl_group_new(u8 kind, struct kl_string *name)
{
	struct kl_group *group = kl_alloc(sizeof(*group));

	if (!group)
		return NULL;
	INIT_LIST_HEAD(&group->list);
	INIT_LIST_HEAD(&group->members);
	group->kind = kind;
	group->name = kl_string_ref(name);
	group->link.hash = name_hash(kind, name);
	return group;
}

void kl_group_free(struct kl_group *group)
{
	struct kl_member *member, *next;

	list_for_each_entry_safe(member, next, &group->members, list)
		kl_member_free(member);
	kl_string_put(group->name);
	kl_free(group);
}

void kl_group_link(struct kl_policy *policy, struct kl_group *group,
		   struct list_head *prev)
{
	list_add(&group->list, prev);
	kl_table_add(&policy->names, &group->link);
	policy->group_count++;
	policy->memory += sizeof(*group) + KL_TABLE_SHARE;
}

void kl_group_unlink(struct kl_policy *policy, struct kl_group *group)
{
	list_del_init(&group->list);
	kl_table_remove(&policy->names, &group->link);
	policy->group_count--;
	policy->memory -= sizeof(*group) + KL_TABLE_SHARE;
}

bool kl_group_is_idle(const struct kl_group *group)
{
	return !group->refs && !group->count;
}

static u32 member_hash(const struct kl_group *group,
		       const struct kl_member *value)
{
	return group->link.hash ^ kl_value_hash(group->kind, value);
}

struct kl_member *kl_member_find(const struct kl_policy *policy,
				 const struct kl_group *group,
				 const struct kl_member *value)
{
	struct kl_link *link =
		kl_table_first(&policy->members, member_hash(group, value));
	struct kl_member *member;

	for (; link; link = kl_table_next(link)) {
		member = container_of(link, struct kl_member, link);
		if (member->group == group &&
		    kl_value_same(group->kind, member, value))
			return member;
	}
	return NULL;
}

struct kl_member *kl_member_new(struct kl_group *group,
				const struct kl_member *value)
{
	struct kl_member *member = kl_alloc(sizeof(*member));

	if (!member)
		return NULL;
	*member = *value;
	INIT_LIST_HEAD(&member->list);
	member->group = group;
	member->link.hash = member_hash(group, value);
	if (group->kind == KL_STRING_GROUP)
		kl_string_ref(member->string);
	return member;
}

void kl_member_free(struct kl_member *member)
{
	if (member->group->kind == KL_STRING_GROUP)
		kl_string_put(member->string);
	kl_free(member);
}

void kl_member_link(struct kl_policy *policy, struct kl_member *member,
		    struct list_head *prev)
{
	list_add(&member->list, prev);
	kl_table_add(&policy->members, &member->link);
	member->group->count++;
	policy->memory += sizeof(*member) + KL_TABLE_SHARE;
}

void kl_member_unlink(struct kl_policy *policy, struct kl_member *member)
{
	list_del_init(&member->list);
	kl_table_remove(&policy->members, &member->link);
	member->group->count--;
	policy->memory -= sizeof(*member) + KL_TABLE_SHARE;
}
