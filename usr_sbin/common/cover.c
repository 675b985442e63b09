// SPDX-License-Identifier: GPL-2.0
/*
 * Proofs about conditions.
 *
 * The conditions that are known to hold are the premises. All of them that are
 * about one subject - an attribute, argv[N], the variables of one name - say
 * together what its value may be; a conclusion about that subject follows if no
 * such value makes it false.
 *
 * What is unknown: a premise of a head or deny line holds, too, if its
 * attribute is unknown. All other conditions on that attribute are unknown then,
 * and so is the conclusion: which is good for a deny line, but not for an allow
 * line. A premise is definite if it holds only of what is known.
 */
#include "cover.h"
#include "engine/map.h"
#include "engine/pattern.h"
#include "language.h"
#include "ranges.h"

/* Permission bits are tried one by one in sets of up to so many numbers. */
#define TRIED_MAX 4096u

/* Patterns that are asked whether they hold another one among them. */
#define UNION_MAX 8u

/**
 * struct answer - what was found out about two words
 * @inner, @outer: NULL: an empty place of the table
 * @apart: whether they have nothing in common; otherwise whether @inner lies
 *	within @outer
 * @yes: so it is
 */
struct answer {
	const struct kl_string *inner, *outer;
	bool apart, yes;
};

/**
 * struct kl_cover - what was found out
 * @answers: by hash
 * @size: of @answers, a power of two
 * @count: used
 * @work: comparisons made
 */
struct kl_cover {
	struct answer *answers;
	u32 size, count;
	u64 work;
};

/**
 * struct fact - a condition in terms of the request's operation
 * @condition: as it stands
 * @left, @right_slot: translated
 * @definite: it is true, not unknown
 */
struct fact {
	const struct kl_condition *condition;
	u8 left, right_slot;
	bool definite;
};

/**
 * struct facts - conditions that hold together
 * @at: these
 * @count: number of them
 */
struct facts {
	struct fact *at;
	u32 count;
};

/**
 * struct words - the strings of a right-hand side: one, or those of a group
 * @at: array of its own
 */
struct words {
	struct kl_string **at;
	u32 count;
};

struct kl_cover *kl_cover_new(void)
{
	struct kl_cover *cover = kl_xalloc(1, sizeof(*cover));

	cover->size = 256;
	cover->answers = kl_xalloc(cover->size, sizeof(*cover->answers));
	return cover;
}

void kl_cover_free(struct kl_cover *cover)
{
	if (!cover)
		return;
	free(cover->answers);
	free(cover);
}

u64 kl_cover_work(const struct kl_cover *cover)
{
	return cover->work;
}

struct kl_claim kl_claim_of(const struct kl_rule *rule)
{
	return (struct kl_claim){
		.conditions = rule->conditions,
		.count = rule->count,
		.op = rule->op,
		.doubt = rule->kind != KL_RULE_ALLOW,
	};
}

/*
 * Conditions.
 */
/* Return: false if the operation has no such attribute. */
static bool translate(const struct kl_claim *claim, enum kl_op op, u32 number,
		      struct fact *fact)
{
	const struct kl_condition *c = &claim->conditions[number];
	int left = kl_slot_translate(claim->op, c->left, op);
	int right = c->right == KL_RIGHT_SLOT ?
			    kl_slot_translate(claim->op, c->right_slot, op) :
			    0;

	fact->condition = c;
	fact->left = left;
	fact->right_slot = right;
	fact->definite = !claim->doubt;
	return left >= 0 && right >= 0;
}

static void collect(const struct kl_claim *claims, u32 count, enum kl_op op,
		    struct facts *facts)
{
	u32 i, j, most = 0;

	for (i = 0; i < count; i++)
		most += claims[i].count;
	facts->at = kl_xalloc(most + 1, sizeof(*facts->at));
	facts->count = 0;
	for (i = 0; i < count; i++)
		for (j = 0; j < claims[i].count; j++)
			if (claims[i].conditions[j].left != KL_SLOT_TRANSITION &&
			    translate(&claims[i], op, j, &facts->at[facts->count]))
				facts->count++;
}

/* Words of two policies are in two tables. */
static bool same_word(const struct kl_string *a, const struct kl_string *b)
{
	return a == b || (a && b && a->hash == b->hash && a->length == b->length &&
			  !memcmp(a->text, b->text, a->length));
}

static bool same_subject(const struct fact *a, const struct fact *b)
{
	return a->left == b->left && a->condition->index == b->condition->index &&
	       same_word(a->condition->name, b->condition->name);
}

