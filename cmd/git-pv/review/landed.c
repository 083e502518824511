/* SPDX-License-Identifier: MIT
 *
 * See landed.h. Patches are compared by a hash over their text without the
 * numbers of lines, as git's patch ids are, which pass over blanks, too: in a
 * prompt these count.
 */
#include "review/landed.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "repo/git.h"
#include "review/policy_facts.h"

enum {
	MAX_PATHS = 500 /* that git is told; more: it looks at all */
};

const char *landed_name(enum landed_how how)
{
	static const char *const names[] = {
		[LANDED_NOT] = "not",
		[LANDED_MERGE] = "merge",
		[LANDED_FAST_FORWARD] = "fast-forward",
		[LANDED_SQUASH] = "squash",
		[LANDED_REBASE] = "rebase",
	};

	return names[how];
}

/* --- merges ----------------------------------------------------------------- */

int landed_commit(pv_oid *out, pv_cli *cli, const pv_oid *head, const pv_oid *tip)
{
	pv_buf lines = { 0 };
	pv_buf range = { 0 };
	const char *args[] = { "rev-list",
			       "--first-parent",
			       "--ancestry-path",
			       "--topo-order",
			       "--reverse",
			       NULL,
			       "--",
			       NULL };
	int rc;

	*out = *head;
	pv_buf_printf(&range, "%s..%s", head->hex, tip->hex);
	rc = pv_buf_status(&range, &cli->err);
	args[5] = range.ptr;
	if (rc == PV_OK)
		rc = cli_git(&lines, cli, args);
	/* Nothing but what came after it: the branch was moved forward to it. */
	if (rc == PV_OK && strcspn(pv_buf_text(&lines), "\n") == 40) {
		pv_commit commit = { 0 };
		pv_oid first = { "" };

		memcpy(first.hex, lines.ptr, 40);
		first.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &first, &cli->err);
		if (rc == PV_OK && commit.parent_count &&
		    strcmp(commit.parents[0].hex, head->hex) != 0)
			*out = first;
		pv_commit_dispose(&commit);
	}
	pv_buf_dispose(&lines);
	pv_buf_dispose(&range);
	return rc;
}

/* --- patches ---------------------------------------------------------------- */

/* Whatever git is configured to show: the bytes, and all of them. */
#define PATCH_ARGS                                                     \
 "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", \
	 "--full-index", "--binary", "--no-relative"

/* A commit and its patch. */
struct patch {
	pv_oid commit;
	char sum[PV_SHA256_HEX];
};

struct search {
	pv_cli *cli;
	const landed_query *query;
	pv_oid base;      /* where the branches parted */
	pv_strlist paths; /* that differ since then */
	pv_buf text;      /* what git said last */
	pv_map there;     /* sum: its patch, of `theirs` */
	struct patch *theirs;
};

/* What the text of a patch is, whatever lines it is at. */
static void sum_patch(char out[PV_SHA256_HEX], const char *text)
{
	size_t rest = strlen(text);
	pv_sha256 sha;

	/* As many newlines as there are before the next one are not of it. */
	while (rest && text[rest - 1] == '\n')
		rest--;
	pv_sha256_init(&sha);
	while (rest) {
		const char *end = memchr(text, '\n', rest);
		size_t len = end ? (size_t)(end - text) : rest;

		/* Lines of the contents begin with a sign. */
		if (strncmp(text, "@@", 2) != 0 &&
		    strncmp(text, "index ", 6) != 0) {
			pv_sha256_update(&sha, text, len);
			pv_sha256_update(&sha, "\n", 1);
		}
		len += end != NULL;
		text += len;
		rest -= len;
	}
	pv_sha256_final(out, &sha);
}

static int add_path(const char *commit, const changed_file *file, void *payload)
{
	struct search *it = payload;

	(void)commit;
	return pv_strlist_add(&it->paths, file->path, &it->cli->err);
}

/*
 * Has git tell the patches of the commits from `base` to `to`, each as
 * "<id> <time>", an empty line, and the patch, behind a NUL; of those that touch
 * one of `paths`.
 */
static int read_log(struct search *it, const pv_oid *to, const pv_strlist *paths)
{
	const char *fixed[] = { "--literal-pathspecs",
				"log",
				"--format=%x00%H %ct",
				"--no-merges",
				"--full-diff",
				"--no-show-signature",
				"--no-notes",
				"--no-follow",
				"--topo-order",
				"--reverse",
				PATCH_ARGS,
				to->hex,
				"--not",
				it->base.hex,
				"--" };
	size_t count = pv_array_len(fixed);
	size_t more = paths && paths->count <= MAX_PATHS ? paths->count : 0;
	const char **args = pv_calloc(count + more + 1, sizeof(*args));
	int rc;

	if (!args)
		return pv_fail_nomem(&it->cli->err);
	memcpy(args, fixed, sizeof(fixed));
	for (size_t i = 0; i < more; i++)
		args[count + i] = paths->items[i];
	pv_buf_clear(&it->text);
	rc = cli_git(&it->text, it->cli, args);
	pv_free(args);
	return rc;
}

