/* SPDX-License-Identifier: MIT
 *
 * The step between two JSON Schemas of a prompt. Whether the change breaks is
 * asked of what they mean (schema/), with the files they refer to; what is not
 * known counts as breaking, since the step of a version must not be too small.
 * A change that does not break is minor, unless only notes for readers differ.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pv/schema.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "prompt/compare.h"
#include "prompt/model.h"
#include "schema/compare.h"

enum {
	SHOWN = 100,     /* bytes of an instance in a message */
	MAX_NAMED = 100, /* changes that break */
	MAX_FILE = 16 << 20
};

void pv_bump_raise(enum pv_bump *bump, enum pv_bump to)
{
	if (*bump < to)
		*bump = to;
}

int pv_bump_break(enum pv_bump *bump, pv_report *breaking, const char *path,
		  pv_error *err, const char *format, ...)
{
	char message[512];
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

struct step {
	enum pv_bump *bump;
	const pv_schema_pair *pair;
	pv_report *breaking;
	pv_error *err;
};

/* --- notes ----------------------------------------------------------------- */

static int is_among(const pv_yaml_node *key, const char *const *names)
{
	for (; *names; names++)
		if (pv_node_is(key, *names))
			return 1;
	return 0;
}

/* Keywords that only readers see. */
static const char *const notes[] = { "$comment", "deprecated", "description",
				     "example",  "examples",   "title",
				     "readOnly", "writeOnly",  NULL };
/* Keywords whose members have names that are no keywords. */
static const char *const maps[] = { "$defs",
				    "definitions",
				    "properties",
				    "patternProperties",
				    "dependentSchemas",
				    NULL };
/* Keywords whose values are data. */
static const char *const data[] = { "const", "default", "enum", NULL };

static int differ(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		  int is_map, pv_error *err);

static int differ_data(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		       pv_error *err)
{
	int is_equal = 0;
	int rc = pv_node_equal(&is_equal, a, b, err);

	*out = !is_equal;
	return rc;
}

/* Whether a member of `a` is another one in `b`, which may be NULL. */
static int differ_members(int *out, const pv_yaml_node *a,
			  const pv_yaml_node *b, int is_map, pv_error *err)
{
	pv_finder others;
	int rc = pv_finder_init(&others, b, err);

	for (const pv_yaml_node *child = a->first;
	     child && !*out && rc == PV_OK; child = child->next) {
		const pv_yaml_node *other = pv_finder_find(&others, child->key);

		if (!is_map && is_among(child->key, notes))
			continue;
		if (!other)
			*out = 1;
		else if (!is_map && is_among(child->key, data))
			rc = differ_data(out, child, other, err);
		else
			rc = differ(out, child, other,
				    !is_map && is_among(child->key, maps), err);
	}
	pv_finder_dispose(&others);
	return rc;
}

static int differ_elements(int *out, const pv_yaml_node *a,
			   const pv_yaml_node *b, pv_error *err)
{
	int rc = PV_OK;

	*out = a->count != b->count;
	a = a->first;
	for (b = b->first; a && b && !*out && rc == PV_OK;
	     a = a->next, b = b->next)
		rc = differ(out, a, b, 0, err);
	return rc;
}

/* Whether two schemas differ in more than notes. */
static int differ(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		  int is_map, pv_error *err)
{
	int rc;

	*out = 0;
	a = pv_yaml_resolve(a);
	b = pv_yaml_resolve(b);
	if (a->kind == PV_YAML_SEQUENCE && b->kind == PV_YAML_SEQUENCE)
		return differ_elements(out, a, b, err);
	if (a->kind != PV_YAML_MAPPING || b->kind != PV_YAML_MAPPING)
		return differ_data(out, a, b, err);
	rc = differ_members(out, a, b, is_map, err);
	if (rc == PV_OK && !*out)
		rc = differ_members(out, b, a, is_map, err);
	return rc;
}

/* --- a schema as JSON ---------------------------------------------------------- */

static int is_skipped(const pv_schema_pair *pair, const pv_yaml_node *child)
{
	const pv_yaml_node *value = pv_yaml_resolve(child);

	if (!pair->skip || is_among(child->key, pair->skip))
		return pair->skip != NULL;
	/* "any" is our word for a type that is not said. */
	if (!pv_node_is(child->key, "type"))
		return 0;
	if (value->kind != PV_YAML_SEQUENCE)
		return pv_node_is(value, "any");
	for (child = value->first; child; child = child->next)
		if (pv_node_is(child, "any"))
			return 1;
	return 0;
}

/* The members of the declaration of a variable that are a schema's. */
static int put_members(pv_buf *out, const pv_schema_pair *pair,
		       const pv_yaml_node *schema, pv_error *err)
{
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	for (const pv_yaml_node *child = schema->first; child && rc == PV_OK;
	     child = child->next) {
		const pv_yaml_node *key = pv_yaml_resolve(child->key);
		pv_buf value = { 0 };

		if (is_skipped(pair, child))
			continue;
		rc = pv_yaml_to_json(&value, child, err);
		pv_jsonw_keyn(&w, key->text, key->len);
		pv_jsonw_raw(&w, pv_buf_text(&value), value.len);
		pv_buf_dispose(&value);
	}
	pv_jsonw_object_end(&w);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

static int put_schema(pv_buf *out, const pv_schema_pair *pair,
		      const pv_yaml_node *schema, pv_error *err)
{
	const pv_yaml_node *node = schema ? pv_yaml_resolve(schema) : NULL;

	/* Nothing, and what is no schema, allows anything. */
	if (!node || node->kind == PV_YAML_SEQUENCE ||
	    (node->kind == PV_YAML_SCALAR && node->type != PV_YAML_BOOL)) {
		pv_buf_puts(out, "true");
		return pv_buf_status(out, err);
	}
	if (node->kind == PV_YAML_MAPPING && pair->skip)
		return put_members(out, pair, node, err);
	return pv_yaml_to_json(out, node, err);
}

/* --- with what it refers to ------------------------------------------------------- */

/* One side, and all the texts that it was made of. */
struct side {
	const pv_impact_options *opts;
	int is_after;
	pv_schema *schema;
	pv_buf json;
	pv_buf texts;
	pv_error why; /* it is no schema */
};

static int is_yaml_name(const char *path)
{
	return pv_str_has_suffix(path, ".yaml") ||
	       pv_str_has_suffix(path, ".yml");
}

static int from_yaml(pv_buf *out, const pv_buf *text, pv_error *err)
{
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);

	if (rc == PV_OK)
		rc = pv_yaml_to_json(out, pv_yaml_root(doc), err);
	pv_yaml_free(doc);
	return rc;
}

static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	struct side *side = payload;
	pv_buf text = { .max = MAX_FILE };
	size_t start = out->len;
	int rc = PV_ENOTFOUND;

	if (side->opts && side->opts->load && !strchr(uri, ':'))
		rc = side->opts->load(&text, uri, side->is_after,
				      side->opts->payload, err);
	if (rc == PV_OK && is_yaml_name(uri))
		rc = from_yaml(out, &text, err);
	else if (rc == PV_OK)
		pv_buf_put(out, text.ptr, text.len);
	if (rc == PV_OK) {
		pv_buf_printf(&side->texts, "\n%s\n", uri);
		pv_buf_put(&side->texts, pv_buf_text(out) + start,
			   out->len - start);
	}
	pv_buf_dispose(&text);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* PV_OK also for what is no schema: then `side->schema` is NULL. */
static int compile(struct side *side, const pv_schema_pair *pair, pv_error *err)
{
	pv_schema_options how = { .assert_formats = 1,
				  .load = load,
				  .payload = side };
	int rc = put_schema(&side->json, pair,
			    side->is_after ? pair->after : pair->before, err);

	side->opts = pair->opts;
	if (rc < 0)
		return rc;
	pv_buf_put(&side->texts, side->json.ptr, side->json.len);
	rc = pv_schema_new(&side->schema, pv_buf_text(&side->json),
			   side->json.len, &how, &side->why);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	return pv_buf_status(&side->texts, err);
}

static void dispose(struct side *side)
{
	pv_schema_free(side->schema);
	pv_buf_dispose(&side->json);
	pv_buf_dispose(&side->texts);
}

static int is_same_text(const struct side *a, const struct side *b)
{
	pv_str x = { a->texts.ptr, a->texts.len };
	pv_str y = { b->texts.ptr, b->texts.len };

	return pv_str_eq(x, y);
}

/* --- what breaks ------------------------------------------------------------------- */

/* Appends ".properties.a" for "/properties/a", "[1]" for a number in a list. */
static void put_path(pv_buf *out, const char *pointer)
{
	while (*pointer == '/') {
		size_t len = strcspn(++pointer, "/");
		int is_index = len && strspn(pointer, "0123456789") == len;

		pv_buf_puts(out, is_index ? "[" : ".");
		for (size_t i = 0; i < len; i++)
			if (pointer[i] != '~' || i + 1 == len)
				pv_buf_putc(out, pointer[i]);
			else
				pv_buf_putc(out, pointer[++i] == '1' ? '/' : '~');
		if (is_index)
			pv_buf_putc(out, ']');
		pointer += len;
	}
}

/* The last keyword on the way to a place: "enum". */
static const char *keyword_of(const pv_schema_comparison *found)
{
	const char *path = pv_buf_text(&found->schema_path);
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : "schema";
}

static int break_unknown(struct step *step, const char *path,
			 const char *keyword, const char *why)
{
	return pv_bump_break(step->bump, step->breaking, path, step->err,
			     "\"%.60s\" changed in a way that may break: %.300s",
			     keyword, why);
}

static int break_found(struct step *step, const char *path,
		       const pv_schema_comparison *found)
{
	int is_input = step->pair->role == PV_SCHEMA_TAKES;
	const char *witness = pv_buf_text(&found->witness);
	size_t len = found->witness.len;

	/* No character is cut in two. */
	while (len > SHOWN || (len < found->witness.len && len &&
			       ((unsigned char)witness[len] & 0xC0) == 0x80))
		len--;
	return pv_bump_break(step->bump, step->breaking, path, step->err,
			     "\"%.60s\" %s than before: %.*s%s (%s %.220s)",
			     keyword_of(found),
			     is_input ? "accepts less" : "allows more", (int)len,
			     witness, len < found->witness.len ? "..." : "",
			     is_input ? "now" : "before,",
			     pv_buf_text(&found->reason));
}

/* Where in the prompt the place of a schema is: "output.schema.required". */
static int put_place(pv_buf *out, const struct step *step, const char *place)
{
	const char *hash = strchr(place, '#');

	pv_buf_puts(out, step->pair->path);
	if (hash == place)
		put_path(out, hash + 1);
	else if (hash) /* in a file that it refers to */
		pv_buf_printf(out, " (%s)", place);
	return pv_buf_status(out, step->err);
}

static int conclude(struct step *step, const pv_schema_comparison *found)
{
	pv_buf path = { 0 };
	int rc = put_place(&path, step, pv_buf_text(&found->schema_path));

	if (rc == PV_OK && found->answer == PV_SCHEMA_UNKNOWN)
		rc = break_unknown(step, pv_buf_text(&path), keyword_of(found),
				   pv_buf_text(&found->reason));
	else if (rc == PV_OK)
		rc = break_found(step, pv_buf_text(&path), found);
	pv_buf_dispose(&path);
	return rc;
}

/* --- the same property by property ------------------------------------------------ */

/* Whether something was said of this place, and of `name` if there is one. */
static int is_named(const struct step *step, const char *path, const char *name)
{
	for (size_t i = 0; i < pv_report_count(step->breaking); i++) {
		const pv_finding *one = pv_report_at(step->breaking, i);

		if (!strcmp(one->file, path) &&
		    (!name || strstr(one->message, name)))
			return 1;
	}
	return 0;
}

static int has_room(const struct step *step)
{
	return pv_report_count(step->breaking) < MAX_NAMED;
}

static int name_part(const pv_schema_comparison *found, void *payload,
		     pv_error *err)
{
	struct step *step = payload;
	pv_buf path = { 0 };
	int rc = put_place(&path, step, pv_buf_text(&found->schema_path));

	(void)err;
	if (rc == PV_OK && has_room(step) &&
	    !is_named(step, pv_buf_text(&path), NULL))
		rc = conclude(step, found);
	pv_buf_dispose(&path);
	return rc;
}

static int name_required(const char *schema_path, pv_str key, void *payload,
			 pv_error *err)
{
	struct step *step = payload;
	int is_input = step->pair->role == PV_SCHEMA_TAKES;
	pv_buf path = { 0 };
	pv_buf name = { 0 };
	int rc = put_place(&path, step, schema_path);

	pv_buf_printf(&name, "`%.*s`", key.len > 60 ? 60 : (int)key.len, key.ptr);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, err);
	if (rc == PV_OK && has_room(step) &&
	    !is_named(step, pv_buf_text(&path), pv_buf_text(&name)))
		rc = pv_bump_break(step->bump, step->breaking, pv_buf_text(&path),
				   err, "\"required\" %s than before: %s %s",
				   is_input ? "accepts less" : "allows more",
				   pv_buf_text(&name),
				   is_input ? "has to be there now"
					    : "need not be there");
	pv_buf_dispose(&path);
	pv_buf_dispose(&name);
	return rc;
}

