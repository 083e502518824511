/* SPDX-License-Identifier: MIT
 *
 * Whether one JSON Schema may stand in for another, keyword by keyword. A
 * keyword whose change could be either is taken to break: the step of a
 * version must not be too small. What validation really says comes from
 * schema/; here only the shape of the change is judged.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/mem.h"
#include "prompt/compare.h"
#include "prompt/model.h"

/* How the set of values that fit has changed. */
enum change {
	SAME = 0,
	NARROWER = 1,
	WIDER = 2,
	OTHERWISE = NARROWER | WIDER
};

struct compare {
	enum pv_bump *bump;
	enum pv_schema_role role;
	pv_report *breaking;
	pv_error *err;
};

/*
 * Judges a keyword whose value differs; either side may be NULL, not both.
 */
typedef int judge_fn(struct compare *ctx, const pv_yaml_node *before,
		     const pv_yaml_node *after);

struct keyword {
	const char *name;
	judge_fn *judge;
};

void pv_bump_raise(enum pv_bump *bump, enum pv_bump to)
{
	if (*bump < to)
		*bump = to;
}

int pv_bump_break(enum pv_bump *bump, pv_report *breaking, const char *path,
		  pv_error *err, const char *format, ...)
{
	char message[256];
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "interface",
			       .file = path,
			       .message = message,
			       .hint = "" };
	va_list args;

	pv_bump_raise(bump, PV_BUMP_MAJOR);
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return pv_report_add(breaking, &finding, err);
}

/* The key of a member, else "schema": cut to what a message holds. */
static pv_str keyword_of(const pv_yaml_node *node)
{
	const pv_yaml_node *key = node->key ? pv_yaml_resolve(node->key) : NULL;
	pv_str name = pv_str_of("schema");

	if (key) {
		name.ptr = key->text;
		name.len = key->len > 60 ? 60 : key->len;
	}
	return name;
}

static int break_at(struct compare *ctx, const pv_yaml_node *node,
		    const char *what)
{
	pv_str name = keyword_of(node);
	pv_buf path = { 0 };
	int rc = pv_yaml_path(&path, node, ctx->err);

	if (rc == PV_OK)
		rc = pv_bump_break(ctx->bump, ctx->breaking, pv_buf_text(&path),
				   ctx->err, "\"%.*s\" %s", (int)name.len,
				   name.ptr, what);
	pv_buf_dispose(&path);
	return rc;
}

/* Records a change of the values that fit; `node` is what changed. */
static int conclude(struct compare *ctx, enum change change,
		    const pv_yaml_node *node)
{
	enum change harm = ctx->role == PV_SCHEMA_TAKES ? NARROWER : WIDER;

	if (change == SAME)
		return PV_OK;
	pv_bump_raise(ctx->bump, PV_BUMP_MINOR);
	if (!(change & harm))
		return PV_OK;
	if (change == OTHERWISE)
		return break_at(ctx, node, "changed in a way that may break");
	return break_at(ctx, node,
			harm == NARROWER ? "accepts less than before"
					 : "allows more than before");
}

/* What the coming or going of a keyword that restricts does. */
static enum change presence(const pv_yaml_node *before, const pv_yaml_node *after)
{
	if (!before)
		return NARROWER;
	return after ? OTHERWISE : WIDER;
}

static int judge_assertion(struct compare *ctx, const pv_yaml_node *before,
			   const pv_yaml_node *after)
{
	return conclude(ctx, presence(before, after), after ? after : before);
}

static int judge_annotation(struct compare *ctx, const pv_yaml_node *before,
			    const pv_yaml_node *after)
{
	(void)before;
	(void)after;
	pv_bump_raise(ctx->bump, PV_BUMP_PATCH);
	return PV_OK;
}

static int judge_default(struct compare *ctx, const pv_yaml_node *before,
			 const pv_yaml_node *after)
{
	(void)before;
	(void)after;
	pv_bump_raise(ctx->bump, PV_BUMP_MINOR);
	return PV_OK;
}

