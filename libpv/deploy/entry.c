/* SPDX-License-Identifier: MIT
 *
 * Entries of an environment's file. New ones are spliced in as whole lines,
 * one that has comments or members of others is edited member by member, and
 * the result is read again: it must say what the old one said, apart from what
 * was put in.
 */
#include "deploy/entry.h"

#include <pv/yaml.h>

#include <stdlib.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "version/environment_text.h"

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
	if (rc == PV_OK)
		rc = read_text(&out->rolled_back_from, map, "rolled_back_from",
			       err);
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
	pv_free(deployment->rolled_back_from);
	pv_free(deployment->resolved_from);
	memset(deployment, 0, sizeof(*deployment));
}

/* --- writing --------------------------------------------------------------- */

/* The members that are ours, as they are written. */
static const char *const keys[] = { "version", "commit",
				    "blob",    "at",
				    "by",      "reason",
				    "canary",  "rolled_back_from" };

/* One file on its way from text to text. */
struct put {
	pv_str text;
	pv_yaml *doc;       /* of a file that is not plain */
	pv_env_parts parts; /* its entries, also then */
	size_t at;          /* bytes of `text` that are in `out` */
	pv_buf *out;        /* the new file */
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
	if (item->rolled_back_from)
		pv_jsonw_member(w, "rolled_back_from", item->rolled_back_from);
	pv_jsonw_object_end(w);
}

/* {"<id>": {...}} */
static int write_json(pv_buf *out, const pv_new_entry *item, pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, item->id);
	put_json(&w, item);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}

/* --- the entries there are -------------------------------------------------- */

/* Behind the line that the entry ends with. */
static size_t end_of(pv_str text, const pv_yaml_node *entry)
{
	const pv_yaml_node *last = entry;
	const char *newline;
	size_t end = entry->end;

	while (last->first) {
		for (last = last->first; last->next; last = last->next)
			;
		end = last->end > end ? last->end : end;
	}
	if (end && text.ptr[end - 1] == '\n')
		return end;
	newline = memchr(text.ptr + end, '\n', text.len - end);
	return newline ? (size_t)(newline - text.ptr) + 1 : text.len;
}

static int parts_of_yaml(struct put *put, pv_error *err)
{
	const pv_yaml_node *root = pv_yaml_root(put->doc);
	pv_env_parts *parts = &put->parts;

	if (root->kind == PV_YAML_SCALAR && root->type == PV_YAML_NULL)
		return PV_OK;
	if (root->kind != PV_YAML_MAPPING)
		return pv_fail(err, PV_EINVALID,
			       "the file of an environment must be a mapping");
	if (pv_array_reserve(&parts->items, &parts->cap, root->count,
			     sizeof(*parts->items)) < 0)
		return pv_fail_nomem(err);
	for (const pv_yaml_node *entry = root->first; entry; entry = entry->next) {
		pv_env_part *part = &parts->items[parts->count++];

		part->id = pv_str_of(entry->key->text);
		part->start = entry->key->outer_start;
		part->end = end_of(put->text, entry);
	}
	return PV_OK;
}

static int find_parts(struct put *put, pv_error *err)
{
	int rc = pv_env_parts_read(&put->parts, put->text, err);

	if (rc < 0 || put->parts.is_plain)
		return rc;
	rc = pv_yaml_parse(&put->doc, put->text.ptr, put->text.len, NULL, err);
	return rc == PV_OK ? parts_of_yaml(put, err) : rc;
}

/* --- putting ----------------------------------------------------------------- */

static void copy_to(struct put *put, size_t end)
{
	if (end > put->at)
		pv_buf_put(put->out, put->text.ptr + put->at, end - put->at);
	put->at = end;
	if (put->out->len && put->out->ptr[put->out->len - 1] != '\n')
		pv_buf_putc(put->out, '\n');
}

