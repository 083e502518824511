/* SPDX-License-Identifier: MIT
 *
 * Any bytes as YAML: what is accepted has sane spans and paths, its JSON is
 * taken by the JSON reader and comes back from a new document, and two edits
 * chosen by the last bytes do what they say or change nothing. What an edit
 * leaves reads as a new document with the same data.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const values[] = { "1",
				      "\"x\"",
				      "\"\"",
				      "\"two\\nlines\\n\"",
				      "\"  lead\\nx\\n\\n\"",
				      "\"a: b # c\"",
				      "[]",
				      "[1,[\"p\\nq\\n\",{}]]",
				      "{\"a\":{\"b\":[null]},\"c\":\"l\\nm\\n\"}",
				      "{}" };

static void demand(int is_so)
{
	if (!is_so)
		abort();
}

/* Children lie inside their parent, one behind the other. */
static void check_spans(const pv_yaml *doc, const pv_yaml_node *node)
{
	size_t len;
	size_t at;

	pv_yaml_text(doc, &len);
	demand(node->outer_start <= node->start && node->start <= node->end);
	demand(node->end <= len);
	demand(node->line > 0 && node->column > 0);
	if (node->kind == PV_YAML_SCALAR)
		demand(node->text && node->text[node->len] == '\0');
	at = node->start;
	for (const pv_yaml_node *n = node->first; n; n = n->next) {
		if (n->key) {
			demand(n->key->outer_start >= at);
			demand(n->key->parent == node);
			check_spans(doc, n->key);
			at = n->key->end;
		}
		demand(n->outer_start >= at && n->parent == node);
		check_spans(doc, n);
		at = n->end;
	}
	if (node->first)
		demand(at <= node->end);
}

static const pv_yaml_node *pick(const pv_yaml_node *node, unsigned choice)
{
	while (node->first && choice & 7) {
		unsigned steps = choice & 7;

		node = node->first;
		while (node->next && --steps)
			node = node->next;
		choice >>= 3;
	}
	return node;
}

static int edit(pv_yaml *doc, const char *path, unsigned op, const char *value)
{
	switch (op % 6) {
	case 0:
	case 1:
		return pv_yaml_set(doc, path, value, NULL);
	case 2:
		return pv_yaml_insert(doc, path, op / 6 % 3, value, NULL);
	case 3:
		return pv_yaml_append(doc, path, value, NULL);
	case 4:
		return pv_yaml_set_text(doc, path, value, strlen(value), NULL);
	default:
		return pv_yaml_delete(doc, path, NULL);
	}
}

static void check_edit(pv_yaml *doc, unsigned where, unsigned what)
{
	const char *value = values[what % pv_array_len(values)];
	const pv_yaml_node *node = pick(pv_yaml_root(doc), where);
	const pv_yaml_node *found;
	pv_buf path = { 0 };
	pv_buf json = { 0 };
	size_t len;
	char *before = pv_strdup(pv_yaml_text(doc, &len));
	unsigned op = what / (unsigned)pv_array_len(values);
	int rc;

	demand(!pv_yaml_path(&path, node, NULL));
	demand(!pv_yaml_find(&found, doc, pv_buf_text(&path), NULL));
	demand(found == node);
	rc = edit(doc, pv_buf_text(&path), op, value);
	if (rc < 0) {
		demand(!strcmp(before, pv_yaml_text(doc, NULL)));
	} else if (op % 6 < 2) {
		demand(!pv_yaml_find(&found, doc, pv_buf_text(&path), NULL));
		demand(!pv_yaml_to_json(&json, found, NULL));
		demand(!strcmp(json.ptr, value));
	}
	check_spans(doc, pv_yaml_root(doc));
	pv_free(before);
	pv_buf_dispose(&json);
	pv_buf_dispose(&path);
}

/* The text of an edited document holds what its nodes say. */
static void check_reading(const pv_yaml *doc, const pv_yaml_options *opts)
{
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	size_t len;
	const char *text = pv_yaml_text(doc, &len);
	pv_yaml *copy;

	demand(!pv_yaml_parse(&copy, text, len, opts, NULL));
	if (pv_yaml_to_json(&before, pv_yaml_root(doc), NULL) == 0) {
		demand(!pv_yaml_to_json(&after, pv_yaml_root(copy), NULL));
		demand(!strcmp(before.ptr, after.ptr));
	}
	pv_yaml_free(copy);
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
}

static int is_finite(const char *json)
{
	return !strstr(json, "null");
}

/* The data survives being written as a new document. */
static void check_rewrite(const pv_yaml *doc)
{
	pv_buf json = { 0 };
	pv_buf text = { 0 };
	pv_buf again = { 0 };
	pv_yaml *copy;

	if (pv_yaml_to_json(&json, pv_yaml_root(doc), NULL) < 0 ||
	    json.len > 1 << 16)
		goto out;
	demand(!pv_yaml_from_json(&text, json.ptr, json.len, NULL));
	demand(!pv_yaml_parse(&copy, text.ptr, text.len, NULL, NULL));
	demand(!pv_yaml_to_json(&again, pv_yaml_root(copy), NULL));
	demand(!is_finite(json.ptr) || !strcmp(json.ptr, again.ptr));
	pv_yaml_free(copy);
out:
	pv_buf_dispose(&json);
	pv_buf_dispose(&text);
	pv_buf_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_yaml_options opts = { PV_YAML_TAGS_KEEP, 0, 0, 0 };
	pv_error err = { 0 };
	unsigned where;
	unsigned what;
	pv_yaml *doc;
	int rc;

	if (size < 6)
		return 0;
	size -= 6;
	where = data[size] | (unsigned)data[size + 1] << 8;
	what = data[size + 2] | (unsigned)data[size + 3] << 8;
	opts.streams = (what >> 15) & 1;
	rc = pv_yaml_parse(&doc, (const char *)data, size, &opts, &err);
	demand(rc == err.code && (doc != NULL) == (rc == PV_OK));
	if (rc < 0)
		return 0;
	check_spans(doc, pv_yaml_root(doc));
	if (!opts.streams)
		check_rewrite(doc);
	check_edit(doc, where, what & 0x7FFF);
	check_reading(doc, &opts);
	check_edit(doc, data[size + 4], data[size + 5]);
	check_reading(doc, &opts);
	pv_yaml_free(doc);
	return 0;
}
