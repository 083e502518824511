/* SPDX-License-Identifier: MIT
 *
 * Random schemas of few words, edits of them as people make them, and random
 * instances, of which many fit.
 */
#ifndef RANDOM_SCHEMA_H
#define RANDOM_SCHEMA_H

#include <pv/buf.h>

#include "base/json.h"

struct random {
	unsigned seed; /* what repeats it */
	uint64_t state;
	unsigned flip; /* counts down to the one choice that comes out otherwise */
};

static inline unsigned random_below(struct random *random, unsigned limit)
{
	random->state =
		random->state * 6364136223846793005U + 1442695040888963407U;
	if (random->flip && !--random->flip)
		return ((unsigned)(random->state >> 33) + 1) % limit;
	return (unsigned)(random->state >> 33) % limit;
}

static inline const char *random_of(struct random *random,
				    const char *const *list, size_t count)
{
	return list[random_below(random, (unsigned)count)];
}

#define RANDOM_OF(random, list) \
 random_of(random, list, sizeof(list) / sizeof((list)[0]))

static const char *const random_keys[] = { "a", "b", "c", "id" };
static const char *const random_scalars[] = { "null",
					      "true",
					      "false",
					      "0",
					      "1",
					      "2",
					      "3",
					      "-1",
					      "10",
					      "1.5",
					      "0.1",
					      "5e20",
					      "2.0",
					      "\"\"",
					      "\"a\"",
					      "\"ab\"",
					      "\"b\"",
					      "\"abc\"",
					      "\"2020-01-01\"",
					      "\"A1\"",
					      "\"12\"",
					      "\"\\u00e9\"" };

/* --- schemas ----------------------------------------------------------------------- */

static void random_schema(pv_buf *out, struct random *random, int depth);

/* ", " between keywords. */
static inline void random_key(pv_buf *out, const char *name)
{
	pv_buf_printf(out, "%s\"%s\": ",
		      out->len && out->ptr[out->len - 1] == '{' ? "" : ", ",
		      name);
}

static inline void random_list(pv_buf *out, struct random *random,
			       const char *name, int depth)
{
	unsigned count = 1 + random_below(random, 3);

	random_key(out, name);
	for (unsigned i = 0; i < count; i++) {
		pv_buf_puts(out, i ? ", " : "[");
		random_schema(out, random, depth - 1);
	}
	pv_buf_putc(out, ']');
}

static inline void random_number_rules(pv_buf *out, struct random *random)
{
	static const char *const names[] = { "minimum", "maximum",
					     "exclusiveMinimum",
					     "exclusiveMaximum", "multipleOf" };
	static const char *const values[] = { "-1", "0", "1",  "2",
					      "3",  "5", "10", "1.5" };
	const char *name = RANDOM_OF(random, names);

	random_key(out, name);
	if (name[1] == 'u')
		pv_buf_puts(out, random_below(random, 2) ? "2" : "0.5");
	else
		pv_buf_puts(out, RANDOM_OF(random, values));
}

static inline void random_string_rules(pv_buf *out, struct random *random)
{
	static const char *const patterns[] = { "^a",           "b$",
						"^[a-z]+$",     "^\\\\d+$",
						"^[A-Z]\\\\d$", "" };
	static const char *const formats[] = { "date", "email", "uri" };

	switch (random_below(random, 4)) {
	case 0:
		random_key(out, "minLength");
		pv_buf_printf(out, "%u", random_below(random, 3));
		break;
	case 1:
		random_key(out, "maxLength");
		pv_buf_printf(out, "%u", random_below(random, 4));
		break;
	case 2:
		random_key(out, "pattern");
		pv_buf_printf(out, "\"%s\"", RANDOM_OF(random, patterns));
		break;
	default:
		random_key(out, "format");
		pv_buf_printf(out, "\"%s\"", RANDOM_OF(random, formats));
		break;
	}
}