static int is_ours(const char *key)
{
	for (size_t i = 0; i < pv_array_len(keys); i++)
		if (!strcmp(keys[i], key))
			return 1;
	return 0;
}

/* Whether an entry has nothing that its deployment would not write. */
static int is_ours_alone(const pv_yaml_node *entry)
{
	const pv_yaml_node *map = pv_yaml_resolve(entry);

	for (const pv_yaml_node *node = map->first; node; node = node->next)
		if (!is_ours(node->key->text))
			return 0;
	return map->kind == PV_YAML_MAPPING;
}

static int set_member(pv_yaml *doc, const pv_new_entry *item, const char *key,
		      const pv_yaml_node *wanted, pv_error *err)
{
	const pv_yaml_node *there = NULL;
	pv_buf path = { 0 };
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &path);
	pv_jsonw_string(&w, item->id);
	pv_buf_printf(&path, ".%s", key);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK && wanted)
		rc = pv_yaml_to_json(&json, wanted, err);
	if (rc == PV_OK && !wanted)
		pv_yaml_find(&there, doc, path.ptr, NULL);
	if (rc == PV_OK && wanted)
		rc = pv_yaml_set(doc, path.ptr, pv_buf_text(&json), err);
	else if (rc == PV_OK && there)
		rc = pv_yaml_delete(doc, path.ptr, err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&json);
	return rc;
}

/* Sets what differs, member by member: all else keeps its bytes. */
static int edit_members(pv_buf *out, pv_yaml *doc, const pv_new_entry *item,
			const char *json, pv_error *err)
{
	const pv_yaml_node *wanted = NULL;
	pv_yaml *given = NULL;
	const char *text;
	size_t len;
	int rc = pv_yaml_parse(&given, json, strlen(json), NULL, err);

	if (rc == PV_OK)
		wanted = pv_yaml_get(pv_yaml_root(given), item->id);
	for (size_t i = 0; i < pv_array_len(keys) && rc == PV_OK; i++)
		rc = set_member(doc, item, keys[i],
				pv_yaml_get(wanted, keys[i]), err);
	if (rc == PV_OK) {
		text = pv_yaml_text(doc, &len);
		pv_buf_put(out, text, len);
		rc = pv_buf_status(out, err);
	}
	pv_yaml_free(given);
	return rc;
}

/*
 * Edits an entry that has something of others. `*is_done_out` stays 0 for one
 * that has not, or cannot be edited alone.
 */
static int edit_part(int *is_done_out, pv_buf *out, pv_str part,
		     const pv_new_entry *item, const char *json, pv_error *err)
{
	const pv_yaml_node *entry = NULL;
	pv_yaml *doc = NULL;
	size_t start = out->len;
	int rc = pv_yaml_parse(&doc, part.ptr, part.len, NULL, NULL);

	*is_done_out = 0;
	if (rc == PV_OK)
		entry = pv_yaml_get(pv_yaml_root(doc), item->id);
	if (entry && pv_yaml_resolve(entry)->kind == PV_YAML_MAPPING &&
	    (memchr(part.ptr, '#', part.len) || !is_ours_alone(entry))) {
		rc = edit_members(out, doc, item, json, NULL);
		*is_done_out = rc == PV_OK;
	}
	if (!*is_done_out && out->len > start)
		out->len = start;
	pv_yaml_free(doc);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : PV_OK;
}

static int put_item(struct put *put, const pv_env_part *part,
		    const pv_new_entry *item, pv_error *err)
{
	pv_buf json = { 0 };
	int is_done = 0;
	int rc;

	if (!item->commit)
		return PV_OK;
	rc = write_json(&json, item, err);
	if (rc == PV_OK && part) {
		pv_str text = { put->text.ptr + part->start,
				part->end - part->start };

		rc = edit_part(&is_done, put->out, text, item, json.ptr, err);
	}
	if (rc == PV_OK && !is_done)
		rc = pv_yaml_from_json(put->out, json.ptr, json.len, err);
	pv_buf_dispose(&json);
	return rc;
}

