/* SPDX-License-Identifier: MIT
 *
 * Rearranges the members of a record, whose nodes are shared.
 */
#include "exchange/record.h"

#include <string.h>

#include "base/fail.h"
#include "exchange/node.h"
#include "prompt/model.h"

const char pv_record_other_keys[] = "other_keys";

struct builder {
	pv_error *err;
	pv_growing file;
	pv_growing metadata; /* no node until something belongs there */
};

static int add_to_file(struct builder *builder, const pv_yaml_node *member)
{
	return pv_growing_add(&builder->file, member, builder->err);
}

static int add_to_metadata(struct builder *builder, const pv_yaml_node *member)
{
	int rc = PV_OK;

	if (!builder->metadata.node)
		rc = pv_growing_init(&builder->metadata, builder->file.arena,
				     PV_YAML_MAPPING, builder->err);
	return rc == PV_OK
		       ? pv_growing_add(&builder->metadata, member, builder->err)
		       : rc;
}

static int is_known(const pv_yaml_node *member)
{
	pv_str key = { member->key->text, member->key->len };

	return pv_is_file_key(key);
}

/* Export says where it found a prompt; that is nothing of the prompt. */
static int is_foreign(const pv_yaml_node *member)
{
	return !is_known(member) && !pv_node_is(member->key, "id") &&
	       !pv_node_is(member->key, "resolved_from") &&
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
	if (!builder->metadata.node)
		return member ? add_to_file(builder, member) : PV_OK;
	return pv_growing_put(&builder->file, "metadata",
			      builder->metadata.node, builder->err);
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
	struct builder builder = { .err = err };
	int rc = pv_growing_init(&builder.file, arena, PV_YAML_MAPPING, err);

	if (rc == PV_OK)
		rc = gather_metadata(&builder, record);
	for (const pv_yaml_node *child = record->first; child && rc == PV_OK;
	     child = child->next)
		if (!is_spare(record, child))
			rc = add_member(&builder, child);
	if (rc == PV_OK && !pv_yaml_get(record, "metadata"))
		rc = place_metadata(&builder, NULL);
	if (rc == PV_OK && other)
		rc = restore_other_keys(&builder, other);
	*out = builder.file.node;
	return rc;
}
