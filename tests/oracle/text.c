// SPDX-License-Identifier: GPL-2.0
/* Printing, by nothing of the engine but the names of attributes. */
#include <arpa/inet.h>

#include "random.h"
#include "text.h"

/* Random numbers for the looks of a text; NULL is the fixed form. */
static u64 looks_state, *looks;

void text_add(struct text *text, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (text->length + length + 1 > text->room) {
		text->room = (text->length + length + 1) * 2;
		text->data = realloc(text->data, text->room);
	}
	va_start(args, format);
	vsnprintf(text->data + text->length, length + 1, format, args);
	va_end(args);
	text->length += length;
}

void text_free(struct text *text)
{
	free(text->data);
	memset(text, 0, sizeof(*text));
}

size_t text_encode(const char *raw, u32 length, char *out)
{
	char *start = out;
	u32 i;

	for (i = 0; i < length; i++) {
		unsigned char c = raw[i];

		if (c > 0x20 && c < 0x7f && c != '\\')
			*out++ = c;
		else
			out += sprintf(out, "\\%03o", c);
	}
	*out = 0;
	return out - start;
}

static void add_number(struct text *text, u64 number, u8 radix)
{
	static const char * const formats[] = { "%llu", "0%llo", "0x%llX" };
	const char *format = formats[radix];

	if (radix == KL_HEXADECIMAL && looks && random_chance(looks, 30))
		format = "0X%04llx";
	/* What cannot be octal is decimal, in spite of its zero. */
	if (radix == KL_DECIMAL && looks && (number == 8 || number == 9 ||
					     (number >= 80 && number <= 99)))
		format = "0%llu";
	text_add(text, format, (unsigned long long)number);
}

static void add_address(struct text *text, const struct kl_ip *ip)
{
	char buffer[64];
	int i;

	if (ip->family == KL_IPV6 && looks && random_chance(looks, 20)) {
		for (i = 0; i < 16; i += 2)
			text_add(text, "%s%x", i ? ":" : "",
				 ip->bytes[i] << 8 | ip->bytes[i + 1]);
		return;
	}
	inet_ntop(ip->family == KL_IPV4 ? AF_INET : AF_INET6, ip->bytes, buffer,
		  sizeof(buffer));
	text_add(text, "%s", buffer);
}

static void add_numbers(struct text *text, const struct oracle_span *span)
{
	add_number(text, span->low, span->radix[0]);
	if (span->single)
		return;
	text_add(text, "-");
	add_number(text, span->high, span->radix[1]);
}

static void add_addresses(struct text *text, const struct oracle_span *span)
{
	add_address(text, &span->ip_low);
	if (span->prefix >= 0) {
		text_add(text, "/%d", span->prefix);
	} else if (!span->single) {
		text_add(text, "-");
		add_address(text, &span->ip_high);
	}
}

static const char *keyword(u64 value)
{
	static const struct { u64 value; const char *word; } words[] = {
		{ 0100000, "file" }, { 040000, "directory" }, { 0120000, "symlink" },
		{ 010000, "fifo" }, { 0140000, "socket" }, { 060000, "block" },
		{ 020000, "char" }, { 04000, "setuid" }, { 02000, "setgid" },
		{ 01000, "sticky" }, { 0400, "owner_read" }, { 0200, "owner_write" },
		{ 0100, "owner_execute" }, { 040, "group_read" }, { 020, "group_write" },
		{ 010, "group_execute" }, { 04, "others_read" }, { 02, "others_write" },
		{ 01, "others_execute" },
	};
	size_t i;

	for (i = 0; words[i].value != value; i++)
		;
	return words[i].word;
}

static void add_left(struct text *text, u8 op, const struct oracle_condition *condition)
{
	char name[KL_SLOT_NAME_MAX];

	if (condition->left == KL_SLOT_ARGV)
		text_add(text, " argv[%u]", condition->index);
	else if (condition->left == KL_SLOT_ENVP)
		text_add(text, " envp[\"%s\"]", condition->name->text);
	else
		text_add(text, " %s", kl_slot_name(op, condition->left, name));
	text_add(text, condition->negated ? "!=" : "=");
}

