/* SPDX-License-Identifier: MIT
 *
 * See pairs.h. Both states are listed whole, even where only some prompts are
 * asked for: one of these may have come from, or gone to, any other.
 */
#include "diff/pairs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <pv/blame.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/named.h"

struct work {
	pv_cli *cli;
	const diff_sides *sides;
	diff_pairs *pairs;
};

/* --- what is there ------------------------------------------------------- */

struct collect {
	pv_cli *cli;
	diff_items *items;
};

static int add_item(diff_items *items, const char *id, const char *path,
		    const pv_oid *blob)
{
	diff_item *item;

	if (pv_array_reserve(&items->ptr, &items->cap, items->count + 1,
			     sizeof(*items->ptr)) < 0)
		return PV_ENOMEM;
	item = &items->ptr[items->count++];
	memset(item, 0, sizeof(*item));
	item->id = pv_strdup(id);
	item->path = pv_strdup(path);
	if (blob)
		item->blob = *blob;
	return item->id && item->path ? PV_OK : PV_ENOMEM;
}

static int each_prompt(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	const struct collect *collect = payload;

	if (add_item(collect->items, id, path, blob) < 0)
		return pv_fail_nomem(&collect->cli->err);
	return PV_OK;
}

static int list_side(diff_items *out, pv_cli *cli, const diff_side *side)
{
	struct collect collect = { cli, out };

	if (side->is_empty)
		return PV_OK;
	return pv_prompt_each(cli->store, &cli->settings, &side->at,
			      each_prompt, &collect, &cli->err);
}

static int list_spec(diff_items *out, pv_cli *cli, const pv_spec *spec)
{
	if (add_item(out, spec->id, spec->path, NULL) < 0)
		return pv_fail_nomem(&cli->err);
	return PV_OK;
}

static int has_item(const diff_items *items, const char *wanted)
{
	size_t len = strlen(wanted);

	for (size_t i = 0; i < items->count; i++) {
		const char *id = items->ptr[i].id;

		if (strncmp(id, wanted, len) == 0 &&
		    (id[len] == '\0' || id[len] == '/'))
			return 1;
	}
	return 0;
}

/* A prompt that was asked for must be on one side at least. */
static int check_wanted(const struct work *work)
{
	const pv_strlist *only = &work->sides->only;
	pv_error *err = &work->cli->err;
	pv_oid oid;

	for (size_t i = 0; i < only->count; i++) {
		const char *wanted = only->items[i];

		if (has_item(&work->pairs->before, wanted) ||
		    has_item(&work->pairs->after, wanted))
			continue;
		if (work->cli->dashdash >= 0)
			return pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND,
					  "no prompt \"%s\" on either side",
					  wanted);
		if (pv_store_resolve(&oid, work->cli->store, wanted, NULL) ==
		    PV_OK)
			return cli_usage_error(work->cli,
					       "\"%s\" is one revision too many: "
					       "there is no such prompt",
					       wanted);
		pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
			   "\"%s\" is neither a revision nor a prompt", wanted);
		return operand_names_hint(work->cli, err->code, wanted);
	}
	return PV_OK;
}

/* --- pairs --------------------------------------------------------------- */

static int is_same(const diff_item *before, const diff_item *after)
{
	return before && after && before->blob.hex[0] &&
	       strcmp(before->blob.hex, after->blob.hex) == 0;
}

static int is_wanted(const diff_sides *sides, const diff_item *before,
		     const diff_item *after)
{
	return (before && diff_sides_include(sides, before->id)) ||
	       (after && diff_sides_include(sides, after->id));
}

static int add_pair(struct work *work, const diff_item *before,
		    const diff_item *after)
{
	diff_pairs *pairs = work->pairs;

	if (pv_array_reserve(&pairs->ptr, &pairs->cap, pairs->count + 1,
			     sizeof(*pairs->ptr)) < 0)
		return pv_fail_nomem(&work->cli->err);
	pairs->ptr[pairs->count].before = before;
	pairs->ptr[pairs->count].after = after;
	pairs->ptr[pairs->count].is_same =
		is_same(before, after) && !strcmp(before->id, after->id);
	pairs->count++;
	return PV_OK;
}

/* Walks down both lists, which are sorted by id, and calls for each id. */
static int each_id(struct work *work,
		   int (*fn)(struct work *work, diff_item *before,
			     diff_item *after, void *payload),
		   void *payload)
{
	const diff_items *before = &work->pairs->before;
	const diff_items *after = &work->pairs->after;
	size_t i = 0;
	size_t j = 0;
	int rc = PV_OK;

	while ((i < before->count || j < after->count) && rc == PV_OK) {
		int order;

		if (i == before->count)
			order = 1;
		else if (j == after->count)
			order = -1;
		else
			order = strcmp(before->ptr[i].id, after->ptr[j].id);
		rc = fn(work, order <= 0 ? &before->ptr[i] : NULL,
			order >= 0 ? &after->ptr[j] : NULL, payload);
		i += order <= 0;
		j += order >= 0;
	}
	return rc;
}