static inline void random_array_rules(pv_buf *out, struct random *random,
				      int depth)
{
	switch (random_below(random, 7)) {
	case 0:
		random_key(out, "minItems");
		pv_buf_printf(out, "%u", random_below(random, 3));
		break;
	case 1:
		random_key(out, "maxItems");
		pv_buf_printf(out, "%u", random_below(random, 4));
		break;
	case 2:
		random_list(out, random, "prefixItems", depth);
		break;
	case 3:
		random_key(out, "uniqueItems");
		pv_buf_puts(out, "true");
		break;
	case 4:
		random_key(out, "contains");
		random_schema(out, random, depth - 1);
		if (random_below(random, 2)) {
			random_key(out, random_below(random, 2) ? "minContains"
								: "maxContains");
			pv_buf_printf(out, "%u", random_below(random, 3));
		}
		break;
	default:
		random_key(out, random_below(random, 6) ? "items"
							: "unevaluatedItems");
		random_schema(out, random, depth - 1);
		break;
	}
}

static inline void random_members(pv_buf *out, struct random *random,
				  const char *name, int depth)
{
	int is_first = 1;

	random_key(out, name);
	pv_buf_putc(out, '{');
	for (size_t i = 0; i < sizeof(random_keys) / sizeof(random_keys[0]); i++) {
		if (random_below(random, 2))
			continue;
		pv_buf_printf(out, "%s\"%s\": ", is_first ? "" : ", ",
			      random_keys[i]);
		random_schema(out, random, depth - 1);
		is_first = 0;
	}
	pv_buf_putc(out, '}');
}

static inline void random_required(pv_buf *out, struct random *random)
{
	pv_buf_printf(out, "[\"%s\"]", RANDOM_OF(random, random_keys));
}

static inline void random_object_rules(pv_buf *out, struct random *random,
				       int depth)
{
	static const char *const patterns[] = { "^a", "b", "^[a-c]$", "i" };

	switch (random_below(random, 10)) {
	case 0:
		random_key(out, random_below(random, 2) ? "minProperties"
							: "maxProperties");
		pv_buf_printf(out, "%u", random_below(random, 4));
		break;
	case 1:
	case 2:
		random_key(out, "required");
		random_required(out, random);
		break;
	case 3:
		random_key(out, random_below(random, 4)
					? "additionalProperties"
					: "unevaluatedProperties");
		if (random_below(random, 2))
			pv_buf_puts(out, "false");
		else
			random_schema(out, random, depth - 1);
		break;
	case 4:
		random_key(out, "patternProperties");
		pv_buf_printf(out, "{\"%s\": ", RANDOM_OF(random, patterns));
		random_schema(out, random, depth - 1);
		pv_buf_putc(out, '}');
		break;
	case 5:
		random_key(out, "propertyNames");
		pv_buf_printf(out, "{\"pattern\": \"%s\"}",
			      RANDOM_OF(random, patterns));
		break;
	case 6:
		random_key(out, "dependentRequired");
		pv_buf_printf(out, "{\"%s\": ", RANDOM_OF(random, random_keys));
		random_required(out, random);
		pv_buf_putc(out, '}');
		break;
	case 7:
		random_key(out, "dependentSchemas");
		pv_buf_printf(out, "{\"%s\": ", RANDOM_OF(random, random_keys));
		random_schema(out, random, depth - 1);
		pv_buf_putc(out, '}');
		break;
	default:
		random_members(out, random, "properties", depth);
		break;
	}
}

static inline void random_logic(pv_buf *out, struct random *random, int depth)
{
	switch (random_below(random, 7)) {
	case 0:
		random_list(out, random, "allOf", depth);
		break;
	case 1:
	case 2:
		random_list(out, random, "anyOf", depth);
		break;
	case 3:
		random_list(out, random, "oneOf", depth);
		break;
	case 4:
		random_key(out, "not");
		random_schema(out, random, depth - 1);
		break;
	case 5:
		random_key(out, "if");
		random_schema(out, random, depth - 1);
		random_key(out, random_below(random, 2) ? "then" : "else");
		random_schema(out, random, depth - 1);
		break;
	default:
		random_key(out, "$ref");
		pv_buf_puts(out, random_below(random, 2) ? "\"#/$defs/d\""
							 : "\"#/$defs/e\"");
		break;
	}
}

