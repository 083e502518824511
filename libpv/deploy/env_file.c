/* SPDX-License-Identifier: MIT
 *
 * See env_file.h. In a plain file an entry is parsed when it is asked for;
 * any other one is parsed as a whole.
 */
#include "deploy/env_file.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/entry.h"

void pv_env_path_make(pv_env_path *out, const char *name)
{
	snprintf(out->text, sizeof(out->text), "%.64s.yaml", name);
}

static int take_apart(pv_env_file *out, pv_error *err)
{
	pv_str text = { pv_buf_text(&out->text), out->text.len };
	int rc = pv_env_parts_read(&out->parts, text, err);

	if (rc == PV_OK && !out->parts.is_plain)
		rc = pv_environment_parse(&out->all, out->path.text, text, err);
	return rc;
}

int pv_env_file_read(pv_env_file *out, pv_store *store, const char *name,
		     const pv_oid *blob, pv_error *err)
{
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	pv_env_path_make(&out->path, name);
	out->blob = *blob;
	if (blob->hex[0])
		rc = pv_store_read_blob(&out->text, store, blob, err);
	return rc == PV_OK ? take_apart(out, err) : rc;
}

int pv_env_file_load(pv_env_file *out, pv_store *store, const char *name,
		     const pv_oid *commit, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	int rc;

	memset(out, 0, sizeof(*out));
	pv_env_path_make(&out->path, name);
	if (!commit->hex[0])
		return take_apart(out, err);
	at.commit = *commit;
	rc = pv_store_read(&out->text, &out->blob, store, &at, out->path.text,
			   err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		out->blob.hex[0] = '\0';
		rc = PV_OK;
	}
	return rc == PV_OK ? take_apart(out, err) : rc;
}

int pv_env_file_find(pv_deployment *out, const pv_env_file *file,
		     const char *id, pv_error *err)
{
	pv_str text = { pv_buf_text(&file->text), file->text.len };
	const pv_yaml_node *entry;
	pv_yaml *doc;
	int rc;

	memset(out, 0, sizeof(*out));
	if (!file->parts.is_plain) {
		const pv_deployment *found = pv_environment_find(&file->all, id);

		return found ? pv_deployment_copy(out, found, err) : PV_OK;
	}
	rc = pv_env_entry_parse(&doc, &entry, text, &file->parts, id, err);
	if (rc == PV_OK && entry)
		rc = pv_deployment_read(out, file->path.text, entry, err);
	pv_yaml_free(doc);
	return rc;
}

void pv_env_file_dispose(pv_env_file *file)
{
	pv_buf_dispose(&file->text);
	pv_env_parts_dispose(&file->parts);
	pv_environment_dispose(&file->all);
	memset(file, 0, sizeof(*file));
}

/* --- deployments ----------------------------------------------------------- */

static int dup_text(char **out, const char *text, pv_error *err)
{
	*out = text ? pv_strdup(text) : NULL;
	return !text || *out ? PV_OK : pv_fail_nomem(err);
}

int pv_deployment_copy(pv_deployment *out, const pv_deployment *from,
		       pv_error *err)
{
	int rc;

	pv_deployment_dispose(out);
	out->commit = from->commit;
	out->blob = from->blob;
	out->canary = from->canary;
	rc = dup_text(&out->id, from->id, err);
	if (rc == PV_OK)
		rc = dup_text(&out->version, from->version, err);
	if (rc == PV_OK)
		rc = dup_text(&out->at, from->at, err);
	if (rc == PV_OK)
		rc = dup_text(&out->by, from->by, err);
	if (rc == PV_OK)
		rc = dup_text(&out->reason, from->reason, err);
	if (rc == PV_OK)
		rc = dup_text(&out->rolled_back_from, from->rolled_back_from,
			      err);
	if (rc == PV_OK)
		rc = dup_text(&out->resolved_from, from->resolved_from, err);
	return rc;
}

static int is_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* All of the traffic is 100 per cent of it. */
static int canary_of(const pv_deployment *deployment)
{
	return deployment->canary < 0 ? 100 : deployment->canary;
}

int pv_deployment_is_same(const pv_deployment *a, const pv_deployment *b)
{
	if (!a->id || !b->id)
		return !a->id && !b->id;
	return is_text_same(a->version, b->version) &&
	       !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex) && canary_of(a) == canary_of(b);
}
