/* SPDX-License-Identifier: MIT
 *
 * Deployments that were made while others deployed elsewhere, made anew on top
 * of theirs: entry by entry, so that neither side loses any. What a commit
 * changed besides entries is not guessed at.
 */
#include <pv/deploy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/entry.h"
#include "deploy/env_file.h"
#include "deploy/renamed.h"

/* A file that a commit changed, as it is to be on the new tip. */
struct file {
	char *path;
	pv_buf text;
	int is_gone;
};

struct reapply {
	pv_store *store;
	const char *refname;
	pv_oid parent; /* of the commit at hand; hex "" for none */
	pv_oid commit; /* at hand */
	pv_oid tip;    /* what it goes on */
	pv_oid held;   /* what the ref holds */
	struct file *files;
	size_t count;
	size_t cap;
	int renames;
	pv_renamed renamed; /* in the commit at hand */
	pv_error *err;
};

static void files_dispose(struct reapply *it)
{
	for (size_t i = 0; i < it->count; i++) {
		pv_free(it->files[i].path);
		pv_buf_dispose(&it->files[i].text);
	}
	pv_free(it->files);
	it->files = NULL;
	it->count = 0;
	it->cap = 0;
	pv_renamed_dispose(&it->renamed);
}

static int fail_by_hand(struct reapply *it, const char *what)
{
	return pv_error_hint(it->err,
			     pv_fail(it->err, PV_ECONFLICT,
				     "the deployment %.7s %s", it->commit.hex,
				     what),
			     "\"git rebase\" puts it on top by hand");
}

/* The file of a commit; hex "" where it has none. */
static int find_blob(pv_oid *out, struct reapply *it, const pv_oid *commit,
		     const char *path)
{
	pv_point at = { .kind = PV_AT_COMMIT, .commit = *commit };
	int rc = commit->hex[0]
			 ? pv_store_find(out, it->store, &at, path, it->err)
			 : PV_ENOTFOUND;

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(it->err);
	out->hex[0] = '\0';
	return PV_OK;
}

static int read_text(pv_buf *out, struct reapply *it, const pv_oid *blob)
{
	return blob->hex[0] ? pv_store_read_blob(out, it->store, blob, it->err)
			    : PV_OK;
}

/* --- entries ------------------------------------------------------------------ */

static int is_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int is_entry_same(const pv_deployment *a, const pv_deployment *b)
{
	return is_text_same(a->version, b->version) &&
	       !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex) && a->canary == b->canary &&
	       is_text_same(a->at, b->at) && is_text_same(a->by, b->by) &&
	       is_text_same(a->reason, b->reason) &&
	       is_text_same(a->rolled_back_from, b->rolled_back_from);
}

/* What became of entries between two texts; sorted by id, as they are. */
struct difference {
	pv_environment before;
	pv_environment after;
	pv_new_entry *items;
	size_t count;
};

static void difference_dispose(struct difference *it)
{
	pv_environment_dispose(&it->before);
	pv_environment_dispose(&it->after);
	pv_free(it->items);
}

static void add_entry(struct difference *to, const pv_deployment *now)
{
	const pv_new_entry entry = { .id = now->id,
				     .version = now->version,
				     .commit = now->commit.hex,
				     .blob = now->blob.hex,
				     .at = now->at,
				     .by = now->by,
				     .reason = now->reason,
				     .canary = now->canary,
				     .rolled_back_from = now->rolled_back_from };

	to->items[to->count++] = entry;
}

static void add_gone(struct difference *to, const pv_deployment *was)
{
	const pv_new_entry entry = { .id = was->id };

	to->items[to->count++] = entry;
}

static void compare(struct difference *it)
{
	size_t before = it->before.count;
	size_t after = it->after.count;
	size_t i = 0;
	size_t k = 0;

	while (i < before && k < after) {
		const pv_deployment *was = &it->before.items[i];
		const pv_deployment *now = &it->after.items[k];
		int order = strcmp(was->id, now->id);

		if (order < 0)
			add_gone(it, was);
		else if (order > 0 || !is_entry_same(was, now))
			add_entry(it, now);
		i += order <= 0;
		k += order >= 0;
	}
	for (; i < before; i++)
		add_gone(it, &it->before.items[i]);
	for (; k < after; k++)
		add_entry(it, &it->after.items[k]);
}

static int read_difference(struct difference *out, const char *path,
			   const pv_buf *before, const pv_buf *after,
			   pv_error *err)
{
	pv_str first = { pv_buf_text(before), before->len };
	pv_str second = { pv_buf_text(after), after->len };
	int rc = pv_environment_parse(&out->before, path, first, err);

	if (rc == PV_OK)
		rc = pv_environment_parse(&out->after, path, second, err);
	if (rc < 0)
		return rc;
	out->items = pv_calloc(out->before.count + out->after.count + 1,
			       sizeof(*out->items));
	if (!out->items)
		return pv_fail_nomem(err);
	compare(out);
	return PV_OK;
}