static inline void random_enum(pv_buf *out, struct random *random)
{
	unsigned count = 1 + random_below(random, 4);

	random_key(out, "enum");
	for (unsigned i = 0; i < count; i++)
		pv_buf_printf(out, "%s%s", i ? ", " : "[",
			      RANDOM_OF(random, random_scalars));
	pv_buf_puts(out, "]");
}

/* One keyword that `seen` (bits of 6 kinds) does not have yet. */
static inline void random_rule(pv_buf *out, struct random *random, int depth,
			       unsigned *seen)
{
	unsigned kind = random_below(random, depth > 0 ? 6 : 3);

	if (*seen & 1U << kind)
		return;
	*seen |= 1U << kind;
	switch (kind) {
	case 0:
		random_number_rules(out, random);
		break;
	case 1:
		random_string_rules(out, random);
		break;
	case 2:
		random_enum(out, random);
		break;
	case 3:
		random_array_rules(out, random, depth);
		break;
	case 4:
		random_object_rules(out, random, depth);
		break;
	default:
		random_logic(out, random, depth);
		break;
	}
}

static void random_schema(pv_buf *out, struct random *random, int depth)
{
	static const char *const types[] = {
		"\"integer\"", "\"number\"",  "\"string\"",
		"\"array\"",   "\"object\"",  "\"boolean\"",
		"\"null\"",    "\"object\"",  "[\"string\", \"null\"]",
		"\"string\"",  "\"integer\"", "[\"number\", \"array\"]"
	};
	unsigned count = random_below(random, 3);
	unsigned seen = 0;

	if (!random_below(random, 12)) {
		pv_buf_puts(out, random_below(random, 3) ? "true" : "false");
		return;
	}
	pv_buf_putc(out, '{');
	if (random_below(random, 4)) {
		random_key(out, "type");
		pv_buf_puts(out, RANDOM_OF(random, types));
	}
	for (unsigned i = 0; i < count; i++)
		random_rule(out, random, depth, &seen);
	pv_buf_putc(out, '}');
}

/* --- schemas as people write them, and edits --------------------------------------- */

/* One property; some edits change what it says. */
static inline void plain_value(pv_buf *out, struct random *random, int edit,
			       int depth)
{
	unsigned low = random_below(random, 3);
	unsigned wide = edit == 1;
	unsigned narrow = edit == 2;

	switch (random_below(random, depth > 0 ? 7 : 5)) {
	case 0:
		pv_buf_printf(out,
			      "{\"type\": \"%s\", \"minimum\": %u, \"maximum\": %u}",
			      edit == 3 ? "number" : "integer", low,
			      low + 5 + wide - narrow);
		break;
	case 1:
		pv_buf_printf(out, "{\"type\": %s, \"maxLength\": %u}",
			      edit == 3 ? "[\"string\", \"null\"]" : "\"string\"",
			      low + 5 + wide - narrow);
		break;
	case 2:
		pv_buf_printf(out, "{\"enum\": [\"x\", \"y\"%s%s]}",
			      wide ? ", \"z\"" : "", narrow ? "" : ", \"w\"");
		break;
	case 3:
		pv_buf_printf(out, "{\"type\": \"string\"%s}",
			      edit == 2   ? ", \"format\": \"date\""
			      : edit == 3 ? ", \"pattern\": \"^[a-z]+$\""
					  : "");
		break;
	case 4:
		pv_buf_printf(out,
			      "{\"type\": \"boolean\", \"description\": \"%s\"}",
			      edit == 4 ? "new" : "old");
		break;
	case 5:
		pv_buf_printf(out,
			      "{\"type\": \"array\", \"maxItems\": %u, \"items\": ",
			      low + 3 + wide - narrow);
		plain_value(out, random, edit, depth - 1);
		pv_buf_putc(out, '}');
		break;
	default:
		pv_buf_puts(out, "{\"anyOf\": [{\"type\": \"null\"}, ");
		plain_value(out, random, edit, depth - 1);
		pv_buf_putc(out, ']');
		if (edit == 1)
			pv_buf_puts(out, ", \"title\": \"x\"");
		pv_buf_putc(out, '}');
		break;
	}
}

