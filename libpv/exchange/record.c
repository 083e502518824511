/* SPDX-License-Identifier: MIT
 *
 * Rearranges the members of a record. The nodes of the record are shared: a
 * member is moved by a copy of its topmost node, since a node has but one
 * `next`.
 */
#include "exchange/record.h"

#include <string.h>

#include "base/fail.h"
#include "prompt/model.h"

const char pv_record_other_keys[] = "other_keys";

struct builder {
	pv_arena *arena;
	pv_error *err;
	pv_yaml_node *file;
	pv_yaml_node *last;
	pv_yaml_node *metadata; /* NULL until something belongs there */
	pv_yaml_node *last_metadata;
};

static int fail_nomem(const struct builder *builder)
{
	return pv_fail_nomem(builder->err);
}

static pv_yaml_node *new_mapping(pv_arena *arena)
{
	pv_yaml_node *node = pv_arena_calloc(arena, sizeof(*node));

	if (node) {
		node->kind = PV_YAML_MAPPING;
		node->style = PV_YAML_BLOCK;
	}
	return node;
}

/* Links a copy of `member` behind `*last`, under the same key. */
static int append(struct builder *builder, pv_yaml_node *mapping,
		  pv_yaml_node **last, const pv_yaml_node *member)
{
	pv_yaml_node *copy = pv_arena_alloc(builder->arena, sizeof(*copy));

	if (!copy)
		return fail_nomem(builder);
	*copy = *member;
	copy->parent = mapping;
	copy->next = NULL;
	if (*last)
		(*last)->next = copy;
	else
		mapping->first = copy;
	*last = copy;
	mapping->count++;
	return PV_OK;
}

static int add_to_file(struct builder *builder, const pv_yaml_node *member)
{
	return append(builder, builder->file, &builder->last, member);
}

static int add_to_metadata(struct builder *builder, const pv_yaml_node *member)
{
	if (!builder->metadata)
		builder->metadata = new_mapping(builder->arena);
	if (!builder->metadata)
		return fail_nomem(builder);
	return append(builder, builder->metadata, &builder->last_metadata,
		      member);
}

static int is_known(const pv_yaml_node *member)
{
	pv_str key = { member->key->text, member->key->len };

	return pv_is_file_key(key);
}

static int is_foreign(const pv_yaml_node *member)
{
	return !is_known(member) && !pv_node_is(member->key, "id") &&
	       !pv_node_is(member->key, pv_record_other_keys);
}

/* Puts what export had set aside back to the top level. */
static int restore_other_keys(struct builder *builder, const pv_yaml_node *other)
{
	int rc = PV_OK;

	if (other->kind != PV_YAML_MAPPING)
		return pv_fail_id(builder->err, PV_ERR_VALIDATION,
				  "\"%s\" must be an object",
				  pv_record_other_keys);
	for (const pv_yaml_node *child = other->first; child && rc == PV_OK;
	     child = child->next) {
		if (is_known(child))
			return pv_fail_id(builder->err, PV_ERR_VALIDATION,
					  "\"%.80s\" does not belong in "
					  "\"%s\"",
					  child->key->text, pv_record_other_keys);
		rc = add_to_file(builder, child);
	}
	return rc;
}

/* Members of the record's own metadata, then all that has no other place. */
static int gather_metadata(struct builder *builder, const pv_yaml_node *record)
{
	const pv_yaml_node *own = pv_yaml_get(record, "metadata");
	int rc = PV_OK;

	if (own && own->kind == PV_YAML_MAPPING)
		for (const pv_yaml_node *child = own->first;
		     child && rc == PV_OK; child = child->next)
			rc = add_to_metadata(builder, child);
	for (const pv_yaml_node *child = record->first; child && rc == PV_OK;
	     child = child->next) {
		if (!is_foreign(child))
			continue;
		if (own && own->kind == PV_YAML_MAPPING &&
		    pv_yaml_get(own, child->key->text))
			return pv_fail_id(builder->err, PV_ERR_VALIDATION,
					  "\"%.80s\" is there twice: at the "
					  "top and in \"metadata\"",
					  child->key->text);
		if (own && own->kind != PV_YAML_MAPPING && !pv_node_is_null(own))
			return pv_fail_id(builder->err, PV_ERR_VALIDATION,
					  "\"metadata\" must be an object");
		rc = add_to_metadata(builder, child);
	}
	return rc;
}

/* Adds the metadata where the record has it, or at the end. */
static int place_metadata(struct builder *builder, const pv_yaml_node *member)
{
	static const pv_yaml_node key = { .kind = PV_YAML_SCALAR,
					  .type = PV_YAML_STRING,
					  .text = "metadata",
					  .len = 8 };

	if (!builder->metadata)
		return member ? add_to_file(builder, member) : PV_OK;
	builder->metadata->key = member ? member->key : &key;
	return add_to_file(builder, builder->metadata);
}

/* Null where the other key has the text: exporters write every column. */
static int is_spare(const pv_yaml_node *record, const pv_yaml_node *member)
{
	const pv_yaml_node *other = NULL;

	if (!pv_node_is_null(member))
		return 0;
	if (pv_node_is(member->key, "messages"))
		other = pv_yaml_get(record, "prompt");
	else if (pv_node_is(member->key, "prompt"))
		other = pv_yaml_get(record, "messages");
	return other && !pv_node_is_null(other);
}

static int add_member(struct builder *builder, const pv_yaml_node *member)
{
	if (pv_node_is(member->key, "metadata"))
		return place_metadata(builder, member);
	return is_known(member) ? add_to_file(builder, member) : PV_OK;
}

int pv_record_to_file(const pv_yaml_node **out, const pv_yaml_node *record,
		      pv_arena *arena, pv_error *err)
{
	const pv_yaml_node *other = pv_yaml_get(record, pv_record_other_keys);
	struct builder builder = { .arena = arena, .err = err };
	int rc;

	builder.file = new_mapping(arena);
	if (!builder.file)
		return fail_nomem(&builder);
	rc = gather_metadata(&builder, record);
	for (const pv_yaml_node *child = record->first; child && rc == PV_OK;
	     child = child->next)
		if (!is_spare(record, child))
			rc = add_member(&builder, child);
	if (rc == PV_OK && !pv_yaml_get(record, "metadata"))
		rc = place_metadata(&builder, NULL);
	if (rc == PV_OK && other)
		rc = restore_other_keys(&builder, other);
	*out = builder.file;
	return rc;
}
