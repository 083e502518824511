/* SPDX-License-Identifier: MIT
 *
 * Entries of an environment's file. A file is parsed once, its new entries are
 * spliced in as whole lines, and the result is parsed again: it must say what
 * the old one said, apart from what was put in.
 */
#include "deploy/entry.h"

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"

/* --- reading --------------------------------------------------------------- */

static const pv_yaml_node *scalar(const pv_yaml_node *entry, const char *key)
{
	const pv_yaml_node *node = pv_yaml_get(entry, key);

	node = node ? pv_yaml_resolve(node) : NULL;
	if (!node || node->kind != PV_YAML_SCALAR || node->type == PV_YAML_NULL)
		return NULL;
	return node;
}

static int read_oid(pv_oid *out, const pv_yaml_node *entry, const char *key)
{
	const pv_yaml_node *node = scalar(entry, key);

	if (!node || node->len != 40 ||
	    strspn(node->text, "0123456789abcdef") != 40)
		return 0;
	memcpy(out->hex, node->text, 41);
	return 1;
}

static int read_text(char **out, const pv_yaml_node *entry, const char *key,
		     pv_error *err)
{
	const pv_yaml_node *node = scalar(entry, key);

	if (!node)
		return PV_OK;
	*out = pv_strndup(node->text, strlen(node->text));
	return *out ? PV_OK : pv_fail_nomem(err);
}

static void read_canary(pv_deployment *out, const pv_yaml_node *entry)
{
	const pv_yaml_node *node = scalar(entry, "canary");
	unsigned value;

	out->canary = -1;
	if (node && pv_str_to_uint(&value, pv_str_of(node->text), 100) == PV_OK)
		out->canary = (int)value;
}

static int fail_entry(const char *file, const pv_yaml_node *entry,
		      const char *key, pv_error *err)
{
	int rc = pv_fail(err, PV_EINVALID,
			 "the deployment of \"%.140s\" names no %s",
			 entry->key->text, key);

	return pv_error_at(err, rc, file, entry->line, entry->column);
}

int pv_deployment_read(pv_deployment *out, const char *file,
		       const pv_yaml_node *entry, pv_error *err)
{
	const pv_yaml_node *map = pv_yaml_resolve(entry);
	int rc;

	memset(out, 0, sizeof(*out));
	if (!read_oid(&out->commit, map, "commit"))
		return fail_entry(file, entry, "commit", err);
	if (!read_oid(&out->blob, map, "blob"))
		return fail_entry(file, entry, "blob", err);
	read_canary(out, map);
	out->id = pv_strdup(entry->key->text);
	rc = out->id ? PV_OK : pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = read_text(&out->version, map, "version", err);
	if (rc == PV_OK)
		rc = read_text(&out->at, map, "at", err);
	if (rc == PV_OK)
		rc = read_text(&out->by, map, "by", err);
	if (rc == PV_OK)
		rc = read_text(&out->reason, map, "reason", err);
	if (rc < 0)
		pv_deployment_dispose(out);
	return rc;
}

void pv_deployment_dispose(pv_deployment *deployment)
{
	pv_free(deployment->id);
	pv_free(deployment->version);
	pv_free(deployment->at);
	pv_free(deployment->by);
	pv_free(deployment->reason);
	memset(deployment, 0, sizeof(*deployment));
}

/* --- writing --------------------------------------------------------------- */

/* One file on its way from text to text. */
struct put {
	pv_str text;
	const pv_yaml_node *root;
	size_t at;      /* bytes of `text` that are in `out` */
	pv_buf *out;    /* the new file */
	pv_buf meaning; /* what it is to be read as, JSON */
	pv_jsonw w;     /* to `meaning` */
	pv_buf scratch;
};

static void put_json(pv_jsonw *w, const pv_new_entry *item)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "version", item->version);
	pv_jsonw_member(w, "commit", item->commit);
	pv_jsonw_member(w, "blob", item->blob);
	pv_jsonw_member(w, "at", item->at);
	pv_jsonw_member(w, "by", item->by);
	if (item->reason)
		pv_jsonw_member(w, "reason", item->reason);
	if (item->canary >= 0) {
		pv_jsonw_key(w, "canary");
		pv_jsonw_int(w, item->canary);
	}
	pv_jsonw_object_end(w);
}

/* Behind the line that the entry ends with. */
static size_t end_of(const struct put *put, const pv_yaml_node *entry)
{
	const pv_yaml_node *last = entry;
	const char *newline;
	size_t end = entry->end;

	while (last->first) {
		for (last = last->first; last->next; last = last->next)
			;
		end = last->end > end ? last->end : end;
	}
	if (end && put->text.ptr[end - 1] == '\n')
		return end;
	newline = memchr(put->text.ptr + end, '\n', put->text.len - end);
	return newline ? (size_t)(newline - put->text.ptr) + 1 : put->text.len;
}