static inline void plain_schema(pv_buf *out, struct random *random, int edit)
{
	unsigned shape = random_below(random, 8);
	unsigned edited = random_below(random, 3);
	unsigned required = random_below(random, 8);
	int is_closed = shape & 1;
	int is_first = 1;

	pv_buf_puts(out, shape < 6 ? "{\"type\": \"object\", " : "{");
	if (shape == 4)
		pv_buf_puts(out, "\"allOf\": [{\"$ref\": \"#/$defs/base\"}], ");
	pv_buf_puts(out, "\"properties\": {");
	for (unsigned i = 0; i < 3; i++) {
		/* 5: one property less */
		pv_buf key = { 0 };
		pv_buf *to = edit == 5 && i == edited ? &key : out;

		if (to == out && !is_first)
			pv_buf_puts(out, ", ");
		pv_buf_printf(to, "\"%s\": ", random_keys[i]);
		plain_value(to, random, i == edited ? edit : -1, 2);
		is_first &= to != out;
		pv_buf_dispose(&key);
	}
	if (edit == 6)
		pv_buf_puts(out, ", \"more\": {\"type\": \"string\"}");
	pv_buf_puts(out, "}");
	pv_buf_puts(out, ", \"required\": [");
	if (edit == 7)
		required |= 1U << edited;
	if (edit == 8)
		required &= ~(1U << edited);
	is_first = 1;
	for (unsigned i = 0; i < 3; i++) {
		if (!(required & 1U << i))
			continue;
		pv_buf_printf(out, "%s\"%s\"", is_first ? "" : ", ",
			      random_keys[i]);
		is_first = 0;
	}
	pv_buf_puts(out, "]");
	if (edit == 9)
		is_closed = !is_closed;
	if (is_closed)
		pv_buf_puts(out, ", \"additionalProperties\": false");
	pv_buf_puts(out, ", \"$defs\": {\"base\": {\"minProperties\": 1}}}");
}

static inline void random_whole(pv_buf *out, struct random *random)
{
	pv_buf schema = { 0 };
	struct random defs = *random;

	random_schema(&schema, random, 3);
	if (schema.ptr[0] != '{') {
		pv_buf_clear(&schema);
		pv_buf_puts(&schema, "{}");
	}
	pv_buf_put(out, schema.ptr, schema.len - 1);
	pv_buf_puts(out, schema.len > 2 ? ", " : "");
	pv_buf_puts(out, "\"$defs\": {\"d\": ");
	random_schema(out, &defs, 1);
	pv_buf_puts(out, ", \"e\": {\"properties\": {\"a\": "
			 "{\"$ref\": \"#/$defs/e\"}}}}}");
	pv_buf_dispose(&schema);
}

/* One demand more, or one to choose from. */
static inline void random_more(pv_buf *out, struct random *random, const char *old)
{
	static const char *const words[] = { "allOf", "anyOf", "oneOf" };

	pv_buf_printf(out, "{\"%s\": [", RANDOM_OF(random, words));
	random_schema(out, random, 1);
	pv_buf_printf(out, ", %s], ", old);
	pv_buf_puts(out, "\"$defs\": {\"d\": true, \"e\": {}}}");
}