static bool same_ip(const struct kl_ip_range *a, const struct kl_ip_range *b)
{
	return a->low.family == b->low.family &&
	       !memcmp(a->low.bytes, b->low.bytes, sizeof(a->low.bytes)) &&
	       !memcmp(a->high.bytes, b->high.bytes, sizeof(a->high.bytes));
}

static bool same_right(const struct fact *a, const struct fact *b)
{
	const struct kl_condition *x = a->condition, *y = b->condition;

	if (x->right != y->right)
		return false;
	switch (x->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		return x->number.low == y->number.low && x->number.high == y->number.high;
	case KL_RIGHT_STRING:
		return same_word(x->string, y->string);
	case KL_RIGHT_IP:
		return same_ip(x->ip, y->ip);
	case KL_RIGHT_GROUP:
		return x->group == y->group;
	case KL_RIGHT_SLOT:
		return a->right_slot == b->right_slot;
	default:
		return true;
	}
}

/* Do they say the same, but for "=" or "!="? Attributes may change sides. */
static bool same_but_sign(const struct fact *a, const struct fact *b)
{
	if (same_subject(a, b))
		return same_right(a, b);
	return a->condition->right == KL_RIGHT_SLOT &&
	       b->condition->right == KL_RIGHT_SLOT && a->left < KL_SLOT_ARGV &&
	       a->left == b->right_slot && a->right_slot == b->left &&
	       kl_slot_type(a->left) == kl_slot_type(b->left);
}

static bool is_null(const struct fact *fact)
{
	return fact->condition->right == KL_RIGHT_NULL;
}

/*
 * Is what a definite premise is about known? Whether an argument or a variable
 * exists says nothing of its value.
 */
static bool makes_known(const struct fact *fact)
{
	bool argument = fact->left == KL_SLOT_ARGV || fact->left == KL_SLOT_ENVP;

	return fact->definite && !(argument && is_null(fact));
}

static enum kl_proof proof(bool definite, bool doubt)
{
	return definite || doubt ? KL_PROVED : KL_PROVED_IF_KNOWN;
}

/*
 * Words.
 */
static struct kl_text text_of(const struct kl_string *word)
{
	return (struct kl_text){ word->text, word->length };
}

static const struct kl_pattern *pattern_of(struct kl_string *word)
{
	const char *why;
	u32 at;

	/* A member of a group may be a pattern of histories only. */
	if (!word->pattern && word->length && kl_word_check(text_of(word), &at, &why))
		return NULL;
	return kl_string_pattern(word);
}

static void words_of(const struct kl_condition *c, struct words *words)
{
	struct kl_member *member;

	words->at = NULL;
	words->count = 0;
	if (c->right == KL_RIGHT_STRING) {
		words->at = kl_xalloc(1, sizeof(*words->at));
		words->at[words->count++] = c->string;
	} else if (c->right == KL_RIGHT_GROUP) {
		words->at = kl_xalloc(c->group->count + 1, sizeof(*words->at));
		list_for_each_entry(member, &c->group->members, list)
			words->at[words->count++] = member->string;
	}
}

static void drop_patternless(struct words *words)
{
	u32 i, kept = 0;

	for (i = 0; i < words->count; i++)
		if (pattern_of(words->at[i]))
			words->at[kept++] = words->at[i];
	words->count = kept;
}

static void add_words(struct words *to, const struct words *from)
{
	to->at = kl_xrealloc(to->at, to->count + from->count + 1, sizeof(*to->at));
	if (from->count)
		memcpy(to->at + to->count, from->at, from->count * sizeof(*to->at));
	to->count += from->count;
}

static struct answer *find_answer(struct kl_cover *cover, const struct kl_string *inner,
				  const struct kl_string *outer, bool apart)
{
	u32 at = (inner->hash * 31 + outer->hash * 17 + apart) & (cover->size - 1);

	while (cover->answers[at].inner &&
	       (cover->answers[at].inner != inner || cover->answers[at].outer != outer ||
		cover->answers[at].apart != apart))
		at = (at + 1) & (cover->size - 1);
	return &cover->answers[at];
}

static void grow_answers(struct kl_cover *cover)
{
	struct answer *old = cover->answers;
	u32 i, size = cover->size;

	cover->size *= 2;
	cover->answers = kl_xalloc(cover->size, sizeof(*old));
	for (i = 0; i < size; i++)
		if (old[i].inner)
			*find_answer(cover, old[i].inner, old[i].outer, old[i].apart) =
				old[i];
	free(old);
}