static int compare_meaning(struct step *step, struct side *before,
			   struct side *after)
{
	struct pv_schema_finds finds = { name_part, name_required, step };
	enum pv_schema_side side = step->pair->role == PV_SCHEMA_TAKES
					   ? PV_SCHEMA_INPUT
					   : PV_SCHEMA_OUTPUT;
	pv_schema_comparison found = { 0 };
	int rc;

	if (!before->schema || !after->schema)
		return break_unknown(step, step->pair->path, "schema",
				     after->schema ? before->why.message
						   : after->why.message);
	rc = pv_schema_compare(&found, before->schema, after->schema, side,
			       step->err);
	if (rc == PV_OK && found.answer != PV_SCHEMA_COMPATIBLE) {
		rc = conclude(step, &found);
		if (rc == PV_OK && step->breaking)
			rc = pv_schema_compare_parts(&finds, before->schema,
						     after->schema, side,
						     step->err);
	}
	pv_schema_comparison_dispose(&found);
	return rc;
}

/* --- properties that are gone ------------------------------------------------------- */

static int lost(struct step *step, const pv_yaml_node *before,
		const pv_yaml_node *after);

static int lost_properties(struct step *step, const pv_yaml_node *before,
			   const pv_yaml_node *after)
{
	pv_finder others;
	int rc = pv_finder_init(&others, after, step->err);

	before = pv_yaml_resolve(before);
	for (const pv_yaml_node *child =
		     before->kind == PV_YAML_MAPPING ? before->first : NULL;
	     child && rc == PV_OK; child = child->next) {
		const pv_yaml_node *other = pv_finder_find(&others, child->key);
		const pv_yaml_node *key = pv_yaml_resolve(child->key);
		pv_buf path = { 0 };

		if (other) {
			rc = lost(step, child, other);
			continue;
		}
		rc = pv_yaml_path(&path, child, step->err);
		if (rc == PV_OK)
			rc = pv_bump_break(step->bump, step->breaking,
					   pv_buf_text(&path), step->err,
					   "\"%.*s\" was removed",
					   key->len > 60 ? 60 : (int)key->len,
					   key->text);
		pv_buf_dispose(&path);
	}
	pv_finder_dispose(&others);
	return rc;
}

