/* SPDX-License-Identifier: MIT
 *
 * What is searched of a prompt file. It need not be a prompt that loads: any
 * YAML has fields, and a file that is none is one text.
 */
#include "search/search.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct reader {
	pv_prompt_texts *out;
	pv_error *err;
};

static int add(struct reader *it, int field, const char *path, pv_str text,
	       const pv_yaml_node *node)
{
	pv_prompt_texts *out = it->out;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(it->err);
	out->items[out->count++] = (pv_prompt_text){ field, path, text, node };
	return PV_OK;
}

/* Adds a scalar; null is no text. */
static int add_node(struct reader *it, int field, const pv_yaml_node *node)
{
	pv_buf path = { 0 };
	const char *copy;
	int rc;

	if (node)
		node = pv_yaml_resolve(node);
	if (!node || node->kind != PV_YAML_SCALAR || node->type == PV_YAML_NULL)
		return PV_OK;
	rc = pv_yaml_path(&path, node, it->err);
	copy = pv_arena_dup(&it->out->arena, pv_buf_text(&path), path.len);
	pv_buf_dispose(&path);
	if (rc < 0)
		return rc;
	if (!copy)
		return pv_fail_nomem(it->err);
	return add(it, field, copy, (pv_str){ node->text, node->len }, node);
}

/* A scalar, or each of a list of them. */
static int add_tags(struct reader *it, const pv_yaml_node *tags)
{
	int rc = PV_OK;

	if (!tags || tags->kind != PV_YAML_SEQUENCE)
		return add_node(it, PV_PROMPT_TAGS, tags);
	for (const pv_yaml_node *tag = tags->first; tag && rc == PV_OK;
	     tag = tag->next)
		rc = add_node(it, PV_PROMPT_TAGS, tag);
	return rc;
}

static int add_messages(struct reader *it, const pv_yaml_node *messages)
{
	int rc = PV_OK;

	if (!messages || messages->kind != PV_YAML_SEQUENCE)
		return PV_OK;
	for (const pv_yaml_node *message = messages->first;
	     message && rc == PV_OK; message = message->next)
		rc = add_node(it, PV_PROMPT_TEXT,
			      pv_yaml_get(pv_yaml_resolve(message), "content"));
	return rc;
}

static int add_fields(struct reader *it, const pv_yaml_node *root)
{
	static const char *const names[] = { "name", "description", "goal" };
	int rc = PV_OK;

	if (root->kind != PV_YAML_MAPPING)
		return add_node(it, PV_PROMPT_TEXT, root);
	for (int i = 0; i < (int)pv_array_len(names) && rc == PV_OK; i++)
		rc = add_node(it, PV_PROMPT_ID + 1 + i,
			      pv_yaml_get(root, names[i]));
	if (rc == PV_OK)
		rc = add_tags(it, pv_yaml_get(root, "tags"));
	if (rc == PV_OK)
		rc = add_node(it, PV_PROMPT_TEXT, pv_yaml_get(root, "prompt"));
	return rc == PV_OK ? add_messages(it, pv_yaml_get(root, "messages")) : rc;
}

int pv_prompt_texts_read(pv_prompt_texts *out, const char *id, pv_str text,
			 pv_error *err)
{
	static const pv_yaml_options lenient = { .tags = PV_YAML_TAGS_KEEP,
						 .duplicate_keys = 1 };
	struct reader it = { out, err };
	int rc = add(&it, PV_PROMPT_ID, "id", pv_str_of(id), NULL);

	if (rc < 0)
		return rc;
	rc = pv_yaml_parse(&out->doc, text.ptr, text.len, &lenient, err);
	if (rc == PV_OK)
		return add_fields(&it, pv_yaml_root(out->doc));
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return add(&it, PV_PROMPT_TEXT, "text", text, NULL);
}

void pv_prompt_texts_dispose(pv_prompt_texts *texts)
{
	pv_yaml_free(texts->doc);
	pv_free(texts->items);
	pv_arena_dispose(&texts->arena);
	memset(texts, 0, sizeof(*texts));
}