/* Have two words with wildcards nothing in common, or is one within the other? */
static bool compare_words(struct kl_cover *cover, const struct kl_string *inner,
			  const struct kl_string *outer, bool apart)
{
	const struct kl_string *words[] = { inner, outer };
	struct answer *answer = find_answer(cover, inner, outer, apart);

	if (answer->inner)
		return answer->yes;
	cover->work += 100;
	answer->inner = inner;
	answer->outer = outer;
	answer->apart = apart;
	answer->yes = kl_language_search(words, apart ? 2 : 1, !apart, NULL) ==
		      KL_LANGUAGE_NONE;
	if (2 * ++cover->count > cover->size) {
		grow_answers(cover);
		answer = find_answer(cover, inner, outer, apart);
	}
	return answer->yes;
}

static bool begins(struct kl_text text, struct kl_text head)
{
	return text.length >= head.length && !memcmp(text.data, head.data, head.length);
}

static bool within_one(struct kl_cover *cover, struct kl_string *inner,
		       struct kl_string *outer)
{
	const struct kl_pattern *in = pattern_of(inner), *out = pattern_of(outer);

	cover->work++;
	if (same_word(inner, outer))
		return true;
	if (in->literal)
		return kl_pattern_match(out, in->head);
	if (out->literal || !begins(in->head, out->head))
		return false;
	return compare_words(cover, inner, outer, false);
}

/* May the beginnings of two patterns belong to one string? */
static bool may_meet(const struct kl_pattern *a, const struct kl_pattern *b)
{
	return a->head.length < b->head.length ? begins(b->head, a->head) :
						 begins(a->head, b->head);
}

/* Is every string of @inner in one of @outers, if in no single one then in all? */
static bool within(struct kl_cover *cover, struct kl_string *inner,
		   const struct words *outers)
{
	const struct kl_string *words[1 + UNION_MAX] = { inner };
	const struct kl_pattern *in = pattern_of(inner);
	u32 i, count = 0;

	for (i = 0; i < outers->count; i++)
		if (within_one(cover, inner, outers->at[i]))
			return true;
	if (in->literal)
		return false;
	for (i = 0; i < outers->count; i++) {
		if (!may_meet(in, pattern_of(outers->at[i])))
			continue;
		if (count == UNION_MAX)
			return false;
		words[1 + count++] = outers->at[i];
	}
	if (count < 2)
		return false;
	cover->work += 100 * count;
	return kl_language_search(words, 1, count, NULL) == KL_LANGUAGE_NONE;
}

static bool apart(struct kl_cover *cover, struct kl_string *a, struct kl_string *b)
{
	const struct kl_pattern *left = pattern_of(a), *right = pattern_of(b);

	cover->work++;
	if (left->literal)
		return !kl_pattern_match(right, left->head);
	if (right->literal)
		return !kl_pattern_match(left, right->head);
	if (!may_meet(left, right))
		return true;
	return compare_words(cover, a, b, true);
}

static bool apart_from_all(struct kl_cover *cover, struct kl_string *word,
			   const struct words *others)
{
	u32 i;

	for (i = 0; i < others->count; i++)
		if (!apart(cover, word, others->at[i]))
			return false;
	return true;
}

/*
 * Strings, arguments, and values of variables.
 */
/**
 * struct sayings - what the premises say of a string
 * @is: one of these each, struct words
 * @count: of @is
 * @not: none of these
 * @null, @not_null: "=NULL", "!=NULL" or the like
 * @any: there is some premise
 * @known: the value is known
 */
struct sayings {
	struct words *is;
	u32 count;
	struct words not;
	bool null, not_null, any, known;
};

static void hear(struct sayings *said, const struct fact *fact)
{
	const struct kl_condition *c = fact->condition;
	struct words words;

	said->any = true;
	said->known |= makes_known(fact);
	if (is_null(fact)) {
		said->null |= !c->negated;
		said->not_null |= c->negated;
		return;
	}
	said->not_null |= !c->negated || fact->left != KL_SLOT_ENVP;
	if (c->right == KL_RIGHT_SLOT)
		return;
	words_of(c, &words);
	drop_patternless(&words);
	if (c->negated) {
		add_words(&said->not, &words);
		free(words.at);
		return;
	}
	said->is = kl_xrealloc(said->is, said->count + 1, sizeof(*said->is));
	said->is[said->count++] = words;
}

static void listen(const struct facts *facts, const struct fact *subject,
		   struct sayings *said)
{
	u32 i;

	memset(said, 0, sizeof(*said));
	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], subject))
			hear(said, &facts->at[i]);
}

static void forget(struct sayings *said)
{
	u32 i;

	for (i = 0; i < said->count; i++)
		free(said->is[i].at);
	free(said->is);
	free(said->not.at);
}

/* Does the rest of what is said forbid a word of @said->is[from]? */
static bool is_ruled_out(struct kl_cover *cover, const struct sayings *said, u32 from,
			 struct kl_string *word)
{
	u32 i;

