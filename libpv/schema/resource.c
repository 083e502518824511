/* SPDX-License-Identifier: MIT
 *
 * Documents, see resource.h. Only keywords that hold subschemas are followed:
 * an $id in an enum is data.
 */
#include "schema/resource.h"

#include <pv/buf.h>

#include "base/fail.h"
#include "schema/keyword.h"
#include "schema/pointer.h"
#include "schema/uri.h"

enum {
	MAX_LOADING = 16 /* documents, each in need of the next */
};

/* A part of a document that is looked through. */
struct walk {
	pv_registry *registry;
	pv_resource *in;
};

void pv_registry_dispose(pv_registry *registry)
{
	for (pv_resource *at = registry->all; at; at = at->next) {
		pv_map_dispose(&at->anchors);
		pv_map_dispose(&at->dynamics);
	}
	pv_map_dispose(&registry->by_uri);
	pv_map_dispose(&registry->by_root);
}

static pv_str text_of(const pv_value *schema, const char *key)
{
	const pv_value *member = pv_value_get_z(schema, key);
	pv_str none = { NULL, 0 };

	return member && member->kind == PV_VALUE_STRING ? pv_value_str(member)
							 : none;
}

pv_resource *pv_registry_at(const pv_registry *registry, const pv_value *schema)
{
	const void *address = schema;

	return pv_map_find(&registry->by_root, pv_address(&address));
}

/* The URI that `reference` means at `base`, in the arena. */
static int absolute(pv_str *out, const pv_registry *registry, pv_str base,
		    pv_str reference)
{
	pv_buf uri = { 0 };
	int rc;

	pv_uri_resolve(&uri, base, reference);
	rc = pv_buf_status(&uri, registry->err);
	if (rc == PV_OK) {
		out->ptr = pv_arena_dup(registry->arena, pv_buf_text(&uri),
					uri.len);
		out->len = uri.len;
		if (!out->ptr)
			rc = pv_fail_nomem(registry->err);
	}
	pv_buf_dispose(&uri);
	return rc;
}

/* --- drafts --------------------------------------------------------------- */

static unsigned known_draft(pv_str uri)
{
	static const struct {
		const char *uri;
		unsigned draft;
	} known[] = {
		{ "http://json-schema.org/draft-07/schema", PV_DRAFT_7 },
		{ "https://json-schema.org/draft/2019-09/schema", PV_DRAFT_2019 },
		{ "https://json-schema.org/draft/2020-12/schema", PV_DRAFT_2020 },
	};

	if (uri.len && uri.ptr[uri.len - 1] == '#')
		uri.len--;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (pv_str_is(uri, known[i].uri))
			return known[i].draft;
	return 0;
}

