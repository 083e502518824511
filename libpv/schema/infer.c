/* SPDX-License-Identifier: MIT
 *
 * A schema of data. Each place of the instances seen has one record of what
 * was there; what is said of it in the end holds for all of them, since it
 * only ever says what no instance contradicted.
 */
#include "base/fail.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "schema/format.h"
#include "schema/schema.h"
#include "schema/value.h"

enum {
	MAX_CHOICES = 10,
	MAX_CHOICE = 64, /* bytes of one of them */
	OFTEN = 3,       /* times a choice is seen, on average */
	MAX_KEYS = 1000, /* of one object; others are left open */
	MAX_DEPTH = 30,  /* what is deeper is left open */
	MAX_PLACES = 50000
};

/* The formats that are looked for; a text may have several, the first counts. */
static const char *const formats[] = { "date-time", "date", "time",  "uuid",
				       "ipv4",      "ipv6", "email", "uri" };

struct place;

struct key {
	pv_str name;
	struct place *place;
};

struct choice {
	pv_str text;
	size_t count;
};

/* What was seen at one place. */
struct place {
	unsigned types; /* enum pv_types */
	size_t strings;
	unsigned not_formats; /* bits of those that some string has not */
	struct choice choices[MAX_CHOICES];
	size_t choice_count; /* MAX_CHOICES + 1: too many, or too long */
	size_t objects;
	struct key *keys; /* in the order in which they came */
	size_t key_count;
	size_t key_cap;
	pv_map by_name; /* to the place itself */
	size_t seen;    /* how often it was there */
	struct place *items;
	struct place *next; /* of all there are */
};

struct pv_schema_inference {
	pv_arena arena;
	struct place *all;
	size_t count;
	struct place *root;
};

/* --- places ----------------------------------------------------------------- */

/* NULL without memory. */
static struct place *new_place(pv_schema_inference *inference)
{
	struct place *place = pv_arena_calloc(&inference->arena, sizeof(*place));

	if (!place)
		return NULL;
	place->next = inference->all;
	inference->all = place;
	inference->count++;
	return place;
}

int pv_schema_infer_new(pv_schema_inference **out, pv_error *err)
{
	pv_schema_inference *inference = pv_calloc(1, sizeof(*inference));

	if (inference)
		inference->root = new_place(inference);
	if (!inference || !inference->root) {
		pv_free(inference);
		return pv_fail_nomem(err);
	}
	*out = inference;
	return PV_OK;
}

void pv_schema_infer_free(pv_schema_inference *inference)
{
	if (!inference)
		return;
	for (struct place *at = inference->all; at; at = at->next) {
		pv_map_dispose(&at->by_name);
		pv_free(at->keys);
	}
	pv_arena_dispose(&inference->arena);
	pv_free(inference);
}

/* --- taking values in ---------------------------------------------------------- */

static int add(pv_schema_inference *inference, struct place *place,
	       const pv_value *value, int depth, pv_error *err);

/* By the word of the standard "note: x" is a URI. */
static int is_of(const char *format, pv_str text)
{
	if (!strcmp(format, "uri") && !memchr(text.ptr, '/', text.len))
		return 0;
	return pv_format_find(pv_str_of(format))->is_valid(text);
}

static void note_formats(struct place *place, pv_str text)
{
	for (size_t i = 0; i < pv_array_len(formats); i++) {
		unsigned bit = 1U << i;

		if (!(place->not_formats & bit) && !is_of(formats[i], text))
			place->not_formats |= bit;
	}
}

static int note_choice(pv_schema_inference *inference, struct place *place,
		       pv_str text, pv_error *err)
{
	struct choice *choice = place->choices;

	if (place->choice_count > MAX_CHOICES)
		return PV_OK;
	for (size_t i = 0; i < place->choice_count; i++, choice++)
		if (pv_str_eq(choice->text, text)) {
			choice->count++;
			return PV_OK;
		}
	if (place->choice_count == MAX_CHOICES || text.len > MAX_CHOICE) {
		place->choice_count = MAX_CHOICES + 1;
		return PV_OK;
	}
	choice->count = 1;
	choice->text.len = text.len;
	choice->text.ptr = pv_arena_dup(&inference->arena, text.ptr, text.len);
	if (!choice->text.ptr)
		return pv_fail_nomem(err);
	place->choice_count++;
	return PV_OK;
}

