/* SPDX-License-Identifier: MIT
 *
 * Claims about numbers and strings. The opposite of a bound on the right is a
 * bound on the left, so that all of them are one range, empty or not.
 */
#include <math.h>

#include "base/mem.h"
#include "schema/proof.h"

enum {
	FEW = 300,      /* integers that are tried one by one */
	LONGEST = 5000, /* characters of a string that is tried */
	VARIANTS = 4
};

static enum pv_answer worse(enum pv_answer a, enum pv_answer b)
{
	return a == PV_ANSWER_FAILS ? a : b;
}

/* Tries a value: a witness, or nothing new. */
static int is_witness(pv_proof *proof, const pv_case *it, const pv_value *value)
{
	return pv_proof_try(proof, it->claim, value) == PV_ANSWER_FAILS;
}

/* --- ranges of numbers ------------------------------------------------------------ */

struct span {
	const pv_value *low;
	const pv_value *high;
	int is_low_open;
	int is_high_open;
};

static void raise_low(struct span *span, const pv_value *bound, int is_open)
{
	int order = span->low ? pv_value_cmp_numbers(bound, span->low) : 1;

	if (order < 0)
		return;
	span->is_low_open = is_open || (!order && span->is_low_open);
	span->low = bound;
}

static void lower_high(struct span *span, const pv_value *bound, int is_open)
{
	int order = span->high ? pv_value_cmp_numbers(bound, span->high) : -1;

	if (order > 0)
		return;
	span->is_high_open = is_open || (!order && span->is_high_open);
	span->high = bound;
}

static struct span span_of(const pv_case *it)
{
	struct span span = { NULL, NULL, 0, 0 };

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_number_rules *rules = it->all.items[i]->number;

		if (!rules)
			continue;
		if (rules->minimum)
			raise_low(&span, rules->minimum, 0);
		if (rules->exclusive_minimum)
			raise_low(&span, rules->exclusive_minimum, 1);
		if (rules->maximum)
			lower_high(&span, rules->maximum, 0);
		if (rules->exclusive_maximum)
			lower_high(&span, rules->exclusive_maximum, 1);
	}
	for (size_t i = 0; i < it->part_count; i++) {
		const pv_part *part = &it->parts[i];

		if (part->kind == PV_PART_MINIMUM)
			lower_high(&span, part->bound, 1);
		else if (part->kind == PV_PART_ABOVE)
			lower_high(&span, part->bound, 0);
		else if (part->kind == PV_PART_MAXIMUM)
			raise_low(&span, part->bound, 1);
		else if (part->kind == PV_PART_BELOW)
			raise_low(&span, part->bound, 0);
	}
	return span;
}

static int is_empty(const struct span *span, unsigned type)
{
	int order;

	if (!span->low || !span->high)
		return 0;
	order = pv_value_cmp_numbers(span->low, span->high);
	if (order)
		return order > 0;
	return span->is_low_open || span->is_high_open ||
	       (type == PV_TYPE_INTEGER) != pv_value_is_integer(span->low);
}

/* The double that is near, NAN for what is beyond what is counted here. */
static double near(const pv_value *number)
{
	double real = number->kind == PV_VALUE_INTEGER
			      ? (double)number->as.integer
			      : number->as.number->real;

	/* `real` is exact to 1e-14 of it. */
	return fabs(real) < 1e12 ? real : (double)NAN;
}

/* The first integer that is above the bound, or at it; 0: not known. */
static int first_integer(int64_t *out, const pv_value *bound, int is_open)
{
	pv_value at = { .kind = PV_VALUE_INTEGER };

	if (!bound || isnan(near(bound)))
		return 0;
	at.as.integer = (int64_t)floor(near(bound)) - 2;
	while (pv_value_cmp_numbers(&at, bound) < (is_open ? 1 : 0))
		at.as.integer++;
	*out = at.as.integer;
	return 1;
}

static int last_integer(int64_t *out, const pv_value *bound, int is_open)
{
	/* What is before the first one on the other side. */
	if (!first_integer(out, bound, !is_open))
		return 0;
	--*out;
	return 1;
}

/* --- numbers ---------------------------------------------------------------------- */

static int is_multiple_known(const pv_case *it, const pv_value *unit)
{
	const pv_value one = { .kind = PV_VALUE_INTEGER, .as = { .integer = 1 } };

	if (it->type == PV_TYPE_INTEGER && pv_value_is_multiple(&one, unit))
		return 1;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_number_rules *rules = it->all.items[i]->number;

		if (rules && rules->multiple_of &&
		    pv_value_is_multiple(rules->multiple_of, unit))
			return 1;
	}
	return 0;
}