/* --- type ----------------------------------------------------------------- */

enum {
	TYPE_INTEGER = 1,
	TYPE_FRACTION = 2,
	TYPE_ALL = 0x7F
};

static unsigned type_bits_of(const pv_yaml_node *node)
{
	static const struct {
		const char *name;
		unsigned bits;
	} rows[] = {
		{ "any", TYPE_ALL },
		{ "integer", TYPE_INTEGER },
		{ "number", TYPE_INTEGER | TYPE_FRACTION },
		{ "string", 4 },
		{ "boolean", 8 },
		{ "array", 16 },
		{ "object", 32 },
		{ "null", 64 },
	};

	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (pv_node_is(node, rows[i].name))
			return rows[i].bits;
	return 0;
}

static unsigned type_bits(const pv_yaml_node *node)
{
	unsigned bits = 0;

	if (!node)
		return TYPE_ALL;
	node = pv_yaml_resolve(node);
	if (node->kind != PV_YAML_SEQUENCE)
		return type_bits_of(node);
	for (const pv_yaml_node *child = node->first; child; child = child->next)
		bits |= type_bits_of(child);
	return bits;
}

static int judge_type(struct compare *ctx, const pv_yaml_node *before,
		      const pv_yaml_node *after)
{
	unsigned old_bits = type_bits(before);
	unsigned new_bits = type_bits(after);
	unsigned change = SAME;

	if (old_bits & ~new_bits)
		change |= NARROWER;
	if (new_bits & ~old_bits)
		change |= WIDER;
	return conclude(ctx, (enum change)change, after ? after : before);
}

/* --- enum, required ------------------------------------------------------- */

enum {
	MAX_PAIRS = 1000000
}; /* beyond, lists are only told to differ */

/* Whether `list` lacks some element of `other`. */
static int lacks(int *out, const pv_yaml_node *list, const pv_yaml_node *other,
		 pv_error *err)
{
	int rc = PV_OK;

	*out = 0;
	for (const pv_yaml_node *wanted = other->first;
	     wanted && !*out && rc == PV_OK; wanted = wanted->next) {
		int is_there = 0;

		for (const pv_yaml_node *child = list->first;
		     child && !is_there && rc == PV_OK; child = child->next)
			rc = pv_node_equal(&is_there, child, wanted, err);
		*out = !is_there;
	}
	return rc;
}

static int is_comparable(const pv_yaml_node *before, const pv_yaml_node *after)
{
	return before && after && before->kind == PV_YAML_SEQUENCE &&
	       after->kind == PV_YAML_SEQUENCE &&
	       before->count * after->count <= MAX_PAIRS;
}

/* `if_lost` is what an element of `before` that `after` lacks means. */
static int judge_set(struct compare *ctx, const pv_yaml_node *before,
		     const pv_yaml_node *after, enum change if_lost)
{
	const pv_yaml_node *old_list = before ? pv_yaml_resolve(before) : NULL;
	const pv_yaml_node *new_list = after ? pv_yaml_resolve(after) : NULL;
	unsigned change = SAME;
	int is_lost = 0;
	int is_new = 0;
	int rc;

	if (!is_comparable(old_list, new_list))
		return judge_assertion(ctx, before, after);
	rc = lacks(&is_lost, new_list, old_list, ctx->err);
	if (rc == PV_OK)
		rc = lacks(&is_new, old_list, new_list, ctx->err);
	if (rc < 0)
		return rc;
	if (is_lost)
		change |= if_lost;
	if (is_new)
		change |= OTHERWISE & ~if_lost;
	return conclude(ctx, (enum change)change, after);
}

static int judge_enum(struct compare *ctx, const pv_yaml_node *before,
		      const pv_yaml_node *after)
{
	return judge_set(ctx, before, after, NARROWER);
}