static int pair_id(struct work *work, diff_item *before, diff_item *after,
		   void *payload)
{
	const diff_item *was = after && after->former ? after->former : before;

	(void)payload;
	if ((before && before->is_gone) || !is_wanted(work->sides, was, after))
		return PV_OK;
	return add_pair(work, was, after);
}

/* --- moves --------------------------------------------------------------- */

/* What only one side has, with the items it stands for. */
struct lone {
	pv_lone_prompt *prompts;
	diff_item **items;
	size_t count;
};

static int lone_new(struct lone *lone, size_t count, pv_error *err)
{
	lone->prompts = pv_calloc(count, sizeof(*lone->prompts));
	lone->items = pv_calloc(count, sizeof(diff_item *));
	return lone->prompts && lone->items ? PV_OK : pv_fail_nomem(err);
}

static void lone_dispose(struct lone *lone)
{
	pv_free(lone->prompts);
	pv_free(lone->items);
}

static void lone_add(struct lone *lone, diff_item *item)
{
	lone->prompts[lone->count].path = item->path;
	lone->prompts[lone->count].blob = item->blob;
	lone->items[lone->count++] = item;
}

/* As for git, a file that it does not know of is new, whatever is in it. */
static int is_known(struct work *work, const diff_side *side,
		    const diff_item *item)
{
	const pv_point index = { .kind = PV_AT_INDEX };
	pv_oid blob;

	return side->at.kind != PV_AT_WORKTREE ||
	       pv_store_find(&blob, work->cli->store, &index, item->path,
			     NULL) == PV_OK;
}

static int add_lone(struct work *work, diff_item *before, diff_item *after,
		    void *payload)
{
	struct lone *sides = payload;

	if (before && !after && is_known(work, &work->sides->from, before))
		lone_add(&sides[0], before);
	if (after && !before && is_known(work, &work->sides->to, after))
		lone_add(&sides[1], after);
	return PV_OK;
}

static int ask_moves(struct work *work, struct lone sides[2])
{
	pv_cli *cli = work->cli;
	pv_lone_prompts before = { work->sides->from.at, sides[0].prompts,
				   sides[0].count };
	pv_lone_prompts after = { work->sides->to.at, sides[1].prompts,
				  sides[1].count };
	size_t *from = pv_calloc(after.count, sizeof(*from));
	int rc;

	if (!from)
		return pv_fail_nomem(&cli->err);
	rc = pv_moves_find(from, cli->store, &cli->settings, &before, &after,
			   &cli->err);
	for (size_t i = 0; rc == PV_OK && i < after.count; i++) {
		if (!from[i])
			continue;
		sides[1].items[i]->former = sides[0].items[from[i] - 1];
		sides[0].items[from[i] - 1]->is_gone = 1;
	}
	pv_free(from);
	return rc;
}

static int find_moves(struct work *work)
{
	struct lone sides[2];
	pv_error *err = &work->cli->err;
	int rc;

	memset(sides, 0, sizeof(sides));
	rc = lone_new(&sides[0], work->pairs->before.count, err);
	if (rc == PV_OK)
		rc = lone_new(&sides[1], work->pairs->after.count, err);
	if (rc == PV_OK)
		rc = each_id(work, add_lone, sides);
	if (rc == PV_OK && sides[0].count && sides[1].count)
		rc = ask_moves(work, sides);
	lone_dispose(&sides[0]);
	lone_dispose(&sides[1]);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

static int read_specs(struct work *work)
{
	diff_pairs *pairs = work->pairs;
	int rc = list_spec(&pairs->before, work->cli, &work->sides->old_spec);

	if (rc == PV_OK)
		rc = list_spec(&pairs->after, work->cli, &work->sides->new_spec);
	return rc < 0 ? rc : add_pair(work, pairs->before.ptr, pairs->after.ptr);
}

int diff_pairs_read(diff_pairs *out, pv_cli *cli, const diff_sides *sides,
		    int finds_moves)
{
	struct work work = { cli, sides, out };
	int rc;

	if (sides->new_spec.id)
		return read_specs(&work);
	rc = list_side(&out->before, cli, &sides->from);
	if (rc == PV_OK)
		rc = list_side(&out->after, cli, &sides->to);
	if (rc == PV_OK)
		rc = check_wanted(&work);
	if (rc == PV_OK && finds_moves)
		rc = find_moves(&work);
	return rc < 0 ? rc : each_id(&work, pair_id, NULL);
}

static void dispose_items(diff_items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		pv_free(items->ptr[i].id);
		pv_free(items->ptr[i].path);
	}
	pv_free(items->ptr);
}

void diff_pairs_dispose(diff_pairs *pairs)
{
	dispose_items(&pairs->before);
	dispose_items(&pairs->after);
	pv_free(pairs->ptr);
}

const char *diff_pair_former(const diff_pair *pair)
{
	return pair->after && pair->after->former ? pair->after->former->id
						  : NULL;
}

const char *diff_pair_id(const diff_pair *pair)
{
	const diff_item *item = pair->after ? pair->after : pair->before;

	assert(item);
	return item->id;
}