/*
 * Puts a new entry in the place of `old`, or without one before `next`, which
 * is NULL behind the last one. Comments above the next entry are its own, but
 * for those at the top of the file.
 */
static int place_item(struct put *put, const pv_env_part *old,
		      const pv_env_part *next, const pv_new_entry *item,
		      pv_error *err)
{
	int rc;

	if (old)
		copy_to(put, old->start);
	else if (next && next == put->parts.items)
		copy_to(put, next->start);
	else
		copy_to(put, put->at);
	rc = put_item(put, old, item, err);
	if (old)
		put->at = old->end;
	return rc;
}

/* Merges the entries there are with the new ones, both by id. */
static int put_all(struct put *put, const pv_new_entry *items, size_t count,
		   pv_error *err)
{
	const pv_env_part *part = put->parts.items;
	const pv_env_part *end = part ? part + put->parts.count : NULL;
	size_t i = 0;
	int rc = PV_OK;

	if (part == end)
		copy_to(put, put->text.len);
	while (rc == PV_OK && (part != end || i < count)) {
		int order = part == end  ? 1
			    : i == count ? -1
					 : pv_str_cmp(part->id,
						      pv_str_of(items[i].id));

		if (order < 0)
			copy_to(put, part->end);
		else
			rc = place_item(put, order == 0 ? part : NULL,
					part == end ? NULL : part, &items[i++],
					err);
		if (order <= 0)
			part++;
	}
	return rc;
}

/* --- reading back ------------------------------------------------------------ */

static int is_same_value(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
			 pv_error *err)
{
	pv_buf first = { 0 };
	pv_buf second = { 0 };
	int rc = PV_OK;

	*out = a && b;
	if (!a || !b) {
		*out = a == b;
		return PV_OK;
	}
	rc = pv_yaml_to_json(&first, a, err);
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&second, b, err);
	*out = rc == PV_OK && !strcmp(pv_buf_text(&first), pv_buf_text(&second));
	pv_buf_dispose(&first);
	pv_buf_dispose(&second);
	return rc;
}

/* Whether an entry says what was to be written. */
static int is_as_meant(int *out, const pv_yaml_node *entry,
		       const pv_new_entry *item, pv_error *err)
{
	const pv_yaml_node *wanted;
	pv_yaml *given = NULL;
	pv_buf json = { 0 };
	int rc = write_json(&json, item, err);

	*out = 1;
	if (rc == PV_OK)
		rc = pv_yaml_parse(&given, json.ptr, json.len, NULL, err);
	wanted = rc == PV_OK ? pv_yaml_get(pv_yaml_root(given), item->id) : NULL;
	for (size_t i = 0; i < pv_array_len(keys) && rc == PV_OK && *out; i++)
		rc = is_same_value(out,
				   pv_yaml_get(pv_yaml_resolve(entry), keys[i]),
				   pv_yaml_get(wanted, keys[i]), err);
	pv_yaml_free(given);
	pv_buf_dispose(&json);
	return rc;
}

static int by_id(const void *key, const void *entry)
{
	const pv_str *id = key;
	const pv_new_entry *item = entry;

	return pv_str_cmp(*id, pv_str_of(item->id));
}

static const pv_new_entry *find_item(const pv_new_entry *items, size_t count,
				     pv_str id)
{
	return bsearch(&id, items, count, sizeof(*items), by_id);
}

static const pv_env_part *find_part(const pv_env_parts *parts, pv_str id)
{
	for (size_t i = 0; !parts->is_plain && i < parts->count; i++)
		if (pv_str_eq(parts->items[i].id, id))
			return &parts->items[i];
	return parts->is_plain ? pv_env_parts_find(parts, id) : NULL;
}

