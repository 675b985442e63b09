// SPDX-License-Identifier: GPL-2.0
/* Is one condition true for a request? */
#include "compiled.h"

#define FILETYPE_MASK 0170000

/* Does the last component alone tell that the name can't match? */
static bool ruled_out(const struct kl_test *test,
		      const struct kl_request *request)
{
	struct kl_text last;

	if (!kl_last_component(request, test->left, &last))
		return false;
	if (test->right == KL_RIGHT_STRING)
		return kl_ends_literally(test->pattern) &&
		       !kl_text_equal(test->pattern->tail, last);
	if (test->right == KL_RIGHT_GROUP)
		return !kl_map_may_end_in(&test->group->map, last);
	return false;
}

static bool group_has_text(const struct kl_compiled_group *group,
			   struct kl_text text)
{
	u32 node = kl_map_find_text(&group->map, text);
	u32 id;

	for (id = kl_map_next(&group->map, node, 0); id != KL_MAP_END;
	     id = kl_map_next(&group->map, node, id + 1))
		if (kl_pattern_match(group->members[id], text))
			return true;
	return false;
}

/*
 * State of a slot that is not present: false without a value, unknown, or
 * missing.
 */
static int without_value(const struct kl_request *request, u32 slot,
			 u32 *missing)
{
	if (kl_slot_test(request->absent, slot))
		return KL_FALSE;
	if (kl_slot_test(request->unknown, slot))
		return KL_UNKNOWN;
	*missing = slot;
	return KL_MISSING;
}

static int text_matches(const struct kl_test *test, struct kl_text text,
			const struct kl_request *request, u32 *missing)
{
	switch (test->right) {
	case KL_RIGHT_STRING:
		return kl_pattern_match(test->pattern, text);
	case KL_RIGHT_GROUP:
		return group_has_text(test->group, text);
	case KL_RIGHT_SLOT:
		if (!kl_slot_test(request->present, test->right_slot))
			return without_value(request, test->right_slot,
					     missing);
		return kl_text_equal(text,
				     *request->value[test->right_slot].text);
	default: /* KL_RIGHT_NULL: whatever has a value is not NULL */
		return KL_FALSE;
	}
}

static int number_matches(const struct kl_test *test, u64 number,
			  const struct kl_request *request, u32 *missing)
{
	struct kl_point point = { 0, number };

	switch (test->right) {
	case KL_RIGHT_NUMBER:
		return test->low <= number && number <= test->high;
	case KL_RIGHT_KEYWORD:
		if (kl_slot_type(test->left) == KL_FILETYPE)
			return (number & FILETYPE_MASK) == test->low;
		return number & test->low ? KL_TRUE : KL_FALSE;
	case KL_RIGHT_GROUP:
		return kl_spans_have(&test->group->spans[0], point);
	default: /* KL_RIGHT_SLOT */
		if (!kl_slot_test(request->present, test->right_slot))
			return without_value(request, test->right_slot,
					     missing);
		return number == request->value[test->right_slot].number;
	}
}

/*
 * An address of the other family is neither equal nor unequal to a literal
 * (Q10), but is simply not in a group.
 */
static int ip_matches(const struct kl_test *test, const struct kl_ip *ip,
		      bool negated)
{
	struct kl_point point = kl_ip_point(ip);
	bool inside;

	if (test->right == KL_RIGHT_GROUP)
		return kl_spans_have(&test->group->spans[ip->family == KL_IPV6],
				     point) != negated;
	if (test->ip->low.family != ip->family)
		return KL_FALSE;
	inside = kl_point_compare(kl_ip_point(&test->ip->low), point) <= 0 &&
		 kl_point_compare(point, kl_ip_point(&test->ip->high)) <= 0;
	return inside != negated;
}

/* Does some program match? Of the dropped ones nobody can tell. */
static int ancestor_matches(const struct kl_test *test,
			    const struct kl_history *history)
{
	struct kl_history_cursor cursor = kl_history_walk(history);
	bool group = test->right == KL_RIGHT_GROUP;
	struct kl_program program;

	if (test->right == KL_RIGHT_NULL || (group && !test->group->count))
		return KL_FALSE;
	while (kl_history_next(&cursor, &program))
		if (group ? group_has_text(test->group, program.exe) :
			    kl_pattern_match(test->pattern, program.exe))
			return KL_TRUE;
	return history->truncated ? KL_UNKNOWN : KL_FALSE;
}

static int history_matches(const struct kl_test *test,
			   const struct kl_history *history)
{
	const struct kl_histories *group;
	int truth, result = KL_FALSE;
	u32 i;

	if (test->right == KL_RIGHT_NULL)
		return KL_FALSE;
	if (test->right == KL_RIGHT_STRING)
		return kl_history_match(test->history, history);
	group = &test->group->histories;
	for (i = 0; i < group->count && result != KL_TRUE; i++) {
		truth = kl_history_match(group->patterns[i], history);
		if (truth != KL_FALSE)
			result = truth;
	}
	return result;
}