/* One of some records, most of which a member tells apart. */
static inline void random_choice(pv_buf *out, struct random *random)
{
	static const char *const rules[] = {
		"{\"enum\": [1]}", "{\"enum\": [2]}", "{\"enum\": [1, 3]}",
		"{\"const\": 2}",  "{\"const\": 3}",  "{\"type\": \"integer\"}"
	};
	unsigned count = 1 + random_below(random, 4);

	pv_buf_printf(out,
		      "{\"%s\": ", random_below(random, 3) ? "oneOf" : "anyOf");
	for (unsigned i = 0; i < count; i++) {
		pv_buf_puts(out, i ? ", {" : "[{");
		if (random_below(random, 5))
			pv_buf_puts(out, "\"type\": \"object\", ");
		pv_buf_printf(out, "\"properties\": {\"id\": %s, \"a\": ",
			      RANDOM_OF(random, rules));
		random_schema(out, random, 0);
		pv_buf_puts(out, "}");
		if (random_below(random, 4)) {
			random_key(out, "required");
			random_required(out, random);
		} else {
			pv_buf_puts(out, ", \"required\": [\"id\"]");
		}
		pv_buf_puts(out, "}");
	}
	pv_buf_puts(out, "], \"$defs\": {\"d\": true, \"e\": {}}}");
}

enum pair_kind {
	PAIR_EDIT, /* of a schema as people write them */
	PAIR_FLIP, /* of a random one */
	PAIR_MORE,
	PAIR_RANDOM,
	PAIR_CHOICE,
	PAIR_KINDS
};

static inline void random_pair(pv_buf texts[2], struct random *random,
			       enum pair_kind kind)
{
	unsigned is_forth = random_below(random, 2);
	struct random same = *random;

	if (kind == PAIR_EDIT) {
		int edit = (int)random_below(random, 10);

		same = *random;
		plain_schema(&texts[is_forth], random, -1);
		plain_schema(&texts[!is_forth], &same, edit);
		return;
	}
	if (kind == PAIR_CHOICE) {
		random_choice(&texts[0], random);
		if (is_forth)
			same.flip = 1 + random_below(random, 12);
		random_choice(&texts[1], is_forth ? &same : random);
		return;
	}
	random_whole(&texts[is_forth], random);
	if (kind == PAIR_FLIP) {
		same.flip = 1 + random_below(random, 30);
		random_whole(&texts[!is_forth], &same);
	} else if (kind == PAIR_MORE) {
		random_more(&texts[!is_forth], random,
			    pv_buf_text(&texts[is_forth]));
	} else {
		random_whole(&texts[!is_forth], random);
	}
}

/* --- instances --------------------------------------------------------------------- */

static inline void random_any(pv_buf *out, struct random *random, int depth)
{
	unsigned kind = random_below(random, depth > 0 ? 4 : 2);
	unsigned count = random_below(random, 4);
	int is_first = 1;

	if (kind < 2) {
		pv_buf_puts(out, RANDOM_OF(random, random_scalars));
		return;
	}
	pv_buf_putc(out, kind == 2 ? '[' : '{');
	for (unsigned i = 0; i < count; i++) {
		if (kind == 3 && random_below(random, 2))
			continue;
		if (!is_first)
			pv_buf_puts(out, ", ");
		if (kind == 3)
			pv_buf_printf(out, "\"%s\": ", random_keys[i]);
		random_any(out, random, depth - 1);
		is_first = 0;
	}
	pv_buf_putc(out, kind == 2 ? ']' : '}');
}

static inline void random_fit(pv_buf *out, struct random *random,
			      const pv_json *schema, int depth);

struct fit {
	pv_buf *out;
	struct random *random;
	const pv_json *required;
	int depth;
	int is_first;
};