/* Whether an entry of the new file is what was put in, or what was there. */
static int is_right(int *out, const struct put *now, const pv_env_part *part,
		    const struct put *old, const pv_new_entry *item,
		    pv_error *err)
{
	const pv_env_part *was = find_part(&old->parts, part->id);
	pv_str text = { now->text.ptr + part->start, part->end - part->start };
	const pv_yaml_node *entry = NULL;
	pv_yaml *doc = NULL;
	int rc = PV_OK;

	if (!item) {
		pv_str before = { NULL, 0 };

		if (was) {
			before.ptr = old->text.ptr + was->start;
			before.len = was->end - was->start;
		}
		*out = was && pv_str_eq(pv_str_trim(before), pv_str_trim(text));
		return PV_OK;
	}
	if (!now->doc)
		rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, err);
	if (rc == PV_OK)
		entry = pv_yaml_get(pv_yaml_root(doc ? doc : now->doc), item->id);
	*out = entry && item->commit;
	if (*out)
		rc = is_as_meant(out, entry, item, err);
	pv_yaml_free(doc);
	return rc;
}

/* In a file with anchors the bytes of an entry are not all of its meaning. */
static int is_meaning_kept(int *out, const struct put *now,
			   const struct put *old, const pv_new_entry *items,
			   size_t count, pv_error *err)
{
	int rc = PV_OK;

	*out = 1;
	if (!now->doc || !old->doc)
		return PV_OK;
	for (const pv_yaml_node *node = pv_yaml_root(now->doc)->first;
	     node && rc == PV_OK && *out; node = node->next)
		if (!find_item(items, count, pv_str_of(node->key->text)))
			rc = is_same_value(out, node,
					   pv_yaml_get(pv_yaml_root(old->doc),
						       node->key->text),
					   err);
	return rc;
}

static int compare(int *out, const struct put *now, const struct put *old,
		   const pv_new_entry *items, size_t count, pv_error *err)
{
	size_t kept = old->parts.count;
	int rc = PV_OK;

	*out = 1;
	for (size_t i = 0; i < count; i++) {
		pv_str id = pv_str_of(items[i].id);
		int was = find_part(&old->parts, id) != NULL;

		kept = kept + (items[i].commit != NULL) - (size_t)was;
	}
	for (size_t i = 0; i < now->parts.count && rc == PV_OK && *out; i++) {
		const pv_env_part *part = &now->parts.items[i];

		rc = is_right(out, now, part, old,
			      find_item(items, count, part->id), err);
	}
	*out &= kept == now->parts.count;
	if (rc == PV_OK && *out)
		rc = is_meaning_kept(out, now, old, items, count, err);
	return rc;
}

static void put_dispose(struct put *put)
{
	pv_yaml_free(put->doc);
	pv_env_parts_dispose(&put->parts);
}

/* Whether what was written means what it should. */
static int verify(const struct put *old, const pv_new_entry *items,
		  size_t count, pv_error *err)
{
	struct put now = { .text = { pv_buf_text(old->out), old->out->len } };
	int is_same = 0;
	int rc = find_parts(&now, NULL);

	if (rc == PV_OK)
		rc = compare(&is_same, &now, old, items, count, NULL);
	put_dispose(&now);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (rc == PV_OK && is_same)
		return PV_OK;
	return pv_error_hint(err,
			     pv_fail(err, PV_EUNSUPPORTED,
				     "the file of the environment cannot be "
				     "edited without changing more"),
			     "write one entry for each prompt, in block style "
			     "and without anchors");
}

int pv_environment_put(pv_buf *out, pv_str text, const pv_new_entry *items,
		       size_t count, pv_error *err)
{
	struct put put = { .text = text, .out = out };
	int rc = find_parts(&put, err);

	if (rc == PV_OK)
		rc = put_all(&put, items, count, err);
	if (rc == PV_OK && put.at < text.len)
		copy_to(&put, text.len);
	if (rc == PV_OK)
		rc = pv_buf_status(out, err);
	if (rc == PV_OK)
		rc = verify(&put, items, count, err);
	put_dispose(&put);
	return rc;
}