static int add_string(pv_schema_inference *inference, struct place *place,
		      pv_str text, pv_error *err)
{
	place->types |= PV_TYPE_STRING;
	place->strings++;
	note_formats(place, text);
	return note_choice(inference, place, text, err);
}

static int new_key(struct place **out, pv_schema_inference *inference,
		   struct place *place, pv_str name, pv_error *err)
{
	struct key *key;
	struct place *child = NULL;
	pv_str copy = { pv_arena_dup(&inference->arena, name.ptr, name.len),
			name.len };

	if (copy.ptr &&
	    pv_array_reserve(&place->keys, &place->key_cap,
			     place->key_count + 1, sizeof(struct key)) == PV_OK)
		child = new_place(inference);
	if (!child)
		return pv_fail_nomem(err);
	if (pv_map_set(&place->by_name, copy, child, NULL, err) < 0)
		return PV_ENOMEM;
	key = &place->keys[place->key_count++];
	key->name = copy;
	key->place = child;
	*out = child;
	return PV_OK;
}

static int add_object(pv_schema_inference *inference, struct place *place,
		      const pv_value *value, int depth, pv_error *err)
{
	int rc = PV_OK;

	place->types |= PV_TYPE_OBJECT;
	place->objects++;
	for (size_t i = 0; rc == PV_OK && i < value->count; i++) {
		const pv_member *member = &value->as.members[i];
		struct place *child = pv_map_find(&place->by_name, member->key);

		/* One that comes later was not there in those before. */
		if (!child && (place->key_count == MAX_KEYS ||
			       inference->count >= MAX_PLACES))
			continue;
		if (!child)
			rc = new_key(&child, inference, place, member->key, err);
		if (rc == PV_OK && child)
			rc = add(inference, child, &member->value, depth, err);
	}
	return rc;
}

static int add_array(pv_schema_inference *inference, struct place *place,
		     const pv_value *value, int depth, pv_error *err)
{
	int rc = PV_OK;

	place->types |= PV_TYPE_ARRAY;
	if (!place->items && value->count)
		place->items = new_place(inference);
	if (!place->items && value->count)
		return pv_fail_nomem(err);
	for (size_t i = 0; rc == PV_OK && i < value->count; i++)
		rc = add(inference, place->items, &value->as.items[i], depth,
			 err);
	return rc;
}

static int add(pv_schema_inference *inference, struct place *place,
	       const pv_value *value, int depth, pv_error *err)
{
	place->seen++;
	if (depth == MAX_DEPTH) {
		place->types = PV_TYPE_ANY;
		return PV_OK;
	}
	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_NULL:
		place->types |= PV_TYPE_NULL;
		break;
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		place->types |= PV_TYPE_BOOLEAN;
		break;
	case PV_VALUE_INTEGER:
	case PV_VALUE_NUMBER:
		place->types |= pv_value_is_integer(value) ? PV_TYPE_INTEGER
							   : PV_TYPE_NUMBER;
		break;
	case PV_VALUE_STRING:
		return add_string(inference, place, pv_value_str(value), err);
	case PV_VALUE_ARRAY:
		return add_array(inference, place, value, depth + 1, err);
	case PV_VALUE_OBJECT:
		return add_object(inference, place, value, depth + 1, err);
	}
	return PV_OK;
}

int pv_schema_infer_add(pv_schema_inference *inference, const char *json,
			size_t len, pv_error *err)
{
	pv_arena arena = { 0 };
	const pv_value *value = NULL;
	int rc = pv_value_read(&value, &arena, (pv_str){ json, len }, err);

	if (rc == PV_OK)
		rc = add(inference, inference->root, value, 0, err);
	pv_arena_dispose(&arena);
	return rc;
}