static int judge_required(struct compare *ctx, const pv_yaml_node *before,
			  const pv_yaml_node *after)
{
	return judge_set(ctx, before, after, WIDER);
}

/* --- bounds --------------------------------------------------------------- */

/* `if_raised` is what a greater bound means. */
static int judge_bound(struct compare *ctx, const pv_yaml_node *before,
		       const pv_yaml_node *after, enum change if_raised)
{
	const pv_yaml_node *low = before ? pv_yaml_resolve(before) : NULL;
	const pv_yaml_node *high = after ? pv_yaml_resolve(after) : NULL;
	pv_decimal x;
	pv_decimal y;
	int order;

	if (!low || !high || low->kind != PV_YAML_SCALAR ||
	    high->kind != PV_YAML_SCALAR ||
	    pv_decimal_parse(&x, (pv_str){ low->text, low->len }, NULL) < 0 ||
	    pv_decimal_parse(&y, (pv_str){ high->text, high->len }, NULL) < 0)
		return judge_assertion(ctx, before, after);
	order = pv_decimal_cmp(&x, &y);
	if (!order)
		return PV_OK;
	return conclude(ctx,
			order < 0 ? if_raised
				  : (enum change)(OTHERWISE & ~if_raised),
			after);
}

static int judge_lower(struct compare *ctx, const pv_yaml_node *before,
		       const pv_yaml_node *after)
{
	return judge_bound(ctx, before, after, NARROWER);
}

static int judge_upper(struct compare *ctx, const pv_yaml_node *before,
		       const pv_yaml_node *after)
{
	return judge_bound(ctx, before, after, WIDER);
}

/* --- schemas in schemas --------------------------------------------------- */

static int compare_schemas(struct compare *ctx, const pv_yaml_node *before,
			   const pv_yaml_node *after, const char *const *skip);

static int judge_schema(struct compare *ctx, const pv_yaml_node *before,
			const pv_yaml_node *after)
{
	return compare_schemas(ctx, before, after, NULL);
}

/* Properties that came or stayed; a new one is for those who know it. */
static int compare_new_properties(struct compare *ctx, pv_finder *old_ones,
				  const pv_yaml_node *after)
{
	int rc = PV_OK;

	for (const pv_yaml_node *child = after->first; child && rc == PV_OK;
	     child = child->next) {
		const pv_yaml_node *old = pv_finder_find(old_ones, child->key);

		if (old)
			rc = compare_schemas(ctx, old, child, NULL);
		else
			pv_bump_raise(ctx->bump, PV_BUMP_MINOR);
	}
	return rc;
}

static int report_lost_properties(struct compare *ctx, pv_finder *new_ones,
				  const pv_yaml_node *before)
{
	int rc = PV_OK;

	for (const pv_yaml_node *child = before->first; child && rc == PV_OK;
	     child = child->next)
		if (!pv_finder_find(new_ones, child->key))
			rc = break_at(ctx, child, "was removed");
	return rc;
}

static int judge_properties(struct compare *ctx, const pv_yaml_node *before,
			    const pv_yaml_node *after)
{
	pv_finder old_ones;
	pv_finder new_ones;
	int rc = pv_finder_init(&old_ones, before, ctx->err);

	if (pv_finder_init(&new_ones, after, ctx->err) < 0)
		rc = PV_ENOMEM;
	if (rc == PV_OK && new_ones.mapping)
		rc = compare_new_properties(ctx, &old_ones, new_ones.mapping);
	if (rc == PV_OK && old_ones.mapping)
		rc = report_lost_properties(ctx, &new_ones, old_ones.mapping);
	pv_finder_dispose(&old_ones);
	pv_finder_dispose(&new_ones);
	return rc;
}