/* Only what was live before tells which commit that version was. */
static int rename_from(pv_new_entry *entry, struct reapply *it,
		       const pv_deployment *was)
{
	if (!was || !was->version)
		return PV_OK;
	/* Of one that goes only the message says it. */
	if (entry->commit && (!entry->rolled_back_from ||
			      strcmp(was->version, entry->rolled_back_from) != 0))
		return PV_OK;
	return pv_renamed_find_from(&entry->rolled_back_from, &it->renamed,
				    it->store, was, it->err);
}

/* Has the entries go by the names that their commits have now. */
static int rename_entries(struct difference *made, struct reapply *it)
{
	int rc = PV_OK;

	for (size_t i = 0; i < made->count && rc == PV_OK; i++) {
		pv_new_entry *entry = &made->items[i];

		if (entry->version && entry->commit)
			rc = pv_renamed_find(&entry->version, &it->renamed,
					     it->store, entry, it->err);
		if (rc == PV_OK)
			rc = rename_from(entry, it,
					 pv_environment_find(&made->before,
							     entry->id));
	}
	return rc;
}

/* Puts what `after` has of others than `before` into `tip`. */
static int put_entries(pv_buf *out, struct reapply *it, const char *path,
		       const pv_buf texts[3])
{
	pv_str before = { pv_buf_text(&texts[0]), texts[0].len };
	pv_str tip = { pv_buf_text(&texts[2]), texts[2].len };
	struct difference made = { 0 };
	pv_buf again = { 0 };
	int rc = read_difference(&made, path, &texts[0], &texts[1], it->err);

	if (rc == PV_OK)
		rc = pv_environment_put(&again, before, made.items, made.count,
					it->err);
	/* It is these entries and nothing else, to the byte. */
	if (rc == PV_OK &&
	    (again.len != texts[1].len ||
	     memcmp(pv_buf_text(&again), pv_buf_text(&texts[1]), again.len) != 0))
		rc = fail_by_hand(it, "changes more than entries");
	if (rc == PV_OK && it->renames)
		rc = rename_entries(&made, it);
	if (rc == PV_OK)
		rc = pv_environment_put(out, tip, made.items, made.count,
					it->err);
	difference_dispose(&made);
	pv_buf_dispose(&again);
	return rc;
}

/* --- files -------------------------------------------------------------------- */

static int fill(struct file *file, struct reapply *it, const pv_oid blobs[3])
{
	pv_buf texts[3] = { { 0 }, { 0 }, { 0 } };
	int rc = PV_OK;

	file->is_gone = !blobs[1].hex[0];
	/* Nobody else has touched it. */
	if (!strcmp(blobs[0].hex, blobs[2].hex) && (!it->renames || file->is_gone))
		return read_text(&file->text, it, &blobs[1]);
	if (file->is_gone)
		return fail_by_hand(it, "deletes what others deploy to");
	for (size_t i = 0; i < 3 && rc == PV_OK; i++)
		rc = read_text(&texts[i], it, &blobs[i]);
	if (rc == PV_OK)
		rc = put_entries(&file->text, it, file->path, texts);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
	return rc;
}

static int add_file(struct reapply *it, const char *path, const pv_oid *was,
		    const pv_oid *now)
{
	pv_oid blobs[3] = { *was, *now, { "" } };
	struct file *file;
	int rc = find_blob(&blobs[2], it, &it->tip, path);

	if (rc < 0 || !strcmp(blobs[1].hex, blobs[2].hex))
		return rc;
	if (pv_array_reserve(&it->files, &it->cap, it->count + 1,
			     sizeof(*it->files)) < 0)
		return pv_fail_nomem(it->err);
	file = &it->files[it->count];
	memset(file, 0, sizeof(*file));
	file->path = pv_strdup(path);
	if (!file->path)
		return pv_fail_nomem(it->err);
	it->count++;
	return fill(file, it, blobs);
}

static int look_now(const char *path, const pv_oid *blob, void *payload)
{
	struct reapply *it = payload;
	pv_oid was = { "" };
	int rc = find_blob(&was, it, &it->parent, path);

	return rc == PV_OK && strcmp(was.hex, blob->hex) != 0
		       ? add_file(it, path, &was, blob)
		       : rc;
}