/* --- the schema ------------------------------------------------------------------ */

static void put(pv_jsonw *w, const struct place *place);

static void put_types(pv_jsonw *w, unsigned types)
{
	static const struct {
		unsigned bits;
		const char *name;
	} names[] = {
		{ PV_TYPE_OBJECT, "object" },   { PV_TYPE_ARRAY, "array" },
		{ PV_TYPE_STRING, "string" },   { PV_TYPE_NUMBER, "number" },
		{ PV_TYPE_INTEGER, "integer" }, { PV_TYPE_BOOLEAN, "boolean" },
		{ PV_TYPE_NULL, "null" },
	};
	const char *found[pv_array_len(names)];
	size_t count = 0;

	for (size_t i = 0; i < pv_array_len(names); i++)
		if ((types & names[i].bits) == names[i].bits) {
			types &= ~names[i].bits;
			found[count++] = names[i].name;
		}
	pv_jsonw_key(w, "type");
	if (count > 1)
		pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		pv_jsonw_string(w, found[i]);
	if (count > 1)
		pv_jsonw_array_end(w);
}

/*
 * Few texts that came again and again, and nothing else but null. One alone
 * is what all had by chance, not the only one there can be.
 */
static int is_enum(const struct place *place)
{
	return !(place->types & ~(unsigned)(PV_TYPE_STRING | PV_TYPE_NULL)) &&
	       place->choice_count > 1 && place->choice_count <= MAX_CHOICES &&
	       place->strings >= OFTEN * place->choice_count;
}

static void put_enum(pv_jsonw *w, const struct place *place)
{
	pv_jsonw_key(w, "enum");
	pv_jsonw_array(w);
	for (size_t i = 0; i < place->choice_count; i++)
		pv_jsonw_stringn(w, place->choices[i].text.ptr,
				 place->choices[i].text.len);
	if (place->types & PV_TYPE_NULL)
		pv_jsonw_null(w);
	pv_jsonw_array_end(w);
}

static void put_string(pv_jsonw *w, const struct place *place)
{
	if (is_enum(place)) {
		put_enum(w, place);
		return;
	}
	for (size_t i = 0; i < pv_array_len(formats); i++)
		if (!(place->not_formats & 1U << i)) {
			pv_jsonw_member(w, "format", formats[i]);
			return;
		}
}

static void put_object(pv_jsonw *w, const struct place *place)
{
	int has_required = 0;

	pv_jsonw_key(w, "properties");
	pv_jsonw_object(w);
	for (size_t i = 0; i < place->key_count; i++) {
		pv_jsonw_keyn(w, place->keys[i].name.ptr,
			      place->keys[i].name.len);
		put(w, place->keys[i].place);
		has_required |= place->keys[i].place->seen == place->objects;
	}
	pv_jsonw_object_end(w);
	if (!has_required)
		return;
	pv_jsonw_key(w, "required");
	pv_jsonw_array(w);
	for (size_t i = 0; i < place->key_count; i++)
		if (place->keys[i].place->seen == place->objects)
			pv_jsonw_stringn(w, place->keys[i].name.ptr,
					 place->keys[i].name.len);
	pv_jsonw_array_end(w);
}

static void put_rules(pv_jsonw *w, const struct place *place)
{
	if (!place->types || place->types == PV_TYPE_ANY)
		return;
	put_types(w, place->types);
	if (place->types & PV_TYPE_STRING)
		put_string(w, place);
	if (place->types & PV_TYPE_ARRAY && place->items) {
		pv_jsonw_key(w, "items");
		put(w, place->items);
	}
	if (place->types & PV_TYPE_OBJECT && place->key_count)
		put_object(w, place);
}

static void put(pv_jsonw *w, const struct place *place)
{
	pv_jsonw_object(w);
	put_rules(w, place);
	pv_jsonw_object_end(w);
}

int pv_schema_infer_json(pv_buf *out, const pv_schema_inference *inference,
			 pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "$schema",
			"https://json-schema.org/draft/2020-12/schema");
	put_rules(&w, inference->root);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}