static size_t start_of(const pv_yaml_node *entry, size_t otherwise)
{
	return entry ? entry->key->outer_start : otherwise;
}

static void copy_to(struct put *put, size_t end)
{
	if (end > put->at)
		pv_buf_put(put->out, put->text.ptr + put->at, end - put->at);
	put->at = end;
	if (put->out->len && put->out->ptr[put->out->len - 1] != '\n')
		pv_buf_putc(put->out, '\n');
}

static int put_item(struct put *put, const pv_new_entry *item, pv_error *err)
{
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &json);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, item->id);
	put_json(&w, item);
	pv_jsonw_object_end(&w);
	pv_jsonw_key(&put->w, item->id);
	put_json(&put->w, item);
	rc = pv_buf_status(&json, err);
	if (rc == PV_OK)
		rc = pv_yaml_from_json(put->out, json.ptr, json.len, err);
	pv_buf_dispose(&json);
	return rc;
}

static int keep_entry(struct put *put, const pv_yaml_node *entry, pv_error *err)
{
	int rc;

	pv_buf_clear(&put->scratch);
	rc = pv_yaml_to_json(&put->scratch, entry, err);
	if (rc < 0)
		return rc;
	pv_jsonw_key(&put->w, entry->key->text);
	pv_jsonw_raw(&put->w, put->scratch.ptr, put->scratch.len);
	return PV_OK;
}

/* Merges the entries there are with the new ones, both by id. */
static int put_all(struct put *put, const pv_new_entry *items, size_t count,
		   pv_error *err)
{
	const pv_yaml_node *entry = put->root->first;
	size_t i = 0;
	int rc = PV_OK;

	while (rc == PV_OK && (entry || i < count)) {
		int order = !entry       ? 1
			    : i == count ? -1
					 : strcmp(entry->key->text, items[i].id);

		if (order < 0) {
			rc = keep_entry(put, entry, err);
			copy_to(put, end_of(put, entry));
		} else {
			/* Comments above the next entry are its own. */
			copy_to(put, order == 0 || put->root->first == entry
					     ? start_of(entry, put->at)
					     : put->at);
			rc = put_item(put, &items[i++], err);
			if (order == 0)
				put->at = end_of(put, entry);
		}
		if (order <= 0)
			entry = entry->next;
	}
	return rc;
}

/* Whether what was written means what it should. */
static int verify(const struct put *put, pv_error *err)
{
	pv_yaml *doc = NULL;
	pv_buf json = { 0 };
	int rc = pv_yaml_parse(&doc, pv_buf_text(put->out), put->out->len, NULL,
			       NULL);

	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, pv_yaml_root(doc), NULL);
	if (rc == PV_ENOMEM)
		pv_fail_nomem(err);
	else if (rc != PV_OK ||
		 strcmp(pv_buf_text(&json), pv_buf_text(&put->meaning)) != 0)
		rc = pv_error_hint(err,
				   pv_fail(err, PV_EUNSUPPORTED,
					   "the file of the environment cannot "
					   "be edited without changing more"),
				   "write one entry for each prompt, in block "
				   "style and without anchors");
	pv_yaml_free(doc);
	pv_buf_dispose(&json);
	return rc;
}

static int begin(pv_yaml **doc, struct put *put, pv_error *err)
{
	int rc = pv_yaml_parse(doc, put->text.ptr, put->text.len, NULL, err);

	if (rc < 0)
		return rc;
	put->root = pv_yaml_root(*doc);
	if (put->root->kind == PV_YAML_MAPPING)
		return PV_OK;
	if (put->root->kind == PV_YAML_SCALAR && put->root->type == PV_YAML_NULL) {
		put->at = 0;
		copy_to(put, put->text.len);
		return PV_OK;
	}
	return pv_fail(err, PV_EINVALID,
		       "the file of an environment must be a mapping");
}

int pv_environment_put(pv_buf *out, pv_str text, const pv_new_entry *items,
		       size_t count, pv_error *err)
{
	struct put put = { .text = text, .out = out };
	pv_yaml *doc = NULL;
	int rc = begin(&doc, &put, err);

	pv_jsonw_init(&put.w, &put.meaning);
	pv_jsonw_object(&put.w);
	if (rc == PV_OK)
		rc = put_all(&put, items, count, err);
	pv_jsonw_object_end(&put.w);
	if (rc == PV_OK && put.at < text.len)
		copy_to(&put, text.len);
	if (rc == PV_OK)
		rc = pv_buf_status(&put.meaning, err);
	if (rc == PV_OK)
		rc = pv_buf_status(out, err);
	if (rc == PV_OK)
		rc = verify(&put, err);
	pv_yaml_free(doc);
	pv_buf_dispose(&put.meaning);
	pv_buf_dispose(&put.scratch);
	return rc;
}