static void add_condition(struct text *text, u8 op,
			  const struct oracle_condition *condition)
{
	char name[KL_SLOT_NAME_MAX];

	add_left(text, op, condition);
	switch (condition->right) {
	case RIGHT_NUMBER:
	case RIGHT_RANGE:
		if (condition->span.radix[0] == KL_NAMED) {
			text_add(text, "%s", kl_number_name(condition->left,
							    condition->span.low));
			break;
		}
		add_numbers(text, &condition->span);
		break;
	case RIGHT_KEYWORD:
		text_add(text, "%s", keyword(condition->span.low));
		break;
	case RIGHT_LITERAL:
	case RIGHT_PATTERN:
		text_add(text, "\"%s\"", condition->word->text);
		break;
	case RIGHT_NULL:
		text_add(text, "NULL");
		break;
	case RIGHT_ADDRESS:
	case RIGHT_ADDRESSES:
	case RIGHT_CIDR:
		add_addresses(text, &condition->span);
		break;
	case RIGHT_GROUP:
		text_add(text, "@%s", condition->group->name);
		break;
	case RIGHT_EMPTY_GROUP:
		text_add(text, "@NOTHING");
		break;
	case RIGHT_ATTRIBUTE:
		text_add(text, "%s", kl_slot_name(op, condition->right_slot, name));
		break;
	default:
		abort();
	}
}

static void add_rule(struct text *text, const struct oracle_rule *rule)
{
	u8 op = rule->op;
	u32 i;

	if (rule->kind == KL_RULE_BLOCK)
		text_add(text, "acl %s", kl_op_table[op].keyword);
	else if (rule->kind == KL_RULE_USE)
		text_add(text, "use %s", rule->used->name);
	else
		text_add(text, rule->kind == KL_RULE_DENY ? "deny" : "allow");
	for (i = 0; i < rule->count; i++)
		if (!rule->conditions[i].dead)
			add_condition(text, op, &rule->conditions[i]);
	if (rule->domain && *rule->domain)
		text_add(text, " transition=\"%s\"", rule->domain);
	else if (rule->domain)
		text_add(text, " transition=NULL");
}

void text_rule(struct text *text, const struct oracle_rule *rule)
{
	looks = NULL;
	text_add(text, "%u ", rule->priority);
	add_rule(text, rule);
}

/* The end of a line, and now and then a line without meaning behind it. */
static void end_line(struct text *text)
{
	static const char * const idle[] = {
		"\n", "    # a comment, deny everything\n", "# POLICY\n", "\t \n",
	};
	u32 pick = random_below(looks, 60);

	text_add(text, random_chance(looks, 5) ? " # 20 deny\n" : "\n");
	text->line++;
	if (pick < ARRAY_SIZE(idle)) {
		text_add(text, "%s", idle[pick]);
		text->line++;
	}
}

static void print_rule(struct text *text, struct oracle_rule *rule)
{
	static const char * const indents[] = { "    ", "\t", "", "  " };

	if (rule->kind != KL_RULE_BLOCK)
		text_add(text, "%s", indents[random_below(looks, ARRAY_SIZE(indents))]);
	if (rule->priority != KL_PRIORITY_DEFAULT || random_chance(looks, 50))
		text_add(text, "%u ", rule->priority);
	rule->line = text->line;
	add_rule(text, rule);
	if ((rule->kind == KL_RULE_ALLOW || rule->kind == KL_RULE_DENY) && random_chance(looks, 5))
		text_add(text, " label=l%u", rule->line);
	end_line(text);
}

static void print_permissive(struct text *text, const struct oracle_block *block)
{
	if (!block->permissive && random_chance(looks, 95))
		return;
	text_add(text, block->permissive ? "    permissive\n" :
					   " permissive\n\tdelete permissive\n");
	text->line += block->permissive ? 1 : 2;
}

static void print_head(struct text *text, struct oracle_block *block, bool again)
{
	u32 line = block->head.line;

	print_rule(text, &block->head);
	if (again) {
		block->head.line = line;
		return;
	}
	if (random_chance(looks, 20)) {
		text_add(text, "    audit %u\n", random_below(looks, 256));
		text->line++;
	}
	print_permissive(text, block);
}

static void print_rules(struct text *text, struct oracle_list *list, u32 from, u32 to)
{
	u32 i;

	for (i = from; i < to && i < list->count; i++)
		if (!list->rules[i].dead)
			print_rule(text, &list->rules[i]);
}

static void print_lists(struct text *text, struct oracle_policy *policy, bool late)
{
	u32 i;

	for (i = 0; i < policy->list_count; i++) {
		struct oracle_list *list = &policy->lists[i];

		if (list->late != late)
			continue;
		text_add(text, "rule_group %s", list->name);
		end_line(text);
		print_rules(text, list, 0, list->count);
	}
}