static int negate(int truth, bool negated)
{
	if (truth == KL_FALSE || truth == KL_TRUE)
		return (truth == KL_TRUE) != negated;
	return truth;
}

/*
 * Is there something to compare with on the right? An attribute without a
 * value makes the condition false whatever the operator and the left side, so
 * this is to be known first: the result must not depend on what was collected
 * when.
 * Return: KL_TRUE, or as without_value().
 */
static int right_value(const struct kl_test *test,
		       const struct kl_request *request, u32 *missing)
{
	if (test->right != KL_RIGHT_SLOT ||
	    kl_slot_test(request->present, test->right_slot))
		return KL_TRUE;
	return without_value(request, test->right_slot, missing);
}

static int argv_matches(const struct kl_test *test,
			const struct kl_request *request, bool negated,
			u32 *missing)
{
	const struct kl_args *args = request->value[KL_SLOT_ARGV].args;

	if (test->extra >= args->argc)
		return test->right == KL_RIGHT_NULL && !negated;
	if (test->right == KL_RIGHT_NULL)
		return negated;
	if (!args->text[test->extra].data)
		return KL_UNKNOWN;
	return negate(text_matches(test, args->text[test->extra], request,
				   missing), negated);
}

/* Splits NAME=VALUE at its first '='; without one the value is empty. */
static void split_variable(struct kl_text variable, struct kl_text *name,
			   struct kl_text *value)
{
	const char *equals = memchr(variable.data, '=', variable.length);

	*name = variable;
	value->data = variable.data + variable.length;
	value->length = 0;
	if (equals) {
		name->length = equals - variable.data;
		value->data = equals + 1;
		value->length = variable.length - name->length - 1;
	}
}

/*
 * Section 3.7: "=" is true if there are such variables and every value
 * matches, "!=" if no value matches, NULL asks whether there is one at all.
 */
static int envp_matches(const struct kl_ruleset *ruleset,
			const struct kl_test *test,
			const struct kl_request *request, bool negated,
			u32 *missing)
{
	const struct kl_args *args = request->value[KL_SLOT_ENVP].args;
	const struct kl_pattern *wanted = ruleset->names[test->extra];
	bool found = false, unreadable = false;
	struct kl_text name, value;
	int truth;
	u32 i;

	for (i = args->argc; i < args->argc + args->envc; i++) {
		if (!args->text[i].data) {
			unreadable = true;
			continue;
		}
		split_variable(args->text[i], &name, &value);
		if (!kl_pattern_match(wanted, name))
			continue;
		found = true;
		if (test->right == KL_RIGHT_NULL)
			return negated;
		truth = text_matches(test, value, request, missing);
		if (truth == KL_UNKNOWN)
			unreadable = true;
		else if (truth == KL_MISSING)
			return truth;
		else if ((truth == KL_TRUE) == negated)
			return KL_FALSE;
	}
	if (unreadable)
		return KL_UNKNOWN;
	if (test->right == KL_RIGHT_NULL)
		return !negated;
	return negated || found;
}

static int present_matches(const struct kl_ruleset *ruleset,
			   const struct kl_test *test,
			   const struct kl_request *request, bool negated,
			   u32 *missing)
{
	const union kl_value *value = &request->value[test->left];

	if (test->left == KL_SLOT_ARGV)
		return argv_matches(test, request, negated, missing);
	if (test->left == KL_SLOT_ENVP)
		return envp_matches(ruleset, test, request, negated, missing);
	switch (kl_slot_type(test->left)) {
	case KL_STRING:
		return negate(text_matches(test, *value->text, request,
					   missing), negated);
	case KL_IPADDR:
		return ip_matches(test, value->ip, negated);
	case KL_ANCESTOR:
		return negate(ancestor_matches(test, value->history), negated);
	case KL_HISTORY:
		return negate(history_matches(test, value->history), negated);
	default:
		return negate(number_matches(test, value->number, request,
					     missing), negated);
	}
}

int kl_test_evaluate(const struct kl_ruleset *ruleset,
		     const struct kl_test *test,
		     const struct kl_request *request, u32 *missing)
{
	bool negated = test->flags & KL_TEST_NEGATED;
	bool present = kl_slot_test(request->present, test->left);
	int right;

	if (test->left == KL_SLOT_TRANSITION)
		return KL_TRUE;
	if (!present && kl_slot_test(request->absent, test->left))
		return KL_FALSE;
	right = right_value(test, request, missing);
	if (right == KL_FALSE)
		return KL_FALSE;
	if (!present && !kl_slot_test(request->unknown, test->left)) {
		if (ruled_out(test, request))
			return negated;
		*missing = test->left;
		return KL_MISSING;
	}
	if (right == KL_MISSING)
		return KL_MISSING;
	if (!present)
		return KL_UNKNOWN;
	return present_matches(ruleset, test, request, negated, missing);
}