/* The patches in what git said; those without any are left out. */
static int take_patches(struct patch **out, size_t *count, struct search *it,
			int64_t since)
{
	const char *at = pv_buf_text(&it->text);
	const char *end = at + it->text.len;
	size_t cap = 0;

	*out = NULL;
	*count = 0;
	while (at < end && end - ++at > 41) {
		const char *patch = strchr(at, '\n');
		struct patch *item;

		if (pv_array_reserve(out, &cap, *count + 1, sizeof(**out)) < 0)
			return pv_fail_nomem(&it->cli->err);
		item = &(*out)[*count];
		memcpy(item->commit.hex, at, 40);
		item->commit.hex[40] = '\0';
		if (patch && patch[1] && strtoll(at + 41, NULL, 10) >= since) {
			patch += strspn(patch, "\n");
			sum_patch(item->sum, patch);
			++*count;
		}
		at += strlen(at);
	}
	return PV_OK;
}

static int read_theirs(struct search *it)
{
	size_t count = 0;
	int rc = read_log(it, &it->query->tip, &it->paths);

	if (rc == PV_OK)
		rc = take_patches(&it->theirs, &count, it, it->query->since);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_map_set(&it->there, pv_str_of(it->theirs[i].sum),
				&it->theirs[i], NULL, &it->cli->err);
	return rc;
}

/* One commit that has all of it. */
static int find_squash(landed *out, struct search *it)
{
	const char *args[] = { "diff",       PATCH_ARGS,
			       it->base.hex, it->query->head.hex,
			       "--",         NULL };
	const struct patch *found;
	char sum[PV_SHA256_HEX];
	int rc;

	pv_buf_clear(&it->text);
	rc = cli_git(&it->text, it->cli, args);
	if (rc < 0)
		return rc;
	sum_patch(sum, pv_buf_text(&it->text));
	found = pv_map_find(&it->there, pv_str_of(sum));
	if (found) {
		out->how = LANDED_SQUASH;
		out->commit = found->commit;
	}
	return PV_OK;
}

/* What a merge brings besides its parents is in no patch. */
static int has_merges(struct search *it)
{
	const char *args[] = { "rev-list",
			       "--merges",
			       "--max-count=1",
			       it->query->head.hex,
			       "--not",
			       it->base.hex,
			       "--",
			       NULL };
	int rc;

	pv_buf_clear(&it->text);
	rc = cli_git(&it->text, it->cli, args);
	return rc < 0 ? rc : it->text.len > 0;
}

/* One for each commit, the last of which is that with the last patch. */
static int find_rebase(landed *out, struct search *it)
{
	struct patch *ours = NULL;
	const struct patch *last = NULL;
	size_t count = 0;
	int rc = has_merges(it);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = read_log(it, &it->query->head, NULL);
	if (rc == PV_OK)
		rc = take_patches(&ours, &count, it, INT64_MIN);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const struct patch *found =
			pv_map_find(&it->there, pv_str_of(ours[i].sum));

		if (!found)
			goto out;
		if (!last || found > last)
			last = found;
	}
	if (rc == PV_OK && last) {
		out->how = LANDED_REBASE;
		out->commit = last->commit;
	}
out:
	pv_free(ours);
	return rc;
}

static int find_copies(landed *out, struct search *it)
{
	int rc = policy_each_between(it->cli, &it->base, &it->query->head,
				     add_path, it);

	if (rc == PV_OK && it->paths.count)
		rc = read_theirs(it);
	/* That of a branch of one commit is both: call it by the other name. */
	if (rc == PV_OK && it->there.count)
		rc = find_rebase(out, it);
	if (rc == PV_OK && it->there.count && out->how == LANDED_NOT)
		rc = find_squash(out, it);
	return rc;
}

int landed_find(landed *out, pv_cli *cli, const landed_query *query)
{
	struct search it = { .cli = cli, .query = query };
	int rc = pv_store_is_ancestor(cli->store, &query->head, &query->tip,
				      &cli->err);

	memset(out, 0, sizeof(*out));
	if (rc > 0) {
		rc = landed_commit(&out->commit, cli, &query->head, &query->tip);
		out->how = strcmp(out->commit.hex, query->head.hex) != 0
				   ? LANDED_MERGE
				   : LANDED_FAST_FORWARD;
		return rc;
	}
	if (rc == PV_OK)
		rc = pv_store_merge_base(&it.base, cli->store, &query->head,
					 &query->tip, &cli->err);
	if (rc == PV_OK)
		rc = find_copies(out, &it);
	/* Histories that have nothing in common. */
	if (rc == PV_ENOTFOUND && !it.base.hex[0]) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_strlist_dispose(&it.paths);
	pv_buf_dispose(&it.text);
	pv_map_dispose(&it.there);
	pv_free(it.theirs);
	return rc;
}
