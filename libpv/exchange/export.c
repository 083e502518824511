/* SPDX-License-Identifier: MIT
 *
 * Prompts into JSON lines: the id, then what the file says in its order. Keys
 * a prompt file does not know go into one member of their own, so that import
 * can tell them from the foreign members of other programs.
 */
#include <pv/exchange.h>

#include "base/fail.h"
#include "base/json.h"
#include "diff/path.h"
#include "exchange/foreign.h"
#include "exchange/record.h"
#include "prompt/model.h"

static int is_known(const pv_yaml_node *member)
{
	const pv_yaml_node *key = pv_yaml_resolve(member->key);
	pv_str text = { key->text, key->len };

	return pv_is_file_key(text);
}

static int write_member(pv_buf *out, const pv_yaml_node *member, pv_error *err)
{
	const pv_yaml_node *key = pv_yaml_resolve(member->key);
	pv_jsonw writer;

	pv_jsonw_init(&writer, out);
	pv_jsonw_stringn(&writer, key->text, key->len);
	pv_buf_putc(out, ':');
	return pv_yaml_to_json(out, member, err);
}

/* Appends the members of one sort, each behind a comma if `is_first` is 0. */
static int write_members(pv_buf *out, const pv_yaml_node *root, int known,
			 int is_first, pv_error *err)
{
	int rc = PV_OK;

	for (const pv_yaml_node *child = root->first; child && rc == PV_OK;
	     child = child->next) {
		if (is_known(child) != known)
			continue;
		if (!is_first)
			pv_buf_putc(out, ',');
		is_first = 0;
		rc = write_member(out, child, err);
	}
	return rc;
}

static int has_other_keys(const pv_yaml_node *root)
{
	for (const pv_yaml_node *child = root->first; child; child = child->next)
		if (!is_known(child))
			return 1;
	return 0;
}

/* --- numbers -------------------------------------------------------------- */

/* .inf and .nan, which JSON does not have: they would come back as text. */
static int is_special(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_FLOAT &&
	       node->text[node->len - 1] > '9';
}

/*
 * The first of them at the node or below, its path in `path`; NULL for none.
 * What an alias stands for is found where it is written.
 */
static const pv_yaml_node *find_special(pv_buf *path, const pv_yaml_node *node)
{
	const pv_yaml_node *found = NULL;
	size_t len = path->len;
	size_t idx = 0;

	if (is_special(node))
		return node;
	for (const pv_yaml_node *child = node->first; child && !found;
	     child = child->next) {
		pv_buf_truncate(path, len);
		if (node->kind == PV_YAML_MAPPING)
			pv_path_put_key(path, pv_yaml_resolve(child->key));
		else
			pv_path_put_index(path, idx++);
		found = find_special(path, child);
	}
	return found;
}

static int check_numbers(const char *id, const pv_yaml_node *root, pv_error *err)
{
	pv_buf path = { 0 };
	const pv_yaml_node *found = find_special(&path, root);
	const char *name = pv_buf_text(&path);
	int rc = pv_buf_status(&path, err);

	if (rc == PV_OK && found) {
		rc = pv_fail(err, PV_EINVALID,
			     "%.120s is \"%.20s\", a number JSON does not have",
			     name + (*name == '.'), found->text);
		pv_error_at(err, rc, id, found->line, found->column);
		pv_error_hint(err, rc,
			      "give it another value, or leave the prompt out "
			      "by naming the others");
	}
	pv_buf_dispose(&path);
	return rc;
}

/* Whether import would take the braces of the texts for Python's. */
static int needs_syntax(const pv_prompt *prompt, const pv_yaml_node *root)
{
	return prompt->syntax == PV_SYNTAX_JINJA2 &&
	       !pv_yaml_get(root, "syntax") &&
	       pv_braces_of_texts(root) == PV_BRACES_FIELDS;
}

/* --- the line ------------------------------------------------------------- */

int pv_export_jsonl(pv_buf *out, const char *id, const pv_prompt *prompt,
		    pv_error *err)
{
	const pv_yaml_node *root = pv_yaml_root(prompt->doc);
	pv_jsonw writer;
	int rc = check_numbers(id, root, err);

	if (rc < 0)
		return rc;
	pv_jsonw_init(&writer, out);
	pv_buf_puts(out, "{\"id\":");
	pv_jsonw_string(&writer, id);
	if (needs_syntax(prompt, root))
		pv_buf_puts(out, ",\"syntax\":\"jinja2\"");
	rc = write_members(out, root, 1, 0, err);
	if (rc == PV_OK && has_other_keys(root)) {
		pv_buf_printf(out, ",\"%s\":{", pv_record_other_keys);
		rc = write_members(out, root, 0, 1, err);
		pv_buf_putc(out, '}');
	}
	pv_buf_puts(out, "}\n");
	return rc < 0 ? rc : pv_buf_status(out, err);
}
