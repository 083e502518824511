/* SPDX-License-Identifier: MIT
 *
 * See renamed.h. A name is only taken from a tag, never made up: a version
 * that no tag has stays what it was called.
 */
#include "deploy/renamed.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static const char tags[] = "refs/tags/";

/* --- names of versions --------------------------------------------------------- */

struct search {
	pv_store *store;
	const char *commit;
	size_t skip; /* bytes before the number */
	char found[PV_VERSION_TEXT];
	pv_error *err;
};

/* 1 when the tag names the commit. */
static int is_of(pv_store *store, const pv_oid *oid, const char *commit,
		 pv_error *err)
{
	pv_tag tag = { 0 };
	int rc = pv_store_tag_read(&tag, store, oid, err);

	if (rc == PV_OK)
		rc = !strcmp(tag.target.hex, commit);
	pv_tag_dispose(&tag);
	if (rc != PV_EINVALID && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return 0;
}

/* Tags come in the order of bytes, so all are looked at for the highest. */
static int look_at(const char *refname, const pv_oid *oid, void *payload)
{
	struct search *it = payload;
	const char *text = refname + it->skip;
	pv_semver number;
	pv_semver best;
	int rc;

	if (pv_semver_parse(&number, text, NULL) < 0)
		return PV_OK;
	rc = is_of(it->store, oid, it->commit, it->err);
	if (rc > 0 && (!it->found[0] ||
		       (pv_semver_parse(&best, it->found, NULL) == PV_OK &&
			pv_semver_cmp(&number, &best) > 0)))
		pv_semver_format(it->found, &number);
	return rc < 0 ? rc : PV_OK;
}

static int find_name(struct search *it, const char *id)
{
	pv_buf prefix = { 0 };
	int rc;

	pv_buf_printf(&prefix, "%s%s/v", tags, id);
	it->skip = prefix.len;
	rc = pv_buf_status(&prefix, it->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(it->store, prefix.ptr, look_at, it,
				       it->err);
	pv_buf_dispose(&prefix);
	return rc;
}

/* 1 when a version's tag is there, and names another commit. */
static int is_elsewhere(pv_store *store, const pv_new_entry *entry, pv_error *err)
{
	pv_buf name = { 0 };
	pv_oid oid;
	int rc;

	pv_buf_printf(&name, "%s%s/v%s", tags, entry->id, entry->version);
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = pv_store_ref(&oid, store, name.ptr, err);
	pv_buf_dispose(&name);
	if (rc == PV_OK) {
		rc = is_of(store, &oid, entry->commit, err);
		return rc < 0 ? rc : !rc;
	}
	if (rc != PV_ENOTFOUND && rc != PV_EINVALID)
		return rc;
	pv_error_clear(err);
	return 0;
}

static int add(pv_renamed *to, const pv_new_entry *entry, int is_from,
	       const char *now, pv_error *err)
{
	pv_renamed_row *row;

	if (pv_array_reserve(&to->items, &to->cap, to->count + 1,
			     sizeof(*to->items)) < 0)
		return pv_fail_nomem(err);
	row = &to->items[to->count++];
	row->id = pv_strdup(entry->id);
	row->is_from = is_from;
	row->was = pv_strdup(entry->version);
	row->now = pv_strdup(now);
	return row->id && row->was && row->now ? PV_OK : pv_fail_nomem(err);
}

static int find(const char **version, pv_renamed *renamed, pv_store *store,
		const pv_new_entry *entry, int is_from, pv_error *err)
{
	struct search it = { .store = store, .commit = entry->commit, .err = err };
	int rc = is_elsewhere(store, entry, err);

	if (rc > 0)
		rc = find_name(&it, entry->id);
	if (rc < 0 || !it.found[0])
		return rc;
	rc = add(renamed, entry, is_from, it.found, err);
	if (rc == PV_OK)
		*version = renamed->items[renamed->count - 1].now;
	return rc;
}

int pv_renamed_find(const char **version, pv_renamed *renamed, pv_store *store,
		    const pv_new_entry *entry, pv_error *err)
{
	return find(version, renamed, store, entry, 0, err);
}

int pv_renamed_find_from(const char **version, pv_renamed *renamed,
			 pv_store *store, const pv_deployment *was, pv_error *err)
{
	const pv_new_entry entry = { .id = was->id,
				     .version = was->version,
				     .commit = was->commit.hex };

	return find(version, renamed, store, &entry, 1, err);
}

/* --- messages ------------------------------------------------------------------ */

static const pv_renamed_row *find_row(const pv_renamed *renamed, pv_str id,
				      int is_from)
{
	for (size_t i = 0; i < renamed->count; i++)
		if (renamed->items[i].is_from == is_from &&
		    pv_str_is(id, renamed->items[i].id))
			return &renamed->items[i];
	return NULL;
}

/* "Deploy <id> 1.0.0 to staging", "Roll back <id> to 1.0.0 in staging" */
static void put_subject(pv_buf *out, const pv_renamed *renamed,
			const char *line, size_t len)
{
	static const char *const joints[] = { " ", " to " };

	for (size_t i = 0; i < renamed->count * 2; i++) {
		const pv_renamed_row *row = &renamed->items[i / 2];
		pv_buf name = { 0 };
		const char *at;

		if (row->is_from)
			continue;
		pv_buf_printf(&name, " %s%s", row->id, joints[i % 2]);
		at = name.status < 0 ? NULL : strstr(line, name.ptr);
		if (at && at + name.len < line + len &&
		    pv_str_has_prefix(at + name.len, row->was) &&
		    at[name.len + strlen(row->was)] == ' ') {
			at += name.len;
			pv_buf_put(out, line, (size_t)(at - line));
			pv_buf_puts(out, row->now);
			len -= (size_t)(at - line) + strlen(row->was);
			line = at + strlen(row->was);
			pv_buf_dispose(&name);
			break;
		}
		pv_buf_dispose(&name);
	}
	pv_buf_put(out, line, len);
}

/* The line as it is to be, if it names a version of the prompt. */
static int put_trailer(pv_buf *out, const pv_renamed *renamed, pv_str id,
		       const char *line)
{
	static const char *const keys[] = { "Pv-Version: ",
					    "Pv-Rolled-Back-From: " };

	for (int i = 0; i < 2; i++) {
		const pv_renamed_row *row = find_row(renamed, id, i);

		if (!row || !pv_str_has_prefix(line, keys[i]))
			continue;
		pv_buf_printf(out, "%s%s\n", keys[i], row->now);
		return 1;
	}
	return 0;
}

void pv_renamed_message(pv_buf *out, const pv_renamed *renamed,
			const char *message)
{
	static const char prompt[] = "Pv-Prompt: ";
	pv_str id = { NULL, 0 };

	for (const char *at = message; *at;) {
		size_t len = strcspn(at, "\n");
		size_t whole = len + (at[len] == '\n');

		if (pv_str_has_prefix(at, prompt)) {
			id.ptr = at + sizeof(prompt) - 1;
			id.len = len + 1 - sizeof(prompt);
		}
		if (at == message && renamed->count)
			put_subject(out, renamed, at, whole);
		else if (!id.ptr || !put_trailer(out, renamed, id, at))
			pv_buf_put(out, at, whole);
		at += whole;
	}
}

void pv_renamed_dispose(pv_renamed *renamed)
{
	for (size_t i = 0; i < renamed->count; i++) {
		pv_free(renamed->items[i].id);
		pv_free(renamed->items[i].was);
		pv_free(renamed->items[i].now);
	}
	pv_free(renamed->items);
	memset(renamed, 0, sizeof(*renamed));
}