static void print_mode(struct text *text, bool permissive)
{
	text_add(text, "mode %s", permissive ? "permissive" : "enforcing");
	end_line(text);
}

static void print_groups(struct text *text, struct oracle_policy *policy, bool late)
{
	static const char * const kinds[] = { "string", "number", "ip" };
	u32 i, j;

	for (i = 0; i < policy->group_count; i++) {
		struct oracle_group *group = &policy->groups[i];

		for (j = 0; j < group->count && group->late == late; j++) {
			struct oracle_member *member = &group->members[j];

			if (member->dead)
				continue;
			text_add(text, "%s_group %s ", kinds[group->kind], group->name);
			if (group->kind == KL_STRING_GROUP)
				text_add(text, "%s", member->word->text);
			else if (group->kind == KL_NUMBER_GROUP)
				add_numbers(text, &member->span);
			else
				add_addresses(text, &member->span);
			end_line(text);
		}
	}
}

void text_policy(struct text *text, struct oracle_policy *policy)
{
	u32 i;

	looks_state = policy->looks;
	looks = &looks_state;
	text->line = 1;
	if (random_chance(looks, 10))
		print_mode(text, random_chance(looks, 50));
	print_groups(text, policy, false);
	print_lists(text, policy, false);
	for (i = 0; i < policy->block_count; i++) {
		struct oracle_block *block = &policy->blocks[i];

		if (block->head.dead)
			continue;
		print_head(text, block, false);
		print_rules(text, &block->list, 0, block->split);
	}
	print_mode(text, policy->permissive);
	print_groups(text, policy, true);
	print_lists(text, policy, true);
	for (i = 0; i < policy->block_count; i++) {
		struct oracle_block *block = &policy->blocks[i];

		if (block->head.dead || block->split >= block->list.count)
			continue;
		print_head(text, block, true);
		print_rules(text, &block->list, block->split, block->list.count);
	}
}

static void add_string(struct text *text, struct kl_text string)
{
	char *encoded = malloc(string.length * 4 + 1);

	text_encode(string.data, string.length, encoded);
	text_add(text, "%s", encoded);
	free(encoded);
}

static void add_history(struct text *text, const struct oracle_history *history)
{
	u32 i;

	text_add(text, ":%s", history->truncated ? " ..." : "");
	for (i = 0; i < history->count; i++) {
		text_add(text, " \"");
		add_string(text, history->programs[i]);
		text_add(text, "\"");
	}
}

static void add_value(struct text *text, const struct oracle_request *request, u32 slot)
{
	switch (kl_slot_type(slot)) {
	case KL_STRING:
		text_add(text, "=\"");
		add_string(text, request->text[slot]);
		text_add(text, "\"\n");
		return;
	case KL_IPADDR:
		text_add(text, "=");
		add_address(text, &request->ip);
		break;
	case KL_ANCESTOR:
	case KL_HISTORY:
		add_history(text, &request->history);
		break;
	default:
		text_add(text, "=");
		add_number(text, request->number[slot],
			   kl_slot_type(slot) == KL_NUMBER ? KL_DECIMAL : KL_OCTAL);
	}
	text_add(text, "\n");
}

static void add_args(struct text *text, const struct oracle_request *request)
{
	u32 i;

	for (i = 0; i < request->args.argc + request->args.envc; i++) {
		struct kl_text string = request->strings[i];

		text_add(text, i < request->args.argc ? "  argv" : "  envp");
		if (string.data) {
			text_add(text, "=");
			add_string(text, string);
			text_add(text, "\n");
		} else {
			text_add(text, "?\n");
		}
	}
}

void text_request(struct text *text, const struct oracle_request *request)
{
	char name[KL_SLOT_NAME_MAX];
	u32 slot;

	looks = NULL;
	text_add(text, "%s\n", kl_op_table[request->op].keyword);
	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++) {
		if (!kl_slot_exists(request->op, slot))
			continue;
		text_add(text, "  %s%s", kl_slot_name(request->op, slot, name),
			 kl_slot_test(request->early, slot) ? "" : " (when asked)");
		if (request->state[slot] == STATE_ABSENT)
			text_add(text, ": no value\n");
		else if (request->state[slot] == STATE_UNKNOWN)
			text_add(text, ": unknown\n");
		else if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP)
			text_add(text, ": as below\n");
		else
			add_value(text, request, slot);
	}
	add_args(text, request);
	for (slot = 0; slot < 2; slot++)
		if (request->hint[slot])
			text_add(text, "  last component of object %u known\n", slot);
}