/* A multiple of an integer is one. */
static int is_whole(const pv_case *it)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_number_rules *rules = it->all.items[i]->number;

		if (rules && rules->multiple_of &&
		    pv_value_is_integer(rules->multiple_of))
			return 1;
	}
	return 0;
}

static int try_real(pv_proof *proof, const pv_case *it, double real)
{
	if (isnan(real))
		return 0;
	return is_witness(proof, it, pv_make_real(proof, real));
}

static int try_around(pv_proof *proof, const pv_case *it, double at, double unit)
{
	static const double steps[] = { 0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 0.25 };

	for (size_t i = 0; i < pv_array_len(steps); i++)
		if (try_real(proof, it, at + steps[i] * unit))
			return 1;
	return 0;
}

/* Near the bounds, at multiples of what is asked for. */
static int try_units(pv_proof *proof, const pv_case *it,
		     const struct span *span, double unit)
{
	double low = span->low ? near(span->low) : (double)NAN;
	double high = span->high ? near(span->high) : (double)NAN;

	if (!isnan(low) && try_around(proof, it, ceil(low / unit) * unit, unit))
		return 1;
	if (!isnan(high) && try_around(proof, it, floor(high / unit) * unit, unit))
		return 1;
	if (!isnan(low) && !isnan(high) && try_real(proof, it, low / 2 + high / 2))
		return 1;
	return try_around(proof, it, 0, unit);
}

static enum pv_answer find_number(pv_proof *proof, const pv_case *it,
				  const struct span *span)
{
	if (proof->quiet)
		return PV_ANSWER_UNKNOWN;
	if ((span->low && is_witness(proof, it, span->low)) ||
	    (span->high && is_witness(proof, it, span->high)))
		return PV_ANSWER_FAILS;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_number_rules *rules = it->all.items[i]->number;
		double unit = (double)NAN;

		if (rules && rules->multiple_of)
			unit = near(rules->multiple_of);
		if (!isnan(unit) && unit > 0 && try_units(proof, it, span, unit))
			return PV_ANSWER_FAILS;
	}
	if (try_units(proof, it, span, 1) || try_units(proof, it, span, 0.001) ||
	    try_units(proof, it, span, 1000))
		return PV_ANSWER_FAILS;
	return PV_ANSWER_UNKNOWN;
}

static enum pv_answer try_integers(pv_proof *proof, const pv_case *it,
				   int64_t low, int64_t high)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;

	for (; low <= high && answer != PV_ANSWER_FAILS; low++) {
		enum pv_answer one = pv_proof_try(proof, it->claim,
						  pv_make_integer(proof, low));

		if (one != PV_ANSWER_HOLDS)
			answer = worse(one, PV_ANSWER_UNKNOWN);
	}
	return answer;
}

enum pv_answer pv_leaf_number(pv_proof *proof, const pv_case *it)
{
	struct span span = span_of(it);
	int64_t low;
	int64_t high;

	if (is_empty(&span, it->type))
		return PV_ANSWER_HOLDS;
	for (size_t i = 0; i < it->part_count; i++)
		if (it->parts[i].kind == PV_PART_MULTIPLE &&
		    is_multiple_known(it, it->parts[i].bound))
			return PV_ANSWER_HOLDS;
	if (it->type == PV_TYPE_FRACTION && is_whole(it))
		return PV_ANSWER_HOLDS;
	if (it->type == PV_TYPE_INTEGER &&
	    first_integer(&low, span.low, span.is_low_open) &&
	    last_integer(&high, span.high, span.is_high_open) && high - low < FEW)
		return try_integers(proof, it, low, high);
	return find_number(proof, it, &span);
}

/* --- strings ---------------------------------------------------------------------- */

static pv_range lengths_of(const pv_case *it)
{
	pv_range range = { 0, SIZE_MAX };

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_string_rules *rules = it->all.items[i]->string;

		if (rules)
			pv_range_cut(&range, &rules->length);
	}
	pv_range_cut_parts(&range, it);
	return range;
}

static pv_str pattern_text(const pv_node *node)
{
	const pv_value *text = NULL;

	if (node->source)
		text = pv_value_get_z(node->source, "pattern");
	return text ? pv_value_str(text) : (pv_str){ NULL, 0 };
}

/* Whether every string has a match. */
static int is_trivial(pv_str pattern)
{
	static const char *const all[] = { "", "^", ".*", "^.*", "(.*)" };

	for (size_t i = 0; i < pv_array_len(all); i++)
		if (pv_str_is(pattern, all[i]))
			return 1;
	return 0;
}