static inline int random_fit_member(const char *key, const pv_json *value,
				    void *payload)
{
	struct fit *fit = payload;
	int is_needed = 0;

	for (size_t i = 0; i < pv_json_count(fit->required); i++)
		is_needed |=
			!strcmp(pv_json_text(pv_json_at(fit->required, i), NULL),
				key);
	if (!is_needed && random_below(fit->random, 2))
		return 0;
	pv_buf_printf(fit->out, "%s\"%s\": ", fit->is_first ? "" : ", ", key);
	random_fit(fit->out, fit->random, value, fit->depth - 1);
	fit->is_first = 0;
	return 0;
}

static inline void random_fit_typed(pv_buf *out, struct random *random,
				    const pv_json *schema, int depth,
				    const char *type)
{
	const pv_json *items = pv_json_get(schema, "items");
	struct fit fit = { out, random, pv_json_get(schema, "required"), depth,
			   1 };
	unsigned count = random_below(random, 4);

	if (!strcmp(type, "object")) {
		pv_buf_putc(out, '{');
		(void)pv_json_each(pv_json_get(schema, "properties"),
				   random_fit_member, &fit);
		if (!random_below(random, 4)) {
			pv_buf_puts(out,
				    fit.is_first ? "\"zz\": " : ", \"zz\": ");
			random_any(out, random, 1);
		}
		pv_buf_putc(out, '}');
	} else if (!strcmp(type, "array")) {
		for (unsigned i = 0; i < count; i++) {
			pv_buf_puts(out, i ? ", " : "[");
			random_fit(out, random, items, depth - 1);
		}
		pv_buf_puts(out, count ? "]" : "[]");
	} else if (!strcmp(type, "integer") || !strcmp(type, "number")) {
		int64_t low = pv_json_int(pv_json_get(schema, "minimum"), -2);

		pv_buf_printf(out, "%lld%s",
			      (long long)low + random_below(random, 10),
			      type[0] == 'n' && random_below(random, 2) ? ".5"
									: "");
	} else if (!strcmp(type, "boolean")) {
		pv_buf_puts(out, random_below(random, 2) ? "true" : "false");
	} else if (!strcmp(type, "string")) {
		pv_buf_printf(out, "\"%.*s\"", (int)random_below(random, 9),
			      random_below(random, 2) ? "abcdefghi"
						      : "A1b2c3d4e");
	} else {
		pv_buf_puts(out, "null");
	}
}

static inline void random_fit(pv_buf *out, struct random *random,
			      const pv_json *schema, int depth)
{
	const pv_json *choices = pv_json_get(schema, "enum");
	const pv_json *type = pv_json_get(schema, "type");
	const pv_json *any = pv_json_get(schema, "anyOf");
	const char *name;

	if (!any)
		any = pv_json_get(schema, "oneOf");
	if (depth <= 0 || !random_below(random, 12)) {
		random_any(out, random, 2);
		return;
	}
	if (pv_json_count(choices)) {
		(void)pv_json_dump(out,
				   pv_json_at(choices,
					      random_below(random,
							   (unsigned)pv_json_count(
								   choices))),
				   NULL);
		return;
	}
	if (pv_json_count(any)) {
		random_fit(out, random,
			   pv_json_at(any,
				      random_below(random,
						   (unsigned)pv_json_count(any))),
			   depth - 1);
		return;
	}
	if (pv_json_type_of(type) == PV_JSON_ARRAY)
		type = pv_json_at(type, random_below(random, 2));
	name = pv_json_text(type, NULL);
	if (!name && pv_json_get(schema, "properties"))
		name = "object";
	if (name)
		random_fit_typed(out, random, schema, depth, name);
	else
		random_any(out, random, 2);
}

static inline void random_instance(pv_buf *out, struct random *random,
				   const char *schema)
{
	pv_json_doc *doc = NULL;

	if (random_below(random, 3) &&
	    pv_json_parse(&doc, schema, strlen(schema), NULL) == PV_OK)
		random_fit(out, random, pv_json_root(doc), 6);
	else
		random_any(out, random, 3);
	pv_json_free(doc);
}

#endif
