// SPDX-License-Identifier: GPL-2.0
/* The model back to text, in canonical form. */
#include "model.h"
#include "print.h"

/**
 * struct output - text on its way to a printer
 * @printer: where it goes
 * @error: first error met; nothing is written after it
 * @used: bytes of @buffer that wait
 * @buffer: gathers small pieces
 */
struct output {
	const struct kl_printer *printer;
	int error;
	u32 used;
	char buffer[240];
};

static void flush(struct output *out)
{
	if (out->used && !out->error)
		out->error = out->printer->write(out->printer->context,
						 out->buffer, out->used);
	out->used = 0;
}

static void put(struct output *out, const char *data, size_t length)
{
	if (length > sizeof(out->buffer) - out->used)
		flush(out);
	if (length <= sizeof(out->buffer)) {
		memcpy(out->buffer + out->used, data, length);
		out->used += length;
	} else if (!out->error) {
		out->error = out->printer->write(out->printer->context, data,
						 length);
	}
}

static int finish(struct output *out)
{
	flush(out);
	return out->error;
}

static void put_text(struct output *out, const char *text)
{
	put(out, text, strlen(text));
}

static void put_string(struct output *out, const struct kl_string *string)
{
	put(out, string->text, string->length);
}

static void put_number(struct output *out, u64 value, u8 radix)
{
	static const char *const formats[] = {
		[KL_DECIMAL] = "%llu",
		[KL_OCTAL] = "0%llo",
		[KL_HEXADECIMAL] = "0x%llX",
	};
	char text[28];
	size_t length = snprintf(text, sizeof(text), formats[radix],
				 (unsigned long long)value);

	put(out, text, length);
}

static void put_decimal(struct output *out, u64 value)
{
	put_number(out, value, KL_DECIMAL);
}

static void put_numbers(struct output *out, const struct kl_number_range *range)
{
	put_number(out, range->low, range->radix[0]);
	if (range->single)
		return;
	put_text(out, "-");
	put_number(out, range->high, range->radix[1]);
}

static void put_ip(struct output *out, const struct kl_ip *ip)
{
	char text[KL_IP_TEXT_MAX];
	size_t length = kl_format_ip(ip, text);

	put(out, text, length);
}

static void put_addresses(struct output *out, const struct kl_ip_range *range)
{
	put_ip(out, &range->low);
	if (range->prefix >= 0) {
		put_text(out, "/");
		put_decimal(out, range->prefix);
	} else if (!range->single) {
		put_text(out, "-");
		put_ip(out, &range->high);
	}
}

static void put_left(struct output *out, enum kl_op op,
		     const struct kl_condition *condition)
{
	char name[KL_SLOT_NAME_MAX];

	put_text(out, kl_slot_name(op, condition->left, name));
	if (condition->left == KL_SLOT_ARGV) {
		put_text(out, "[");
		put_decimal(out, condition->index);
		put_text(out, "]");
	} else if (condition->left == KL_SLOT_ENVP) {
		put_text(out, "[\"");
		put_string(out, condition->name);
		put_text(out, "\"]");
	}
}

static void put_condition(struct output *out, enum kl_op op,
			  const struct kl_condition *condition)
{
	char name[KL_SLOT_NAME_MAX];

	put_left(out, op, condition);
	put_text(out, condition->negated ? "!=" : "=");
	switch (condition->right) {
	case KL_RIGHT_NUMBER:
		if (condition->number.radix[0] == KL_NAMED)
			put_text(out, kl_number_name(condition->left,
						     condition->number.low));
		else
			put_numbers(out, &condition->number);
		break;
	case KL_RIGHT_KEYWORD:
		put_text(out, kl_keyword_name(kl_slot_type(condition->left),
					      condition->number.low));
		break;
	case KL_RIGHT_STRING:
		put_text(out, "\"");
		put_string(out, condition->string);
		put_text(out, "\"");
		break;
	case KL_RIGHT_NULL:
		put_text(out, "NULL");
		break;
	case KL_RIGHT_IP:
		put_addresses(out, condition->ip);
		break;
	case KL_RIGHT_GROUP:
		put_text(out, "@");
		put_string(out, condition->group->name);
		break;
	case KL_RIGHT_SLOT:
		put_text(out, kl_slot_name(op, condition->right_slot, name));
		break;
	}
}

