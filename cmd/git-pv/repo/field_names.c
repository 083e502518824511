/* SPDX-License-Identifier: MIT
 *
 * See field_names.h.
 */
#include "repo/field_names.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/prompts.h"

enum {
	DEPTH_MAX = 6 /* what is deeper nobody types */
};

static int is_plain(const char *key)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return *key && key[strspn(key, letters)] == '\0';
}

static int list_below(pv_strlist *out, pv_buf *path, const pv_yaml_node *node,
		      int depth, pv_error *err)
{
	size_t idx = 0;
	int rc = pv_buf_status(path, err);

	if (rc == PV_OK && path->len)
		rc = pv_strlist_add(out, path->ptr, err);
	if (depth == DEPTH_MAX)
		return rc;
	for (const pv_yaml_node *child = node->first; child && rc == PV_OK;
	     child = child->next, idx++) {
		size_t len = path->len;

		if (child->key &&
		    !(child->key->text && is_plain(child->key->text)))
			continue;
		if (child->key)
			pv_buf_printf(path, "%s%s", len ? "." : "",
				      child->key->text);
		else
			pv_buf_printf(path, "[%zu]", idx);
		rc = list_below(out, path, child, depth + 1, err);
		pv_buf_truncate(path, len);
	}
	return rc;
}

int field_names(pv_strlist *out, pv_cli *cli, const char *spec)
{
	pv_buf text = { .max = PV_YAML_MAX_SIZE };
	pv_buf path = { 0 };
	pv_yaml *doc = NULL;
	pv_spec at = { 0 };
	int rc = cli_spec_resolve(&at, cli, spec, PV_SPEC_WORKTREE);

	if (rc == PV_OK)
		rc = pv_store_read(&text, NULL, cli->store, &at.at, at.path,
				   &cli->err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&doc, pv_buf_text(&text), text.len, NULL,
				   &cli->err);
	if (rc == PV_OK)
		rc = list_below(out, &path, pv_yaml_root(doc), 0, &cli->err);
	pv_yaml_free(doc);
	pv_spec_dispose(&at);
	pv_buf_dispose(&text);
	pv_buf_dispose(&path);
	return rc;
}

int field_names_hint(pv_cli *cli, int rc, const char *spec, const char *field)
{
	const pv_error what = cli->err;
	const char **names = NULL;
	pv_strlist found = { 0 };
	pv_buf lister = { 0 };

	if (rc != PV_ENOTFOUND || what.id != PV_ERR_NOT_FOUND || !field)
		return rc;
	if (field_names(&found, cli, spec) == PV_OK)
		names = pv_calloc(found.count + 1, sizeof(const char *));
	cli->err = what;
	for (size_t i = 0; names && i < found.count; i++)
		names[i] = found.items[i];
	pv_buf_printf(&lister, "git pv blame %.60s", spec);
	if (names && lister.status == PV_OK)
		(void)cli_hint_near(cli, rc, field, names, lister.ptr);
	pv_free(names);
	pv_buf_dispose(&lister);
	pv_strlist_dispose(&found);
	return rc;
}