	if (within(cover, word, &said->not))
		return true;
	for (i = 0; i < said->count; i++)
		if (i != from && apart_from_all(cover, word, &said->is[i]))
			return true;
	return false;
}

/* Must the value be one of @wanted? It is not one of @said->not. */
static bool must_be(struct kl_cover *cover, const struct sayings *said,
		    const struct words *wanted)
{
	struct words enough = { 0 };
	bool follows = false;
	u32 i, j;

	add_words(&enough, wanted);
	add_words(&enough, &said->not);
	for (i = 0; i < said->count && !follows; i++) {
		follows = true;
		for (j = 0; j < said->is[i].count && follows; j++)
			follows = within(cover, said->is[i].at[j], &enough) ||
				  is_ruled_out(cover, said, i, said->is[i].at[j]);
	}
	free(enough.at);
	return follows;
}

/* Can the value be none of @unwanted? */
static bool must_not_be(struct kl_cover *cover, const struct sayings *said,
			const struct words *unwanted)
{
	bool follows = true;
	u32 i, j;

	for (i = 0; i < unwanted->count && follows; i++) {
		follows = within(cover, unwanted->at[i], &said->not);
		for (j = 0; j < said->count && !follows; j++)
			follows = apart_from_all(cover, unwanted->at[i], &said->is[j]);
	}
	return follows;
}

static bool string_follows(struct kl_cover *cover, const struct sayings *said,
			   const struct fact *wanted)
{
	const struct kl_condition *c = wanted->condition;
	struct words words;
	bool follows;

	if (is_null(wanted))
		return c->negated && said->not_null;
	if (c->right == KL_RIGHT_SLOT)
		return false;
	if (c->negated && said->null && wanted->left == KL_SLOT_ENVP)
		return true;
	words_of(c, &words);
	drop_patternless(&words);
	follows = c->negated ? (said->count || said->not.count) &&
				       must_not_be(cover, said, &words) :
			       must_be(cover, said, &words);
	free(words.at);
	return follows;
}

static enum kl_proof prove_string(struct kl_cover *cover, const struct facts *facts,
				  const struct fact *wanted, bool doubt)
{
	enum kl_proof result = KL_UNPROVED;
	struct sayings said;

	listen(facts, wanted, &said);
	/* Of a plain attribute that has a value, whatever it is, it is not NULL. */
	if (said.any && wanted->left < KL_SLOT_ARGV)
		said.not_null = true;
	if (string_follows(cover, &said, wanted))
		result = proof(said.known, doubt);
	forget(&said);
	return result;
}

static bool string_contradicts(struct kl_cover *cover, const struct sayings *said,
			       u8 slot)
{
	u32 i, j;
	bool impossible = said->null && (said->not_null || slot < KL_SLOT_ARGV);

	for (i = 0; i < said->count && !impossible; i++) {
		impossible = true;
		for (j = 0; j < said->is[i].count && impossible; j++)
			impossible = is_ruled_out(cover, said, i, said->is[i].at[j]);
	}
	return impossible;
}

/*
 * Histories: of ancestors some one is meant, not each. Of whole histories only
 * equal patterns are compared.
 */
static bool has_word(const struct words *words, const struct kl_string *word)
{
	u32 i;

	for (i = 0; i < words->count; i++)
		if (same_word(words->at[i], word))
			return true;
	return false;
}

/* Whatever is one of @inner, is it one of @outer? */
static bool all_within(struct kl_cover *cover, u8 slot, const struct words *inner,
		       const struct words *outer)
{
	u32 i;

	for (i = 0; i < inner->count; i++)
		if (slot == KL_SLOT_TASK_ANCESTOR ? !within(cover, inner->at[i], outer) :
						    !has_word(outer, inner->at[i]))
			return false;
	return true;
}

static void history_words(const struct fact *fact, struct words *words)
{
	words_of(fact->condition, words);
	if (fact->left == KL_SLOT_TASK_ANCESTOR)
		drop_patternless(words);
}

static bool history_follows(struct kl_cover *cover, const struct fact *premise,
			    const struct fact *wanted)
{
	bool negated = wanted->condition->negated, follows;
	struct words inner, outer;

	if (is_null(wanted))
		return negated;
	if (is_null(premise) || premise->condition->negated != negated)
		return false;
	history_words(negated ? wanted : premise, &inner);
	history_words(negated ? premise : wanted, &outer);
	follows = all_within(cover, wanted->left, &inner, &outer) &&
		  (negated || outer.count);
	free(inner.at);
	free(outer.at);
	return follows;
}

