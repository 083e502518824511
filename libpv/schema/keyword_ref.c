/* SPDX-License-Identifier: MIT
 *
 * Compiling references, and what a search for their target begins with.
 */
#include "base/fail.h"
#include "schema/keyword.h"

/* Where a reference leads; `*place` is that place. */
static int refer(pv_place *place, pv_compiler *compiler, pv_node *node,
		 const pv_keyword *keyword, const pv_value *value)
{
	const pv_node **field = pv_keyword_field(compiler, node, keyword);
	pv_error *err = compiler->err;
	pv_buf path = { 0 };
	pv_error why;
	int rc;

	if (!field)
		return pv_fail_nomem(err);
	if (value->kind != PV_VALUE_STRING)
		return pv_compile_refuse(compiler, node, keyword->name,
					 "a string");
	rc = pv_compile_reference(field, place, compiler, node,
				  pv_value_str(value));
	if (rc == PV_ESCHEMA && err && !err->source[0]) {
		pv_node_path(&path, node, keyword->name);
		why = *err;
		pv_fail_id(err, why.id, "%s: %s", pv_buf_text(&path),
			   why.message);
		rc = pv_error_hint(err, rc, "%s", why.hint);
		pv_buf_dispose(&path);
	}
	return rc;
}

int pv_keyword_ref(pv_compiler *compiler, pv_node *node,
		   const pv_keyword *keyword, const pv_value *value)
{
	pv_place place = { NULL, NULL };

	return refer(&place, compiler, node, keyword, value);
}

/* Searches for `anchor` when validating, if the place has a dynamic one. */
static int refer_dynamically(pv_compiler *compiler, pv_node *node,
			     const pv_place *place, pv_str anchor)
{
	const pv_dynamic *dynamic = pv_map_find(&place->in->dynamics, anchor);

	if (!dynamic || dynamic->at != place->at)
		return PV_OK;
	node->logic->dynamic.ptr =
		pv_arena_dup(compiler->arena, anchor.ptr, anchor.len);
	node->logic->dynamic.len = anchor.len;
	if (!node->logic->dynamic.ptr)
		return pv_fail_nomem(compiler->err);
	if (pv_strlist_find(&compiler->dynamics, node->logic->dynamic.ptr) >= 0)
		return PV_OK;
	return pv_strlist_add(&compiler->dynamics, node->logic->dynamic.ptr,
			      compiler->err);
}

int pv_keyword_dynamic_ref(pv_compiler *compiler, pv_node *node,
			   const pv_keyword *keyword, const pv_value *value)
{
	pv_place place = { NULL, NULL };
	int rc = refer(&place, compiler, node, keyword, value);
	pv_str text;
	const char *hash;

	if (rc < 0)
		return rc;
	text = pv_value_str(value);
	hash = memchr(text.ptr, '#', text.len);
	if (!hash)
		return PV_OK;
	text.len -= (size_t)(hash + 1 - text.ptr);
	text.ptr = hash + 1;
	return refer_dynamically(compiler, node, &place, text);
}

/* 2019-09: the anchor has no name. */
int pv_keyword_recursive_ref(pv_compiler *compiler, pv_node *node,
			     const pv_keyword *keyword, const pv_value *value)
{
	pv_place place = { NULL, NULL };
	int rc = refer(&place, compiler, node, keyword, value);

	if (rc == PV_OK)
		rc = refer_dynamically(compiler, node, &place, pv_str_of(""));
	return rc;
}