/*
 * A reader who was told of a property misses it, even where the schema would
 * still allow any value there.
 */
static int lost(struct step *step, const pv_yaml_node *before,
		const pv_yaml_node *after)
{
	const pv_yaml_node *old_ones = pv_yaml_get(before, "properties");
	const pv_yaml_node *new_ones = pv_yaml_get(after, "properties");
	int rc = PV_OK;

	if (old_ones && (new_ones || !pv_yaml_get(after, "$ref")))
		rc = lost_properties(step, old_ones, new_ones);
	old_ones = pv_yaml_get(before, "items");
	new_ones = pv_yaml_get(after, "items");
	if (rc == PV_OK && old_ones && new_ones)
		rc = lost(step, old_ones, new_ones);
	return rc;
}

/* --- one schema --------------------------------------------------------------- */

static int compare(struct step *step)
{
	struct side before = { 0 };
	struct side after = { .is_after = 1 };
	int rc = compile(&before, step->pair, step->err);

	if (rc == PV_OK)
		rc = compile(&after, step->pair, step->err);
	if (rc == PV_OK && !is_same_text(&before, &after))
		rc = compare_meaning(step, &before, &after);
	dispose(&before);
	dispose(&after);
	return rc;
}

/* Whether nothing in the file itself changed but notes. */
static int note_change(struct step *step)
{
	const pv_schema_pair *pair = step->pair;
	const pv_yaml_node *one = pair->before ? pair->before : pair->after;
	int is_changed = 1;
	int rc = PV_OK;

	if (pair->before && pair->after) {
		rc = differ(&is_changed, pair->before, pair->after, 0, step->err);
	} else if (pv_yaml_resolve(one)->kind == PV_YAML_MAPPING) {
		is_changed = 0;
		rc = differ_members(&is_changed, pv_yaml_resolve(one), NULL, 0,
				    step->err);
	}
	if (rc == PV_OK)
		pv_bump_raise(step->bump,
			      is_changed ? PV_BUMP_MINOR : PV_BUMP_PATCH);
	return rc;
}

int pv_schema_step(enum pv_bump *bump, const pv_schema_pair *pair,
		   pv_report *breaking, pv_error *err)
{
	struct step step = { 0 };
	int is_same = 0;
	int rc = pv_node_same(&is_same, pair->before, pair->after, err);

	step.bump = bump;
	step.pair = pair;
	step.breaking = breaking;
	step.err = err;
	if (rc == PV_OK && !is_same)
		rc = note_change(&step);
	/* Files that it refers to may have changed. */
	if (rc == PV_OK && (!is_same || (pair->opts && pair->opts->load)) &&
	    (pair->before || pair->after))
		rc = compare(&step);
	if (rc == PV_OK && !is_same && pair->role == PV_SCHEMA_GIVES &&
	    pair->before && pair->after)
		rc = lost(&step, pair->before, pair->after);
	return rc;
}