static enum kl_proof prove_history(struct kl_cover *cover, const struct facts *facts,
				   const struct fact *wanted, bool doubt)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count && best != KL_PROVED; i++)
		if (same_subject(&facts->at[i], wanted) &&
		    history_follows(cover, &facts->at[i], wanted))
			best = max(best, proof(facts->at[i].definite, doubt));
	return best;
}

/* One that is like these, and not one like those? */
static bool histories_contradict(struct kl_cover *cover, const struct fact *a,
				 const struct fact *b)
{
	struct words inner, outer;
	bool impossible;

	if (is_null(a))
		return !a->condition->negated;
	if (is_null(b) || a->condition->negated || !b->condition->negated)
		return false;
	history_words(a, &inner);
	history_words(b, &outer);
	impossible = all_within(cover, a->left, &inner, &outer);
	free(inner.at);
	free(outer.at);
	return impossible;
}

/*
 * Numbers, permissions, file types, addresses.
 */
/**
 * struct values - what a number may be
 * @set: numbers and IPv4 addresses; IPv6 addresses
 * @with, @without: permission bits that are set, that are not
 * @any: there is some premise
 * @known: the value is known
 */
struct values {
	struct kl_ranges set[2];
	u32 with, without;
	bool any, known;
};

static kl_u128 last_of(u8 slot, u32 family)
{
	if (kl_slot_type(slot) == KL_IPADDR)
		return family ? ~(kl_u128)0 : 0xffffffffu;
	return kl_slot_type(slot) == KL_FILETYPE ? 15 : ~0ull;
}

static void values_init(struct values *values, u8 slot)
{
	u32 family;

	memset(values, 0, sizeof(*values));
	for (family = 0; family <= (kl_slot_type(slot) == KL_IPADDR); family++)
		kl_ranges_add(&values->set[family], 0, last_of(slot, family));
}

static void values_free(struct values *values)
{
	kl_ranges_free(&values->set[0]);
	kl_ranges_free(&values->set[1]);
}

static kl_u128 number_of_ip(const struct kl_ip *ip)
{
	struct kl_point point = kl_ip_point(ip);

	return (kl_u128)point.high << 64 | point.low;
}

static void add_ip(struct kl_ranges *set, const struct kl_ip_range *ip)
{
	kl_ranges_add(&set[ip->low.family == KL_IPV6], number_of_ip(&ip->low),
		      number_of_ip(&ip->high));
}

/* The numbers on the right-hand side, whatever the sign. */
static void right_values(const struct fact *fact, struct kl_ranges *set)
{
	const struct kl_condition *c = fact->condition;
	const struct kl_member *member;

	memset(set, 0, 2 * sizeof(*set));
	switch (c->right) {
	case KL_RIGHT_NUMBER:
		kl_ranges_add(set, c->number.low, c->number.high);
		break;
	case KL_RIGHT_KEYWORD: /* of a file type */
		kl_ranges_add(set, c->number.low >> 12, c->number.low >> 12);
		break;
	case KL_RIGHT_IP:
		add_ip(set, c->ip);
		break;
	case KL_RIGHT_GROUP:
		list_for_each_entry(member, &c->group->members, list)
			if (c->group->kind == KL_IP_GROUP)
				add_ip(set, &member->ip);
			else
				kl_ranges_add(set, member->number.low,
					      member->number.high);
		break;
	}
	kl_ranges_sort(&set[0]);
	kl_ranges_sort(&set[1]);
}

/* The numbers of which a condition is true. */
static void true_values(const struct fact *fact, struct kl_ranges *set)
{
	const struct kl_condition *c = fact->condition;
	u32 family;

	right_values(fact, set);
	if (!c->negated)
		return;
	for (family = 0; family < 2; family++) {
		/* The other family is neither equal nor unequal to an address. */
		if (c->right == KL_RIGHT_IP && family != (c->ip->low.family == KL_IPV6))
			continue;
		if (family && kl_slot_type(fact->left) != KL_IPADDR)
			continue;
		kl_ranges_invert(&set[family], last_of(fact->left, family));
	}
}

static void free_sets(struct kl_ranges *set)
{
	kl_ranges_free(&set[0]);
	kl_ranges_free(&set[1]);
}

static bool is_bit(const struct fact *fact)
{
	return fact->condition->right == KL_RIGHT_KEYWORD &&
	       kl_slot_type(fact->left) == KL_FILEPERM;
}

/* Numbers of a large group take longer than a comparison. */
#define MEMBERS_AT_ONCE 16u

static u64 weight_of(const struct fact *fact)
{
	const struct kl_condition *c = fact->condition;

	return c->right == KL_RIGHT_GROUP ? c->group->count / MEMBERS_AT_ONCE : 0;
}

