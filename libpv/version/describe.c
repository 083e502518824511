/* SPDX-License-Identifier: MIT
 *
 * What the version of a prompt at a point is called: a released number where
 * the bytes are those of a version, else a string derived from the last
 * version, the branch, the commits since and the commit,
 * "1.3.0-exp-concise.2+gabc1234", that sorts below the release to come.
 */
#include <pv/version.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "version/impact.h"
#include "version/index.h"
#include "version/semver.h"

enum {
	SLUG_MAX = 63,
	COMMIT_DIGITS = 7
};

/* One prompt at one point, while its version is worked out. */
struct subject {
	pv_version_index *index;
	const char *id;
	const char *path;
	pv_point at;
	pv_oid blob;
	pv_oid commit; /* the point's, or HEAD's; "" while unborn */
	int is_change; /* of the commit, which a merge may have released */
	int is_next;   /* what comes next is meant, whatever has these bytes */
	int is_dirty;  /* the file differs from `commit`, */
	int is_new;    /* which has none */
	pv_error *err;
};

static int find_commit(struct subject *it)
{
	pv_point head = { PV_AT_COMMIT, it->index->head };
	pv_oid blob = { "" };
	int rc = PV_ENOTFOUND;

	if (it->at.kind == PV_AT_COMMIT) {
		it->commit = it->at.commit;
		return PV_OK;
	}
	it->commit = it->index->head;
	if (it->commit.hex[0])
		rc = pv_store_find(&blob, it->index->store, &head, it->path,
				   it->err);
	if (rc < 0 && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(it->err);
	it->is_new = rc == PV_ENOTFOUND;
	it->is_dirty = strcmp(blob.hex, it->blob.hex) != 0;
	return PV_OK;
}

/*
 * Whether the bytes may be those of a version the commit does not have. Not
 * those of a commit of the default branch, where it came later; but work that
 * is not committed, or on a branch of its own, may be what was released.
 */
static int may_be_of_others(struct subject *it)
{
	int rc = find_commit(it);

	if (rc < 0 || it->is_dirty)
		return rc < 0 ? rc : 1;
	rc = pv_version_index_on_default(it->index, &it->commit, it->err);
	return rc < 0 ? rc : !rc;
}

/* 1 when a live version has these bytes. */
static int has_bytes(const pv_version_info **out, const struct subject *it,
		     const pv_version_row *row)
{
	int rc = pv_version_row_info(out, it->index, row, it->err);

	if (rc < 0 || !*out || strcmp((*out)->blob.hex, it->blob.hex) != 0)
		return rc;
	return pv_version_index_on_default(it->index, &(*out)->commit, it->err);
}

/* 1 when the version is on the merge that made the commit part of the branch. */
static int is_brought_by(const struct subject *it, const pv_version_info *info)
{
	pv_version_index *index = it->index;
	pv_commit merge = { 0 };
	int rc = pv_version_index_is_ancestor(index, &it->at.commit,
					      &info->commit, it->err);

	if (rc <= 0)
		return rc;
	rc = pv_store_commit_read(&merge, index->store, &info->commit, it->err);
	if (rc == PV_OK && merge.parent_count > 1)
		rc = pv_version_index_is_ancestor(index, &it->at.commit,
						  &merge.parents[0], it->err);
	else if (rc == PV_OK)
		rc = 1;
	pv_commit_dispose(&merge);
	return rc < 0 ? rc : !rc;
}

/* 1 when the state has the version. */
static int has_version(const struct subject *it, const pv_version_info *info)
{
	const pv_oid *from =
		it->at.kind == PV_AT_COMMIT ? &it->at.commit : &it->index->head;
	int rc = pv_version_index_on(it->index, from, &info->commit, it->err);

	return rc == 0 && it->is_change ? is_brought_by(it, info) : rc;
}

/* The highest of the versions with these bytes that the state has. */
static int find_version(const pv_version_info **out, struct subject *it)
{
	const pv_version_info *other = NULL;
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, it->index, it->id);
	int rc = PV_OK;

	*out = NULL;
	for (size_t i = 0; i < count; i++) {
		const pv_version_info *info;

		rc = has_bytes(&info, it, &rows[i]);
		if (rc > 0 && !other)
			other = info;
		if (rc > 0)
			rc = has_version(it, info);
		if (rc > 0)
			*out = info;
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	rc = other ? may_be_of_others(it) : 0;
	if (rc > 0)
		*out = other;
	return rc < 0 ? rc : PV_OK;
}

/* 1 and the number in `out` when the bytes are those of a version. */
static int match_version(pv_buf *out, struct subject *it)
{
	const pv_version_info *info;
	int rc = find_version(&info, it);

	if (rc < 0 || !info)
		return rc;
	pv_buf_puts(out, info->text);
	return 1;
}

/* --- the branch's part --------------------------------------------------- */

struct tip_search {
	const char *want;
	size_t skip;    /* bytes of the prefix of ref names */
	char name[256]; /* what was found */
};

static int compare_tip(const char *refname, const pv_oid *oid, void *payload)
{
	struct tip_search *search = payload;

	if (strcmp(oid->hex, search->want) != 0)
		return 0;
	snprintf(search->name, sizeof(search->name), "%s",
		 refname + search->skip);
	return 1;
}

/* A branch whose tip is the commit, one of this clone first. */
static int find_tip(char name[256], const struct subject *it)
{
	static const char *const prefixes[] = { "refs/heads/", "refs/remotes/" };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < pv_array_len(prefixes); i++) {
		struct tip_search search = { .want = it->commit.hex,
					     .skip = strlen(prefixes[i]) };

		rc = pv_store_ref_each(it->index->store, prefixes[i],
				       compare_tip, &search, it->err);
		if (rc > 0)
			memcpy(name, search.name, sizeof(search.name));
	}
	return rc < 0 ? rc : PV_OK;
}

