/* SPDX-License-Identifier: MIT
 *
 * See mentions.h. A file that is no YAML names nothing; what is wrong with it
 * is for others to say.
 */
#include "repo/mentions.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/mem.h"

struct search {
	pv_cli *cli;
	const pv_strlist *ids;
	pv_strlist *found;
};

static int is_id(const pv_yaml_node *node, const pv_strlist *ids)
{
	char id[PV_ID_MAX + 1];
	size_t len = strcspn(node->text, "@");

	if (node->type != PV_YAML_STRING || len > PV_ID_MAX)
		return 0;
	memcpy(id, node->text, len);
	id[len] = '\0';
	return pv_strlist_search(ids, id) >= 0;
}

static int is_named(const pv_yaml_node *node, const pv_strlist *ids)
{
	if (node->kind == PV_YAML_SCALAR)
		return is_id(node, ids);
	for (const pv_yaml_node *n = node->first; n; n = n->next)
		if (is_named(n, ids))
			return 1;
	return 0;
}

static int is_yaml(const char *path)
{
	pv_str name = pv_str_of(path);

	return pv_str_has_suffix(name.ptr, ".yaml") ||
	       pv_str_has_suffix(name.ptr, ".yml");
}

static int look(const char *path, const pv_oid *blob, void *payload)
{
	static const pv_yaml_options options = { .tags = PV_YAML_TAGS_KEEP };
	struct search *search = payload;
	pv_cli *cli = search->cli;
	pv_point at = { PV_AT_WORKTREE, { "" } };
	pv_yaml *doc = NULL;
	pv_buf text = { 0 };
	int rc = PV_OK;

	(void)blob;
	if (!is_yaml(path))
		return PV_OK;
	rc = pv_store_read(&text, NULL, cli->store, &at, path, &cli->err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&doc, pv_buf_text(&text), text.len, &options,
				   &cli->err);
	if (rc == PV_OK && is_named(pv_yaml_root(doc), search->ids))
		rc = pv_strlist_add(search->found, path, &cli->err);
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_yaml_free(doc);
	pv_buf_dispose(&text);
	return rc;
}

int mentions_find(pv_strlist *out, pv_cli *cli, const pv_strlist *ids)
{
	static const char *const folders[] = { "datasets", "experiments" };
	struct search search = { cli, ids, out };
	pv_point at = { PV_AT_WORKTREE, { "" } };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(folders) && rc == PV_OK; i++)
		rc = pv_store_each(cli->store, &at, folders[i], look, &search,
				   &cli->err);
	return rc;
}
