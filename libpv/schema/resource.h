/* SPDX-License-Identifier: MIT
 *
 * Schema documents and what they are called by. A resource is a schema with a
 * URI of its own: a document, or a part of one that has an $id. References go
 * to resources, and from there by an anchor or a JSON pointer. The network is
 * never asked: a document that is not there comes from the caller, or fails.
 */
#ifndef PV_SCHEMA_RESOURCE_H
#define PV_SCHEMA_RESOURCE_H

#include <pv/schema.h>

#include "base/map.h"
#include "schema/value.h"

/* Drafts, as bits. */
enum pv_draft {
	PV_DRAFT_7 = 1,
	PV_DRAFT_2019 = 2,
	PV_DRAFT_2020 = 4,
	PV_DRAFT_ALL = 7
};

/* Vocabularies that can be switched off, or on. */
enum pv_vocabulary {
	PV_VOCABULARY_CORE = 0,
	PV_VOCABULARY_APPLICATOR = 1,
	PV_VOCABULARY_UNEVALUATED = 2,
	PV_VOCABULARY_VALIDATION = 4,
	PV_VOCABULARY_FORMAT = 8, /* whose formats are asserted */
	PV_VOCABULARY_USUAL = 7
};

typedef struct pv_resource pv_resource;
struct pv_node;

/* What a $dynamicAnchor names. */
typedef struct pv_dynamic {
	const pv_value *at;
	const struct pv_node *node; /* set once a reference may come here */
} pv_dynamic;

struct pv_resource {
	pv_str uri; /* absolute, without fragment; "" for the nameless */
	const pv_value *root;
	unsigned draft;
	unsigned vocabularies;
	pv_map anchors;  /* to const pv_value, dynamic ones too */
	pv_map dynamics; /* to pv_dynamic */
	pv_resource *next;
};

/* A place in a resource. */
typedef struct pv_place {
	const pv_value *at;
	pv_resource *in;
} pv_place;

typedef struct pv_registry {
	pv_arena *arena;
	const pv_schema_options *options; /* never NULL */
	pv_map by_uri;                    /* to pv_resource */
	pv_map by_root; /* the address of a value, to pv_resource */
	pv_resource *all;
	int loading; /* documents that wait for another one */
	pv_error *err;
} pv_registry;

void pv_registry_dispose(pv_registry *registry);

/*
 * Adds a document, of `draft` unless it says another, that was found at
 * `uri`. PV_ESCHEMA, PV_EUNSUPPORTED for drafts not known, PV_ENOMEM.
 */
int pv_registry_add(pv_resource **out, pv_registry *registry, pv_str uri,
		    const pv_value *root, unsigned draft);

/*
 * Where `reference` leads from `from`. PV_ENOTFOUND, and what loading and
 * adding a document can fail with.
 */
int pv_registry_resolve(pv_place *out, pv_registry *registry,
			const pv_resource *from, pv_str reference);

/* The resource that a subschema is the root of; NULL for most. */
pv_resource *pv_registry_at(const pv_registry *registry, const pv_value *schema);

/* The bytes of an address, as the key of a map. */
static inline pv_str pv_address(const void *const *pointer)
{
	pv_str key = { (const char *)pointer, sizeof(*pointer) };

	return key;
}

#endif