static int look_before(const char *path, const pv_oid *blob, void *payload)
{
	struct reapply *it = payload;
	pv_oid now = { "" };
	int rc = find_blob(&now, it, &it->commit, path);

	return rc == PV_OK && !now.hex[0] ? add_file(it, path, blob, &now) : rc;
}

static int find_files(struct reapply *it)
{
	pv_point now = { .kind = PV_AT_COMMIT, .commit = it->commit };
	pv_point before = { .kind = PV_AT_COMMIT, .commit = it->parent };
	int rc = pv_store_each(it->store, &now, "", look_now, it, it->err);

	if (rc == PV_OK && it->parent.hex[0])
		rc = pv_store_each(it->store, &before, "", look_before, it,
				   it->err);
	return rc;
}

/* --- commits ------------------------------------------------------------------- */

static int write_commit(struct reapply *it, const pv_commit *from)
{
	pv_change *changes = pv_calloc(it->count, sizeof(*changes));
	pv_change_set set = { .branch = it->refname,
			      .changes = changes,
			      .count = it->count,
			      .base = &it->tip,
			      .expected = &it->held };
	pv_commit_options opts = { .keep_message = 1 };
	pv_buf message = { 0 };
	pv_buf author = { 0 };
	pv_oid made;
	char date[64];
	int rc;

	if (!changes)
		return pv_fail_nomem(it->err);
	pv_renamed_message(&message, &it->renamed, from->message);
	opts.message = pv_buf_text(&message);
	for (size_t i = 0; i < it->count; i++) {
		struct file *file = &it->files[i];

		changes[i].path = file->path;
		changes[i].data = file->is_gone ? NULL : pv_buf_text(&file->text);
		changes[i].len = file->text.len;
	}
	pv_buf_printf(&author, "%s <%s>", from->author.name, from->author.email);
	snprintf(date, sizeof(date), "@%lld %c%02d%02d",
		 (long long)from->author.when,
		 from->author.offset < 0 ? '-' : '+',
		 abs(from->author.offset) / 60, abs(from->author.offset) % 60);
	opts.author = author.ptr;
	opts.date = date;
	rc = pv_buf_status(&author, it->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&message, it->err);
	if (rc == PV_OK)
		rc = pv_store_commit_changes(&made, it->store, &set, &opts,
					     it->err);
	if (rc == PV_OK) {
		it->tip = made;
		it->held = made;
	}
	pv_buf_dispose(&author);
	pv_buf_dispose(&message);
	pv_free(changes);
	return rc;
}

/* One commit; none where the tip has all that it did. */
static int run_one(struct reapply *it, const pv_oid *oid)
{
	static const pv_oid none = { "" };
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, it->store, oid, it->err);

	if (rc < 0)
		return rc;
	it->commit = *oid;
	it->parent = commit.parent_count ? commit.parents[0] : none;
	if (commit.parent_count > 1)
		rc = fail_by_hand(it, "is a merge");
	if (rc == PV_OK)
		rc = find_files(it);
	if (rc == PV_OK && it->count)
		rc = write_commit(it, &commit);
	files_dispose(it);
	pv_commit_dispose(&commit);
	return rc;
}

struct line {
	pv_oid *items; /* the newest first */
	size_t count;
	size_t cap;
};

/* The commits along first parents that `theirs` does not have. */
static int find_line(struct line *out, struct reapply *it, const pv_oid *ours,
		     const pv_oid *theirs)
{
	pv_oid at = *ours;

	while (at.hex[0]) {
		pv_commit commit = { 0 };
		int rc = theirs->hex[0] ? pv_store_is_ancestor(it->store, &at,
							       theirs, it->err)
					: 0;
		if (rc)
			return rc < 0 ? rc : PV_OK;
		if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
				     sizeof(at)) < 0)
			return pv_fail_nomem(it->err);
		out->items[out->count++] = at;
		rc = pv_store_commit_read(&commit, it->store, &at, it->err);
		if (rc < 0)
			return rc;
		at.hex[0] = '\0';
		if (commit.parent_count)
			at = commit.parents[0];
		pv_commit_dispose(&commit);
	}
	return PV_OK;
}

int pv_environment_reapply(pv_oid *out, pv_store *store,
			   const pv_reapply_request *request, pv_error *err)
{
	struct reapply it = { .store = store,
			      .refname = request->refname,
			      .tip = *request->theirs,
			      .renames = request->renames,
			      .err = err };
	struct line line = { 0 };
	int rc = find_line(&line, &it, request->ours, request->theirs);

	out->hex[0] = '\0';
	for (size_t i = line.count; i-- > 0 && rc == PV_OK;)
		rc = run_one(&it, &line.items[i]);
	if (rc == PV_OK)
		*out = it.tip;
	pv_free(line.items);
	return rc;
}