static void put_head(struct output *out, const struct kl_rule *rule)
{
	if (rule->kind == KL_RULE_GROUP) {
		put_text(out, "rule_group ");
		put_string(out, kl_rule_group_of(rule)->name);
		return;
	}
	put_decimal(out, rule->priority);
	put_text(out, " acl ");
	put_text(out, kl_op_table[rule->op].keyword);
}

static void put_rule(struct output *out, const struct kl_rule *rule)
{
	u32 i;

	if (kl_rule_is_head(rule)) {
		put_head(out, rule);
	} else {
		put_decimal(out, rule->priority);
		put_text(out, rule->kind == KL_RULE_ALLOW ? " allow" :
			      rule->kind == KL_RULE_DENY  ? " deny" :
							    " use ");
	}
	if (rule->kind == KL_RULE_USE)
		put_string(out, rule->used->name);
	for (i = 0; i < rule->count; i++) {
		put_text(out, " ");
		put_condition(out, rule->op, &rule->conditions[i]);
	}
	if (!kl_rule_is_head(rule) && rule->label) {
		put_text(out, " label=");
		put_string(out, rule->label);
	}
}

static int put_sub_entries(struct output *out, const struct kl_block *block)
{
	struct kl_rule **rules;
	u32 i;

	if (!block->count)
		return 0;
	rules = kl_policy_sorted(&block->rules, block->count);
	if (!rules)
		return -ENOMEM;
	for (i = 0; i < block->count && !out->error; i++) {
		put_text(out, "    ");
		put_rule(out, rules[i]);
		put_text(out, "\n");
	}
	kl_free(rules);
	return out->error;
}

static int put_block(struct output *out, const struct kl_block *block)
{
	int ret;

	put_rule(out, &block->rule);
	if (block->rule.label) {
		put_text(out, "\n    label ");
		put_string(out, block->rule.label);
	}
	if (block->permissive)
		put_text(out, "\n    permissive");
	put_text(out, "\n    audit ");
	put_decimal(out, block->audit);
	if (block->wait) {
		put_text(out, " wait=");
		put_decimal(out, block->wait);
	}
	put_text(out, "\n");
	ret = put_sub_entries(out, block);
	put_text(out, "\n");
	return ret;
}

static int put_rule_groups(struct output *out, const struct kl_policy *policy)
{
	u32 i, count = policy->rule_group_count;
	struct kl_rule **heads;
	int ret = 0;

	if (!count)
		return 0;
	heads = kl_policy_sorted(&policy->rule_groups, count);
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < count && !ret; i++) {
		put_head(out, heads[i]);
		put_text(out, "\n");
		ret = put_sub_entries(out, heads[i]->block);
		put_text(out, "\n");
		kl_cond_resched();
	}
	kl_free(heads);
	return ret;
}

static int put_blocks(struct output *out, const struct kl_policy *policy,
		      enum kl_op op)
{
	u32 i, count = policy->block_count[op];
	struct kl_rule **heads;
	int ret = 0;

	if (!count)
		return 0;
	heads = kl_policy_sorted(&policy->blocks[op], count);
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < count && !ret; i++) {
		ret = put_block(out, heads[i]->block);
		kl_cond_resched();
	}
	kl_free(heads);
	return ret;
}

static void put_event(struct output *out, const char *what, u64 count, u64 last)
{
	char time[KL_TIME_TEXT_MAX];

	put_text(out, what);
	put_decimal(out, count);
	if (last) {
		kl_format_time(last, time);
		put_text(out, " (Last: ");
		put_text(out, time);
		put_text(out, ")");
	}
	put_text(out, "\n");
}

static const char *const memory_names[KL_MEMORY_KINDS] = {
	[KL_MEMORY_POLICY] = "policy",
	[KL_MEMORY_AUDIT] = "audit",
	[KL_MEMORY_QUERY] = "query",
};

static void put_stat(struct output *out, const struct kl_policy *policy,
		     const struct kl_print_stat *stat)
{
	int i;

	put_event(out, "stat Policy updated: ", policy->updates,
		  stat->updated_at);
	put_event(out, "stat Requests denied: ", stat->denied, stat->denied_at);
	for (i = 0; i < KL_MEMORY_KINDS; i++) {
		put_text(out, "stat Memory used by ");
		put_text(out, memory_names[i]);
		put_event(out, ": ", stat->memory[i], 0);
	}
}