static void narrow(struct values *values, const struct fact *fact)
{
	struct kl_ranges set[2];

	values->any = true;
	values->known |= fact->definite;
	if (fact->condition->right == KL_RIGHT_SLOT)
		return;
	if (is_bit(fact)) {
		*(fact->condition->negated ? &values->without : &values->with) |=
			fact->condition->number.low;
		return;
	}
	true_values(fact, set);
	kl_ranges_keep(&values->set[0], &set[0]);
	kl_ranges_keep(&values->set[1], &set[1]);
	free_sets(set);
}

static void gather(struct kl_cover *cover, const struct facts *facts,
		   const struct fact *subject, struct values *values)
{
	u32 i;

	values_init(values, subject->left);
	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], subject)) {
			cover->work += weight_of(&facts->at[i]);
			narrow(values, &facts->at[i]);
		}
}

/* Is there a number in the set with these bits, and without those? */
static bool has_bits(const struct kl_ranges *set, u32 with, u32 without)
{
	kl_u128 total = 0, number;
	u32 i;

	if (with & without)
		return false;
	for (i = 0; i < set->count && total <= TRIED_MAX; i++)
		total += set->ranges[i].high - set->ranges[i].low + 1;
	if (!set->count || total > TRIED_MAX || !total)
		return set->count;
	for (i = 0; i < set->count; i++)
		for (number = set->ranges[i].low; number <= set->ranges[i].high; number++)
			if (((u64)number & with) == with && !((u64)number & without))
				return true;
	return false;
}

static bool is_possible(const struct values *values)
{
	return has_bits(&values->set[0], values->with, values->without) ||
	       values->set[1].count;
}

/* Is every value in @set? */
static bool all_in(const struct values *values, const struct kl_ranges *set)
{
	struct kl_ranges rest = { 0 };
	bool result;

	if (kl_ranges_within(&values->set[1], &set[1]) &&
	    kl_ranges_within(&values->set[0], &set[0]))
		return true;
	if (values->set[1].count || !(values->with | values->without))
		return false;
	kl_ranges_add(&rest, 0, ~0ull);
	kl_ranges_keep(&rest, &set[0]);
	kl_ranges_invert(&rest, ~0ull);
	kl_ranges_keep(&rest, &values->set[0]);
	result = !has_bits(&rest, values->with, values->without);
	kl_ranges_free(&rest);
	return result;
}

static bool number_follows(const struct values *values, const struct fact *wanted)
{
	u32 bit = wanted->condition->number.low;
	struct kl_ranges set[2];
	bool follows;

	if (!values->any || wanted->condition->right == KL_RIGHT_SLOT)
		return false;
	if (is_bit(wanted)) {
		bool negated = wanted->condition->negated;

		return !has_bits(&values->set[0], values->with | (negated ? bit : 0),
				 values->without | (negated ? 0 : bit));
	}
	true_values(wanted, set);
	follows = all_in(values, set);
	free_sets(set);
	return follows;
}

static enum kl_proof prove_number(struct kl_cover *cover, const struct facts *facts,
				  const struct fact *wanted, bool doubt)
{
	enum kl_proof result = KL_UNPROVED;
	struct values values;

	gather(cover, facts, wanted, &values);
	cover->work += values.any ? weight_of(wanted) : 0;
	if (number_follows(&values, wanted))
		result = proof(values.known, doubt);
	values_free(&values);
	return result;
}

/*
 * All kinds.
 */
static bool is_string(u8 slot)
{
	return kl_slot_type(slot) == KL_STRING;
}

static bool is_history(u8 slot)
{
	return kl_slot_type(slot) == KL_ANCESTOR || kl_slot_type(slot) == KL_HISTORY;
}

/* The same condition among the premises. */
static enum kl_proof prove_equal(const struct facts *facts, const struct fact *wanted,
				 bool doubt)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (facts->at[i].condition->negated == wanted->condition->negated &&
		    same_but_sign(&facts->at[i], wanted))
			best = max(best, proof(facts->at[i].definite, doubt));
	return best;
}

static enum kl_proof prove(struct kl_cover *cover, const struct facts *facts,
			   const struct fact *wanted, bool doubt)
{
	enum kl_proof result = prove_equal(facts, wanted, doubt);

	cover->work++;
	if (result == KL_PROVED)
		return result;
	if (is_history(wanted->left))
		return max(result, prove_history(cover, facts, wanted, doubt));
	if (is_string(wanted->left))
		return max(result, prove_string(cover, facts, wanted, doubt));
	return max(result, prove_number(cover, facts, wanted, doubt));
}

