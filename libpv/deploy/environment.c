/* SPDX-License-Identifier: MIT
 *
 * Reading environments: the files at the top of a commit of the branch
 * pv/deployments.
 */
#include <pv/deploy.h>
#include <pv/yaml.h>

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/entry.h"
#include "deploy/env_file.h"
#include "version/environment.h"

static int fail_none(const char *name, pv_error *err)
{
	return pv_error_hint(err,
			     pv_fail_id(err, PV_ERR_ENVIRONMENT_NOT_FOUND,
					"no environment \"%.64s\"", name),
			     "nothing has been deployed there");
}

static int read_entries(pv_environment *out, const char *file,
			const pv_yaml_node *root, pv_error *err)
{
	int rc = PV_OK;

	if (root->kind != PV_YAML_MAPPING) {
		if (root->kind == PV_YAML_SCALAR && root->type == PV_YAML_NULL)
			return PV_OK;
		rc = pv_fail(err, PV_EINVALID,
			     "the file of an environment must be a mapping");
		return pv_error_at(err, rc, file, root->line, root->column);
	}
	out->items = pv_calloc(root->count + 1, sizeof(*out->items));
	if (!out->items)
		return pv_fail_nomem(err);
	for (const pv_yaml_node *entry = root->first; entry && rc == PV_OK;
	     entry = entry->next) {
		rc = pv_deployment_read(&out->items[out->count], file, entry,
					err);
		out->count += rc == PV_OK;
	}
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const pv_deployment *first = a;
	const pv_deployment *second = b;

	return strcmp(first->id, second->id);
}

int pv_environment_parse(pv_environment *out, const char *file, pv_str text,
			 pv_error *err)
{
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, err);

	if (rc == PV_OK)
		rc = read_entries(out, file, pv_yaml_root(doc), err);
	if (rc == PV_OK && out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_id);
	pv_yaml_free(doc);
	return rc;
}

int pv_environment_load(pv_environment *out, pv_store *store, const char *name,
			const pv_oid *at, pv_error *err)
{
	pv_point point = { .kind = PV_AT_COMMIT };
	pv_env_path file = { 0 };
	pv_buf text = { 0 };
	pv_oid local;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_environment_check(name, err);
	if (rc == PV_OK && at)
		point.commit = *at;
	else if (rc == PV_OK)
		rc = pv_environment_tip(&point.commit, &local, store, err);
	if (rc == PV_OK && !point.commit.hex[0])
		rc = fail_none(name, err);
	if (rc < 0)
		return rc;
	pv_env_path_make(&file, name);
	rc = pv_store_read(&text, NULL, store, &point, file.text, err);
	if (rc == PV_ENOTFOUND)
		rc = fail_none(name, err);
	if (rc == PV_OK) {
		pv_str lent = { pv_buf_text(&text), text.len };

		rc = pv_environment_parse(out, file.text, lent, err);
	}
	out->tip = point.commit;
	pv_buf_dispose(&text);
	if (rc < 0)
		pv_environment_dispose(out);
	return rc;
}

const pv_deployment *pv_environment_find(const pv_environment *environment,
					 const char *id)
{
	size_t low = 0;
	size_t high = environment->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(environment->items[middle].id, id);

		if (!order)
			return &environment->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void pv_environment_dispose(pv_environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		pv_deployment_dispose(&environment->items[i]);
	pv_free(environment->items);
	memset(environment, 0, sizeof(*environment));
}

struct listing {
	int (*fn)(const char *name, void *payload);
	void *payload;
};

static int each_file(const char *path, const pv_oid *blob, void *payload)
{
	const struct listing *listing = payload;
	char name[PV_ENVIRONMENT_MAX + 1];
	size_t len = strlen(path);

	(void)blob;
	if (!pv_str_has_suffix(path, ".yaml") || strchr(path, '/') ||
	    len - strlen(".yaml") > PV_ENVIRONMENT_MAX)
		return 0;
	len -= strlen(".yaml");
	memcpy(name, path, len);
	name[len] = '\0';
	if (pv_environment_check(name, NULL) < 0)
		return 0;
	return listing->fn(name, listing->payload);
}

int pv_environment_each(pv_store *store,
			int (*fn)(const char *name, void *payload),
			void *payload, pv_error *err)
{
	struct listing listing = { fn, payload };
	pv_point at = { .kind = PV_AT_COMMIT };
	pv_oid local;
	int rc = pv_environment_tip(&at.commit, &local, store, err);

	if (rc < 0 || !at.commit.hex[0])
		return rc;
	return pv_store_each(store, &at, "", each_file, &listing, err);
}