static unsigned vocabulary_bit(pv_str uri)
{
	static const struct {
		const char *name;
		unsigned bits;
	} names[] = {
		{ "applicator", PV_VOCABULARY_APPLICATOR },
		{ "unevaluated", PV_VOCABULARY_UNEVALUATED },
		{ "validation", PV_VOCABULARY_VALIDATION },
		{ "format-assertion", PV_VOCABULARY_FORMAT },
	};

	while (uri.len && memchr(uri.ptr, '/', uri.len)) {
		uri.ptr++;
		uri.len--;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (pv_str_is(uri, names[i].name))
			return names[i].bits;
	return 0;
}

/* What a metaschema of somebody's own switches on. */
static unsigned vocabularies_of(const pv_resource *metaschema)
{
	const pv_value *list = pv_value_get_z(metaschema->root, "$vocabulary");
	unsigned bits = 0;

	if (!list || list->kind != PV_VALUE_OBJECT)
		return metaschema->vocabularies;
	for (size_t i = 0; i < list->count; i++)
		bits |= vocabulary_bit(list->as.members[i].key);
	/* 2019-09 had unevaluatedItems among the applicators. */
	if (metaschema->draft == PV_DRAFT_2019 && bits & PV_VOCABULARY_APPLICATOR)
		bits |= PV_VOCABULARY_UNEVALUATED;
	return bits;
}

static int find_or_load(pv_resource **out, pv_registry *registry, pv_str uri,
			unsigned draft);

/* Reads $schema, if there is one. */
static int read_dialect(pv_registry *registry, const pv_value *schema,
			unsigned *draft, unsigned *vocabularies)
{
	pv_str uri = text_of(schema, "$schema");
	unsigned known = known_draft(uri);
	pv_resource *metaschema = NULL;
	pv_str plain = { "", 0 };
	int rc;

	if (!uri.ptr)
		return PV_OK;
	*vocabularies = PV_VOCABULARY_USUAL;
	if (known) {
		*draft = known;
		return PV_OK;
	}
	rc = absolute(&plain, registry, plain, uri);
	if (rc == PV_OK)
		rc = find_or_load(&metaschema, registry, plain, *draft);
	if (rc == PV_ENOTFOUND)
		return pv_error_hint(registry->err,
				     pv_fail(registry->err, PV_EUNSUPPORTED,
					     "$schema names \"%.*s\", which is not known",
					     uri.len < 100 ? (int)uri.len : 100,
					     uri.ptr),
				     "drafts are 2020-12, 2019-09 and 7");
	if (rc < 0 || !metaschema)
		return rc;
	*draft = metaschema->draft;
	*vocabularies = vocabularies_of(metaschema);
	return PV_OK;
}

/* --- looking through a document ------------------------------------------- */

static int name_resource(pv_registry *registry, pv_resource *resource, pv_str uri)
{
	/* The first to take a name keeps it. */
	if (pv_map_find(&registry->by_uri, uri))
		return PV_OK;
	return pv_map_set(&registry->by_uri, uri, resource, NULL, registry->err);
}

static int new_resource(pv_resource **out, pv_registry *registry, pv_str uri,
			const pv_value *root, const pv_resource *parent)
{
	pv_resource *resource =
		pv_arena_calloc(registry->arena, sizeof(*resource));
	const void *address = root;
	int rc;

	if (!resource)
		return pv_fail_nomem(registry->err);
	resource->uri = uri;
	resource->root = root;
	resource->draft = parent->draft;
	resource->vocabularies = parent->vocabularies;
	resource->next = registry->all;
	registry->all = resource;
	rc = read_dialect(registry, root, &resource->draft,
			  &resource->vocabularies);
	if (rc == PV_OK)
		rc = pv_map_set(&registry->by_root, pv_address(&address),
				resource, NULL, registry->err);
	*out = resource;
	return rc == PV_OK ? name_resource(registry, resource, uri) : rc;
}

static int add_anchor(const struct walk *walk, const pv_value *schema, pv_str name)
{
	return pv_map_set(&walk->in->anchors, name, (void *)(uintptr_t)schema,
			  NULL, walk->registry->err);
}

static int add_dynamic(const struct walk *walk, const pv_value *schema,
		       pv_str name)
{
	pv_dynamic *dynamic =
		pv_arena_calloc(walk->registry->arena, sizeof(*dynamic));

	if (!dynamic)
		return pv_fail_nomem(walk->registry->err);
	dynamic->at = schema;
	return pv_map_set(&walk->in->dynamics, name, dynamic, NULL,
			  walk->registry->err);
}

static int read_anchors(const struct walk *walk, const pv_value *schema)
{
	pv_str name = text_of(schema, "$anchor");
	pv_str dynamic = text_of(schema, "$dynamicAnchor");
	const pv_value *recursive = pv_value_get_z(schema, "$recursiveAnchor");
	unsigned draft = walk->in->draft;
	int rc = PV_OK;

	if (name.ptr && draft != PV_DRAFT_7)
		rc = add_anchor(walk, schema, name);
	if (rc == PV_OK && dynamic.ptr && draft == PV_DRAFT_2020) {
		rc = add_anchor(walk, schema, dynamic);
		if (rc == PV_OK)
			rc = add_dynamic(walk, schema, dynamic);
	}
	if (rc == PV_OK && draft == PV_DRAFT_2019 && recursive &&
	    recursive->kind == PV_VALUE_TRUE && schema == walk->in->root)
		rc = add_dynamic(walk, schema, pv_str_of(""));
	return rc;
}

/* Enters the resource that an $id begins, or takes the anchor it is. */
static int read_id(struct walk *walk, const pv_value *schema)
{
	pv_str id = text_of(schema, "$id");
	pv_str uri;
	int rc;

	if (!id.ptr || schema == walk->in->root)
		return PV_OK;
	if (walk->in->draft == PV_DRAFT_7) {
		if (pv_value_get_z(schema, "$ref"))
			return PV_OK;
		if (id.len && id.ptr[0] == '#') {
			pv_str name = { id.ptr + 1, id.len - 1 };

			return add_anchor(walk, schema, name);
		}
	}
	rc = absolute(&uri, walk->registry, walk->in->uri, id);
	if (rc == PV_OK)
		rc = new_resource(&walk->in, walk->registry, uri, schema,
				  walk->in);
	return rc;
}

static int look_through(const pv_value *schema, void *payload)
{
	struct walk walk = *(const struct walk *)payload;
	int rc;

	if (schema->kind != PV_VALUE_OBJECT)
		return PV_OK;
	rc = read_id(&walk, schema);
	if (rc == PV_OK)
		rc = read_anchors(&walk, schema);
	for (size_t i = 0; rc == PV_OK && i < schema->count; i++) {
		const pv_member *member = &schema->as.members[i];
		const pv_keyword *keyword =
			pv_keyword_find(member->key, walk.in->draft);

		if (keyword)
			rc = pv_keyword_each(keyword, &member->value,
					     look_through, &walk);
	}
	return rc;
}

int pv_registry_add(pv_resource **out, pv_registry *registry, pv_str uri,
		    const pv_value *root, unsigned draft)
{
	pv_resource outside = { .draft = draft,
				.vocabularies = PV_VOCABULARY_USUAL };
	pv_str id = text_of(root, "$id");
	struct walk walk = { registry, NULL };
	pv_str name = uri;
	int rc = PV_OK;

	if (id.ptr && id.len && id.ptr[0] != '#')
		rc = absolute(&name, registry, uri, id);
	if (rc == PV_OK)
		rc = new_resource(&walk.in, registry, name, root, &outside);
	if (rc == PV_OK)
		rc = name_resource(registry, walk.in, uri);
	*out = walk.in;
	return rc == PV_OK ? look_through(root, &walk) : rc;
}

/* --- finding -------------------------------------------------------------- */

/* The file that could not be read, as people call it. */
static int name_source(pv_error *err, int rc, const char *uri)
{
	static const char top[] = "file:///";

	if (rc != PV_ESYNTAX || !err || err->source[0])
		return rc;
	if (strncmp(uri, top, sizeof(top) - 1) == 0)
		uri += sizeof(top) - 1;
	return pv_error_at(err, rc, uri, err->line, err->column);
}

static int load(pv_resource **out, pv_registry *registry, pv_str uri,
		unsigned draft)
{
	const pv_schema_options *options = registry->options;
	pv_buf text = { 0 };
	pv_str kept = { NULL, 0 };
	const pv_value *root = NULL;
	int rc = PV_ENOTFOUND;

	if (options->load)
		rc = options->load(&text, uri.ptr, options->payload,
				   registry->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, registry->err);
	if (rc == PV_OK) {
		kept.ptr = pv_arena_dup(registry->arena, pv_buf_text(&text),
					text.len);
		kept.len = text.len;
		if (!kept.ptr)
			rc = pv_fail_nomem(registry->err);
	}
	pv_buf_dispose(&text);
	if (rc == PV_OK)
		rc = name_source(registry->err,
				 pv_value_read(&root, registry->arena, kept,
					       registry->err),
				 uri.ptr);
	if (rc == PV_OK)
		rc = pv_registry_add(out, registry, uri, root, draft);
	return rc;
}

static int find_or_load(pv_resource **out, pv_registry *registry, pv_str uri,
			unsigned draft)
{
	int rc;

	*out = pv_map_find(&registry->by_uri, uri);
	if (*out)
		return PV_OK;
	if (registry->loading == MAX_LOADING)
		return pv_fail(registry->err, PV_ELIMIT,
			       "more than %d metaschemas each name the next",
			       MAX_LOADING);
	registry->loading++;
	rc = load(out, registry, uri, draft);
	registry->loading--;
	return rc;
}

/* Follows a pointer, "/a/b", which is taken apart. */
static void follow(pv_place *place, const pv_registry *registry, pv_str pointer)
{
	while (place->at && pointer.len) {
		pv_resource *resource;

		place->at = pv_pointer_step(place->at, &pointer);
		resource = place->at ? pv_registry_at(registry, place->at) : NULL;
		if (resource)
			place->in = resource;
	}
}

static int find_fragment(pv_place *place, const pv_registry *registry,
			 pv_str fragment)
{
	pv_buf text = { 0 };
	pv_str name;
	int rc;

	place->at = place->in->root;
	if (!fragment.len)
		return PV_OK;
	pv_uri_decode(&text, fragment);
	rc = pv_buf_status(&text, registry->err);
	name.ptr = pv_buf_text(&text);
	name.len = text.len;
	if (rc == PV_OK && name.len && name.ptr[0] == '/')
		follow(place, registry, name);
	else if (rc == PV_OK)
		place->at = pv_map_find(&place->in->anchors, name);
	pv_buf_dispose(&text);
	return rc == PV_OK && !place->at ? PV_ENOTFOUND : rc;
}

int pv_registry_resolve(pv_place *out, pv_registry *registry,
			const pv_resource *from, pv_str reference)
{
	pv_str uri;
	pv_uri parts;
	int rc = absolute(&uri, registry, from->uri, reference);

	pv_uri_split(&parts, reference);
	if (rc == PV_OK)
		rc = find_or_load(&out->in, registry, uri, from->draft);
	if (rc == PV_OK && out->in)
		rc = find_fragment(out, registry, parts.fragment);
	if (rc != PV_ENOTFOUND)
		return rc;
	rc = pv_fail_id(registry->err, PV_ERR_SCHEMA,
			"nothing is at \"%.*s\", which a reference names",
			reference.len < 150 ? (int)reference.len : 150,
			reference.ptr);
	return pv_error_hint(registry->err, rc,
			     "put a file there: nothing is fetched from the "
			     "network");
}