static enum kl_proof prove_claim(struct kl_cover *cover, enum kl_op op,
				 const struct facts *facts, const struct kl_claim *claim)
{
	enum kl_proof result = KL_PROVED;
	struct fact wanted;
	u32 i;

	for (i = 0; i < claim->count && result != KL_UNPROVED; i++) {
		if (claim->conditions[i].left == KL_SLOT_TRANSITION)
			continue;
		if (!translate(claim, op, i, &wanted))
			return KL_UNPROVED;
		result = min(result, prove(cover, facts, &wanted, claim->doubt));
	}
	return result;
}

enum kl_proof kl_covers(struct kl_cover *cover, enum kl_op op,
			const struct kl_claim *outer, const struct kl_claim *inner,
			u32 count)
{
	enum kl_proof result;
	struct facts facts;

	collect(inner, count, op, &facts);
	result = prove_claim(cover, op, &facts, outer);
	free(facts.at);
	return result;
}

/*
 * Contradictions.
 */
static enum kl_proof contradict_sign(const struct facts *facts, const struct fact *fact)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (facts->at[i].condition->negated != fact->condition->negated &&
		    same_but_sign(&facts->at[i], fact))
			best = max(best, proof(facts->at[i].definite || fact->definite,
					       false));
	return best;
}

static enum kl_proof contradict_history(struct kl_cover *cover, const struct facts *facts,
					const struct fact *fact)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], fact) &&
		    histories_contradict(cover, fact, &facts->at[i]))
			best = max(best, proof(facts->at[i].definite || fact->definite,
					       false));
	return best;
}

static enum kl_proof contradict_value(struct kl_cover *cover, const struct facts *facts,
				      const struct fact *fact)
{
	enum kl_proof result = KL_UNPROVED;
	struct sayings said;
	struct values values;

	if (is_string(fact->left)) {
		listen(facts, fact, &said);
		if (string_contradicts(cover, &said, fact->left))
			result = proof(said.known, false);
		forget(&said);
		return result;
	}
	gather(cover, facts, fact, &values);
	if (!is_possible(&values))
		result = proof(values.known, false);
	values_free(&values);
	return result;
}

static bool is_first_of_subject(const struct facts *facts, u32 number)
{
	u32 i;

	for (i = 0; i < number; i++)
		if (same_subject(&facts->at[i], &facts->at[number]))
			return false;
	return true;
}

static enum kl_proof contradict(struct kl_cover *cover, const struct facts *facts,
				u32 number)
{
	const struct fact *fact = &facts->at[number];
	enum kl_proof result = contradict_sign(facts, fact);

	cover->work++;
	if (result == KL_PROVED)
		return result;
	if (is_history(fact->left))
		return max(result, contradict_history(cover, facts, fact));
	if (!is_first_of_subject(facts, number))
		return result;
	return max(result, contradict_value(cover, facts, fact));
}

enum kl_proof kl_excludes(struct kl_cover *cover, enum kl_op op,
			  const struct kl_claim *claims, u32 count, u32 *slot)
{
	enum kl_proof best = KL_UNPROVED, one;
	struct facts facts;
	u32 i;

	collect(claims, count, op, &facts);
	for (i = 0; i < facts.count && best != KL_PROVED; i++) {
		one = contradict(cover, &facts, i);
		if (one <= best)
			continue;
		best = one;
		*slot = facts.at[i].left;
	}
	free(facts.at);
	return best;
}

/*
 * Several claims that together are enough.
 */
/**
 * struct rest - what a claim asks beyond the premises
 * @claim: its number
 * @fact: the one condition that does not follow
 * @doubt: of the claim
 * @others: what was proved of its other conditions
 */
struct rest {
	u32 claim;
	struct fact fact;
	bool doubt;
	enum kl_proof others;
};

/* Return: whether just one condition of the claim does not follow. */
static bool find_rest(struct kl_cover *cover, enum kl_op op, const struct facts *facts,
		      const struct kl_claim *claim, struct rest *rest)
{
	enum kl_proof one;
	struct fact fact;
	u32 i, found = 0;

	rest->others = KL_PROVED;
	rest->doubt = claim->doubt;
	for (i = 0; i < claim->count; i++) {
		if (claim->conditions[i].left == KL_SLOT_TRANSITION)
			continue;
		if (!translate(claim, op, i, &fact))
			return false;
		one = prove(cover, facts, &fact, claim->doubt);
		if (one != KL_UNPROVED) {
			rest->others = min(rest->others, one);
			continue;
		}
		if (found++)
			return false;
		rest->fact = fact;
	}
	return found && !is_history(rest->fact.left) &&
	       rest->fact.condition->right != KL_RIGHT_SLOT && !is_null(&rest->fact) &&
	       !is_bit(&rest->fact);
}