/* Sorted by name; every other keyword is judged as an assertion. */
static const struct keyword keywords[] = {
	{ "$comment", judge_annotation },
	{ "additionalProperties", judge_schema },
	{ "default", judge_default },
	{ "deprecated", judge_annotation },
	{ "description", judge_annotation },
	{ "enum", judge_enum },
	{ "example", judge_annotation },
	{ "examples", judge_annotation },
	{ "exclusiveMaximum", judge_upper },
	{ "exclusiveMinimum", judge_lower },
	{ "items", judge_schema },
	{ "maxItems", judge_upper },
	{ "maxLength", judge_upper },
	{ "maxProperties", judge_upper },
	{ "maximum", judge_upper },
	{ "minItems", judge_lower },
	{ "minLength", judge_lower },
	{ "minProperties", judge_lower },
	{ "minimum", judge_lower },
	{ "properties", judge_properties },
	{ "required", judge_required },
	{ "title", judge_annotation },
	{ "type", judge_type },
};

static int judge_keyword(struct compare *ctx, const pv_yaml_node *key,
			 const pv_yaml_node *before, const pv_yaml_node *after)
{
	int is_same = 0;
	int rc = PV_OK;

	if (before && after)
		rc = pv_node_equal(&is_same, before, after, ctx->err);
	if (rc < 0 || is_same)
		return rc;
	for (size_t i = 0; i < pv_array_len(keywords); i++)
		if (pv_node_is(key, keywords[i].name))
			return keywords[i].judge(ctx, before, after);
	return judge_assertion(ctx, before, after);
}

/* --- one schema ----------------------------------------------------------- */

static int is_skipped(const pv_yaml_node *key, const char *const *skip)
{
	for (; skip && *skip; skip++)
		if (pv_node_is(key, *skip))
			return 1;
	return 0;
}

/* `false`, which nothing fits. Everything else that is no mapping is "true". */
static int is_false(const pv_yaml_node *schema)
{
	return schema && pv_yaml_resolve(schema)->kind == PV_YAML_SCALAR &&
	       pv_yaml_resolve(schema)->type == PV_YAML_BOOL &&
	       (pv_yaml_resolve(schema)->text[0] | 0x20) == 'f';
}

static int compare_keywords(struct compare *ctx, pv_finder *before,
			    pv_finder *after, const char *const *skip)
{
	const pv_yaml_node *child = after->mapping ? after->mapping->first : NULL;
	int rc = PV_OK;

	for (; child && rc == PV_OK; child = child->next)
		if (!is_skipped(child->key, skip))
			rc = judge_keyword(ctx, child->key,
					   pv_finder_find(before, child->key),
					   child);
	child = before->mapping ? before->mapping->first : NULL;
	for (; child && rc == PV_OK; child = child->next)
		if (!is_skipped(child->key, skip) &&
		    !pv_finder_find(after, child->key))
			rc = judge_keyword(ctx, child->key, child, NULL);
	return rc;
}

static int compare_schemas(struct compare *ctx, const pv_yaml_node *before,
			   const pv_yaml_node *after, const char *const *skip)
{
	pv_finder old_one;
	pv_finder new_one;
	int rc;

	if (is_false(before) != is_false(after))
		return conclude(ctx, is_false(after) ? NARROWER : WIDER,
				after ? after : before);
	rc = pv_finder_init(&old_one, before, ctx->err);
	if (pv_finder_init(&new_one, after, ctx->err) < 0)
		rc = PV_ENOMEM;
	if (rc == PV_OK)
		rc = compare_keywords(ctx, &old_one, &new_one, skip);
	pv_finder_dispose(&old_one);
	pv_finder_dispose(&new_one);
	return rc;
}

int pv_schema_step(enum pv_bump *bump, const pv_schema_pair *pair,
		   pv_report *breaking, pv_error *err)
{
	struct compare ctx = { 0 };

	ctx.bump = bump;
	ctx.role = pair->role;
	ctx.breaking = breaking;
	ctx.err = err;
	return compare_schemas(&ctx, pair->before, pair->after, pair->skip);
}