/* The branch a commit is shown as part of; "" for none. */
static int find_branch(char name[256], const struct subject *it)
{
	pv_version_index *index = it->index;
	int rc;

	snprintf(name, 256, "%s", index->head_branch);
	if (!strcmp(it->commit.hex, index->head.hex))
		return PV_OK;
	rc = pv_version_index_on_default(index, &it->commit, it->err);
	if (rc > 0)
		snprintf(name, 256, "%s", index->settings->default_branch);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_version_index_on_head(index, &it->commit, it->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	name[0] = '\0';
	return find_tip(name, it);
}

/* As one identifier of a pre-release: letters, digits and "-". */
static void put_slug(pv_buf *out, const char *branch)
{
	size_t len = strnlen(branch, SLUG_MAX);

	/* A numeric identifier must not start with 0. */
	if (branch[0] == '0' && strspn(branch, "0123456789") >= len)
		pv_buf_putc(out, 'b');
	for (size_t i = 0; i < len; i++) {
		char c = branch[i];
		int is_kept = (c >= '0' && c <= '9') ||
			      (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		pv_buf_put(out, is_kept ? &c : "-", 1);
	}
}

/* --- the number's part --------------------------------------------------- */

/* The versions the next one follows; NULL for none. */
struct former {
	const pv_version_info *base; /* the highest release, */
	const pv_version_info *last; /* and pre-releases included */
};

static int find_highest(struct former *out, const struct subject *it,
			const char *id, const pv_oid *before)
{
	int rc = pv_version_index_highest(&out->base, it->index, id,
					  PV_NO_PRE_RELEASES, before, it->err);

	if (rc < 0)
		return rc;
	return pv_version_index_highest(&out->last, it->index, id,
					PV_PRE_RELEASES, before, it->err);
}

static int find_own(struct former *out, const struct subject *it)
{
	const pv_oid *before = NULL;
	int rc = 0;

	if (strcmp(it->commit.hex, it->index->tip.hex) != 0 && it->commit.hex[0])
		rc = pv_version_index_on_default(it->index, &it->commit, it->err);
	if (rc < 0)
		return rc;
	/* For an older state of the default branch, those made up to it. */
	if (rc)
		before = &it->commit;
	return find_highest(out, it, it->id, before);
}

static int count_touches(pv_touches *out, const struct subject *it,
			 const pv_version_info *base)
{
	pv_lineage *lineage;
	int rc;

	memset(out, 0, sizeof(*out));
	if (!it->commit.hex[0])
		return PV_OK;
	rc = pv_version_index_lineage(&lineage, it->index, &it->commit,
				      it->path, it->err);
	if (rc == PV_OK)
		rc = pv_lineage_touches(out, lineage, it->path,
					base ? &base->commit : NULL, it->err);
	return rc;
}

/* A prompt without versions of its own may go on with those it had before. */
static int find_former(struct former *out, const struct subject *it,
		       const pv_touches *touches)
{
	char id[PV_ID_MAX + 1] = "";
	pv_oid *plain = &it->index->plain;
	int rc;

	if (!touches->is_added || !strcmp(plain->hex, touches->added_by.hex))
		return PV_OK;
	rc = pv_version_renamed_from(id, it->index->store, it->index->settings,
				     &touches->added_by, it->path, it->err);
	if (rc > 0)
		*plain = touches->added_by;
	if (rc < 0 || !id[0])
		return rc < 0 ? rc : PV_OK;
	rc = pv_version_index_add(it->index, id, it->err);
	return rc == PV_OK ? find_highest(out, it, id, NULL) : rc;
}

static int derive_bump(enum pv_bump *out, const struct subject *it,
		       const pv_version_info *base)
{
	pv_buf text = { 0 };
	const pv_version_step step = { .store = it->index->store,
				       .settings = it->index->settings,
				       .base = base,
				       .at = it->at,
				       .text = &text };
	int rc;

	if (it->at.kind == PV_AT_WORKTREE)
		rc = pv_store_read(&text, NULL, it->index->store, &it->at,
				   it->path, it->err);
	else
		rc = pv_store_read_blob(&text, it->index->store, &it->blob,
					it->err);
	if (rc == PV_OK)
		rc = pv_version_impact(out, &step, it->err);
	pv_buf_dispose(&text);
	return rc;
}

/* The release to come, and how many commits already lead to it. */
static int derive_next(pv_semver *next, pv_touches *touches,
		       const struct subject *it)
{
	static const pv_semver first = { .major = 1 };
	struct former former = { NULL, NULL };
	enum pv_bump bump = PV_BUMP_MAJOR;
	int is_own;
	int rc = find_own(&former, it);

	*next = first;
	if (rc == PV_OK)
		rc = count_touches(touches, it, former.base);
	is_own = rc == PV_OK && former.last;
	if (rc == PV_OK && !is_own)
		rc = find_former(&former, it, touches);
	/* Removed and made again, or renamed, is a new start: major. */
	if (rc == PV_OK && former.base && is_own && !touches->is_added &&
	    !it->is_new)
		rc = derive_bump(&bump, it, former.base);
	if (rc == PV_OK && former.base)
		rc = pv_semver_next(next, &former.base->number, bump, it->err);
	if (rc == PV_OK && former.last)
		pv_semver_raise(next, &former.last->number);
	return rc;
}

static void put_commit(pv_buf *out, const struct subject *it)
{
	if (!it->commit.hex[0]) {
		pv_buf_puts(out, "+dirty");
		return;
	}
	pv_buf_puts(out, "+g");
	pv_buf_put(out, it->commit.hex, COMMIT_DIGITS);
	if (it->is_dirty)
		pv_buf_puts(out, ".dirty");
}

static int put_derived(pv_buf *out, const struct subject *it)
{
	char branch[256] = "";
	pv_touches touches = { 0 };
	pv_semver next = { 0 };
	int rc = derive_next(&next, &touches, it);

	if (rc == PV_OK)
		rc = find_branch(branch, it);
	if (rc < 0)
		return rc;
	pv_semver_put(out, &next);
	pv_buf_putc(out, '-');
	put_slug(out, branch[0] ? branch : "detached");
	pv_buf_putc(out, '.');
	pv_buf_putu(out, touches.count);
	put_commit(out, it);
	return pv_buf_status(out, it->err);
}

static int describe(pv_buf *out, struct subject *it, const pv_oid *blob)
{
	pv_version_index *index = it->index;
	pv_settings there = *index->settings;
	pv_buf path = { 0 };
	int rc = PV_OK;

	/* Whoever knows the blob found it at today's path. */
	if (!blob)
		rc = pv_settings_at(&there, index->store, &it->at, it->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &there, it->id, it->err);
	it->path = pv_buf_text(&path);
	if (rc == PV_OK && blob)
		it->blob = *blob;
	else if (rc == PV_OK)
		rc = pv_version_find_blob(&it->blob, index->store, &it->at,
					  it->path, it->err);
	if (rc == PV_OK && !it->is_next)
		rc = match_version(out, it);
	if (rc == 0)
		rc = find_commit(it);
	if (rc == 0)
		rc = put_derived(out, it);
	else if (rc > 0)
		rc = pv_buf_status(out, it->err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_version_index_describe(pv_buf *out, pv_version_index *index,
			      const char *id, const pv_point *at,
			      const pv_oid *blob, pv_error *err)
{
	struct subject it = { .index = index, .id = id, .at = *at, .err = err };

	return describe(out, &it, blob);
}

int pv_version_index_describe_change(pv_buf *out, pv_version_index *index,
				     const char *id, const pv_oid *commit,
				     const pv_oid *blob, pv_error *err)
{
	struct subject it = { .index = index, .id = id, .err = err };

	it.at.kind = commit ? PV_AT_COMMIT : PV_AT_WORKTREE;
	if (commit)
		it.at.commit = *commit;
	it.is_change = commit != NULL;
	it.is_next = !commit;
	return describe(out, &it, blob);
}

int pv_version_describe(pv_buf *out, pv_store *store, const pv_settings *settings,
			const char *id, const pv_point *at, pv_error *err)
{
	pv_version_index *index = NULL;
	int rc = pv_id_check(id, err);

	if (rc == PV_OK)
		rc = pv_version_index_open(&index, store, settings, id, err);
	if (rc == PV_OK)
		rc = pv_version_index_describe(out, index, id, at, NULL, err);
	pv_version_index_free(index);
	return rc;
}