static bool strings_suffice(struct kl_cover *cover, const struct facts *facts,
			    const struct rest *rests, u32 count, bool *known)
{
	struct words words = { 0 }, more;
	struct sayings said;
	bool result;
	u32 i;

	for (i = 0; i < count; i++) {
		words_of(rests[i].fact.condition, &more);
		drop_patternless(&more);
		add_words(&words, &more);
		free(more.at);
	}
	listen(facts, &rests->fact, &said);
	*known = said.known;
	result = must_be(cover, &said, &words);
	forget(&said);
	free(words.at);
	return result;
}

static bool numbers_suffice(struct kl_cover *cover, const struct facts *facts,
			    const struct rest *rests, u32 count, bool *known)
{
	struct kl_ranges all[2] = { { 0 } }, set[2];
	struct values values;
	bool result;
	u32 i, j, family;

	for (i = 0; i < count; i++) {
		cover->work += weight_of(&rests[i].fact);
		true_values(&rests[i].fact, set);
		for (family = 0; family < 2; family++)
			for (j = 0; j < set[family].count; j++)
				kl_ranges_add(&all[family], set[family].ranges[j].low,
					      set[family].ranges[j].high);
		free_sets(set);
	}
	kl_ranges_sort(&all[0]);
	kl_ranges_sort(&all[1]);
	gather(cover, facts, &rests->fact, &values);
	*known = values.known;
	result = values.any && all_in(&values, all);
	values_free(&values);
	free_sets(all);
	return result;
}

static bool suffice(struct kl_cover *cover, const struct facts *facts,
		    const struct rest *rests, u32 count, bool *known)
{
	if (!count)
		return false;
	if (is_string(rests->fact.left))
		return strings_suffice(cover, facts, rests, count, known);
	return numbers_suffice(cover, facts, rests, count, known);
}

/* Those about the same attribute as the first, in front. */
static u32 bring_together(struct rest *rests, u32 count)
{
	u32 i, kept = 0;

	for (i = 0; i < count; i++) {
		struct rest rest = rests[i];

		/* Of variables each would have to be all values. */
		if (rest.fact.left == KL_SLOT_ENVP ||
		    !same_subject(&rest.fact, &rests->fact) ||
		    (is_string(rest.fact.left) && rest.fact.condition->negated))
			continue;
		rests[i] = rests[kept];
		rests[kept++] = rest;
	}
	return kept;
}

/* Leave out what is not needed. Return: how many are left. */
static u32 thin_out(struct kl_cover *cover, const struct facts *facts,
		    struct rest *rests, u32 count)
{
	struct rest rest;
	bool known;
	u32 i = count;

	while (i--) {
		rest = rests[i];
		memmove(&rests[i], &rests[i + 1], (count - i - 1) * sizeof(rest));
		if (suffice(cover, facts, rests, count - 1, &known)) {
			count--;
			continue;
		}
		memmove(&rests[i + 1], &rests[i], (count - i - 1) * sizeof(rest));
		rests[i] = rest;
	}
	return count;
}

static enum kl_proof judge(const struct rest *rests, u32 count, bool known)
{
	enum kl_proof result = KL_PROVED;
	u32 i;

	for (i = 0; i < count; i++)
		result = min(result, min(rests[i].others, proof(known, rests[i].doubt)));
	return result;
}

enum kl_proof kl_covers_together(struct kl_cover *cover, enum kl_op op,
				 const struct kl_claim *outers, u32 outer_count,
				 const struct kl_claim *inner, u32 count, u32 *needed,
				 u32 *needed_count)
{
	struct rest *rests = kl_xalloc(outer_count + 1, sizeof(*rests));
	enum kl_proof result = KL_UNPROVED;
	u32 i, found = 0, from, here;
	struct facts facts;
	bool known;

	collect(inner, count, op, &facts);
	for (i = 0; i < outer_count; i++) {
		rests[found].claim = i;
		found += find_rest(cover, op, &facts, &outers[i], &rests[found]);
	}
	for (from = 0; from < found && result == KL_UNPROVED; from += max(here, 1u)) {
		here = bring_together(rests + from, found - from);
		if (!suffice(cover, &facts, rests + from, here, &known))
			continue;
		here = thin_out(cover, &facts, rests + from, here);
		result = judge(rests + from, here, known);
		for (i = 0; i < here; i++)
			needed[i] = rests[from + i].claim;
		*needed_count = here;
	}
	free(facts.at);
	free(rests);
	return result;
}