static void put_memory_quotas(struct output *out, const struct kl_quota *quota)
{
	int i;

	for (i = 0; i < KL_MEMORY_KINDS; i++) {
		bool drop = i == KL_MEMORY_AUDIT && quota->drop_oldest;

		if (!quota->memory[i] && !drop)
			continue;
		put_text(out, "quota memory ");
		put_text(out, memory_names[i]);
		put_text(out, " ");
		put_decimal(out, quota->memory[i]);
		put_text(out, drop ? " drop-oldest\n" : "\n");
	}
}

static void put_limit(struct output *out, const char *key, u32 limit)
{
	put_text(out, key);
	if (limit == KL_UNLIMITED)
		put_text(out, "unlimited");
	else
		put_decimal(out, limit);
}

static void put_rate(struct output *out, const struct kl_audit_quota *audit)
{
	if (!audit->rate)
		return;
	put_text(out, " rate=");
	put_decimal(out, audit->rate);
	put_text(out, "/s");
	if (audit->burst == audit->rate)
		return;
	put_text(out, " burst=");
	put_decimal(out, audit->burst);
}

static void put_audit_quotas(struct output *out, const struct kl_quota *quota)
{
	const struct kl_audit_quota *audit;
	u32 i;

	for (i = 0; i < KL_AUDIT_INDEXES; i++) {
		audit = &quota->audit[i];
		if (!audit->named)
			continue;
		put_text(out, "quota audit[");
		put_decimal(out, i);
		put_limit(out, "] allowed=", audit->limit[KL_ALLOWED]);
		put_limit(out, " denied=", audit->limit[KL_DENIED]);
		put_limit(out, " unmatched=", audit->limit[KL_UNMATCHED]);
		put_rate(out, audit);
		put_text(out, audit->to_audit ? " audit=yes\n" : "\n");
	}
}

static void put_member(struct output *out, const struct kl_group *group,
		       const struct kl_member *member)
{
	switch (group->kind) {
	case KL_STRING_GROUP:
		put_text(out, "string_group ");
		put_string(out, group->name);
		put_text(out, " ");
		put_string(out, member->string);
		break;
	case KL_NUMBER_GROUP:
		put_text(out, "number_group ");
		put_string(out, group->name);
		put_text(out, " ");
		put_numbers(out, &member->number);
		break;
	case KL_IP_GROUP:
		put_text(out, "ip_group ");
		put_string(out, group->name);
		put_text(out, " ");
		put_addresses(out, &member->ip);
		break;
	}
	put_text(out, "\n");
}

static void put_groups(struct output *out, const struct kl_policy *policy)
{
	const struct kl_member *member;
	const struct kl_group *group;
	int kind;

	for (kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &policy->groups[kind], list) {
			list_for_each_entry(member, &group->members, list)
				put_member(out, group, member);
			kl_cond_resched();
		}
}

int kl_print_policy(const struct kl_printer *printer,
		    const struct kl_policy *policy,
		    const struct kl_print_stat *stat)
{
	struct output out;
	int op, ret = 0;

	out.printer = printer;
	out.error = 0;
	out.used = 0;
	put_text(&out, "POLICY_VERSION=20120401\n");
	if (stat)
		put_stat(&out, policy, stat);
	put_memory_quotas(&out, &policy->quota);
	put_audit_quotas(&out, &policy->quota);
	if (policy->permissive)
		put_text(&out, "mode permissive\n");
	put_groups(&out, policy);
	put_text(&out, "\n");
	ret = put_rule_groups(&out, policy);
	for (op = 0; op < KL_OP_COUNT && !ret; op++)
		ret = put_blocks(&out, policy, op);
	return ret ? ret : finish(&out);
}

int kl_print_block(const struct kl_printer *printer,
		   const struct kl_block *block)
{
	struct output out;
	int ret;

	out.printer = printer;
	out.error = 0;
	out.used = 0;
	ret = put_block(&out, block);
	return ret ? ret : finish(&out);
}

int kl_print_rule(const struct kl_printer *printer, const struct kl_rule *rule)
{
	struct output out;

	out.printer = printer;
	out.error = 0;
	out.used = 0;
	put_rule(&out, rule);
	return finish(&out);
}

int kl_print_condition(const struct kl_printer *printer, enum kl_op op,
		       const struct kl_condition *condition)
{
	struct output out;

	out.printer = printer;
	out.error = 0;
	out.used = 0;
	put_condition(&out, op, condition);
	return finish(&out);
}