static int is_implied(const pv_case *it, const pv_part *part)
{
	pv_str text = pattern_text(part->of);

	if (part->kind == PV_PART_PATTERN && text.ptr && is_trivial(text))
		return 1;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_node *node = it->all.items[i];

		if (!node->string)
			continue;
		if (part->kind == PV_PART_FORMAT && node->string->format &&
		    node->string->format == part->of->string->format)
			return 1;
		if (part->kind == PV_PART_PATTERN && node->string->pattern &&
		    text.ptr && pv_str_eq(pattern_text(node), text))
			return 1;
	}
	return 0;
}

static int try_text(pv_proof *proof, const pv_case *it, const char *text,
		    size_t len)
{
	return is_witness(proof, it,
			  pv_make_string(proof, (pv_str){ text, len }));
}

/* The text, and with characters at its end up to `want` of them. */
static int try_padded(pv_proof *proof, const pv_case *it, const pv_buf *text,
		      size_t want)
{
	static const char pads[] = "aA0 ";
	size_t len = text->len;
	pv_buf copy = { 0 };
	int is_found = try_text(proof, it, pv_buf_text(text), len);

	for (size_t i = 0; i + 1 < sizeof(pads) && len < want && !is_found; i++) {
		pv_buf_clear(&copy);
		pv_buf_put(&copy, pv_buf_text(text), len);
		while (copy.len < want && pv_buf_status(&copy, NULL) == PV_OK)
			pv_buf_putc(&copy, pads[i]);
		if (pv_buf_status(&copy, NULL) == PV_OK)
			is_found = try_text(proof, it, pv_buf_text(&copy),
					    copy.len);
	}
	pv_buf_dispose(&copy);
	return is_found;
}

/* Texts that the patterns on either side match. */
static int try_patterns(pv_proof *proof, const pv_case *it, size_t want)
{
	int is_found = 0;

	for (size_t i = 0; i < it->all.count + it->part_count && !is_found; i++) {
		const pv_node *node = i < it->all.count
					      ? it->all.items[i]
					      : it->parts[i - it->all.count].of;
		pv_str pattern = { NULL, 0 };

		if (node->string && node->string->pattern)
			pattern = pattern_text(node);
		for (unsigned j = 0; pattern.ptr && j < VARIANTS && !is_found;
		     j++) {
			pv_buf text = { .max = LONGEST };

			if (pv_pattern_sample(&text, pattern, j) &&
			    pv_buf_status(&text, NULL) == PV_OK)
				is_found = try_padded(proof, it, &text, want);
			pv_buf_dispose(&text);
		}
	}
	return is_found;
}

/* Some of each format, and some of none. */
static int try_known(pv_proof *proof, const pv_case *it)
{
	static const char *const texts[] = {
		"",
		"a",
		"A",
		"0",
		"1",
		" ",
		"-",
		"_",
		".",
		"/",
		"\n",
		"\xC3\xA9",
		"ab",
		"10",
		"a b",
		"2020-01-31",
		"2020-01-31T12:30:00Z",
		"2020-01-31T12:30:00.5+01:00",
		"12:30:00Z",
		"P1D",
		"a@example.com",
		"\xC3\xA9@example.com",
		"example.com",
		"127.0.0.1",
		"::1",
		"https://example.com/a?b#c",
		"https://example.com/\xC3\xA9",
		"/a/b",
		"#/a",
		"0/a",
		"{a}",
		"12345678-1234-4234-8234-123456789abc",
		"^a$",
		"(",
	};

	for (size_t i = 0; i < pv_array_len(texts); i++)
		if (try_text(proof, it, texts[i], strlen(texts[i])))
			return 1;
	return 0;
}

enum pv_answer pv_leaf_string(pv_proof *proof, const pv_case *it)
{
	pv_range range = lengths_of(it);
	pv_buf empty = { 0 };
	size_t want = range.min;

	if (range.min > range.max)
		return PV_ANSWER_HOLDS;
	if (!range.max)
		return pv_proof_try(proof, it->claim,
				    pv_make_string(proof, pv_str_of("")));
	for (size_t i = 0; i < it->part_count; i++)
		if (is_implied(it, &it->parts[i]))
			return PV_ANSWER_HOLDS;
	if (proof->quiet || range.min > LONGEST)
		return PV_ANSWER_UNKNOWN;
	if (try_padded(proof, it, &empty, want) ||
	    try_padded(proof, it, &empty, want + 1) ||
	    try_patterns(proof, it, want) || try_known(proof, it))
		return PV_ANSWER_FAILS;
	return PV_ANSWER_UNKNOWN;
}
