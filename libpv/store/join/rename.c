/* SPDX-License-Identifier: MIT
 *
 * Which of the files that a side removed it has added elsewhere, found in
 * git's three steps: contents that are the same; names that are the same and
 * contents at least three quarters alike; then the best of all pairs that
 * are half alike. What is found by a step is out of the next one.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/path.h"

enum {
	SAME_NAME_MIN = PV_JOIN_SCORE_MAX * 3 / 4,
	ALTERNATIVES_MAX = 100,
	BEST = 4 /* pairs kept for an added file */
};

/* A pair that may be a rename; no `from`: none. */
struct pair {
	pv_join_change *from;
	pv_join_change *to;
	int score;
	int is_same_name;
	size_t serial;
};

static const git_oid *empty_blob(void)
{
	static const git_oid id = { { 0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6,
				      0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a,
				      0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91 } };

	return &id;
}

/* An empty file is no sign of anything. */
static int is_free(const pv_join_change *file)
{
	return !file->is_used && !git_oid_equal(&file->item.id, empty_blob());
}

static int is_same_name(const pv_join_change *a, const pv_join_change *b)
{
	return strcmp(pv_path_name(a->path), pv_path_name(b->path)) == 0;
}

static int pair_up(pv_join *join, pv_join_side *side, pv_join_change *from,
		   pv_join_change *to)
{
	from->is_used = 1;
	to->is_used = 1;
	to->from = from;
	return pv_join_gone_count(join, side, from->path, to->path);
}

/* Keeps files that are free, with `for_use` only those that matter. */
static void cull(pv_join_changes *removed, int for_use)
{
	size_t kept = 0;

	for (size_t i = 0; i < removed->count; i++) {
		pv_join_change *file = removed->items[i];

		if (is_free(file) && (!for_use || file->relevance))
			removed->items[kept++] = file;
	}
	removed->count = kept;
}

/* --- the same contents --------------------------------------------------- */

struct twins {
	pv_join_change *file;
	struct twins *next;
	struct twins *last; /* of the first one */
};

static int index_twins(pv_map *by_id, pv_join *join,
		       const pv_join_changes *removed)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < removed->count; i++) {
		const git_oid *id = &removed->items[i]->item.id;
		pv_str key = { (const char *)id->id, sizeof(id->id) };
		struct twins *first = pv_map_find(by_id, key);
		struct twins *node = pv_arena_calloc(&join->arena, sizeof(*node));

		if (!node)
			return pv_fail_nomem(join->err);
		node->file = removed->items[i];
		node->last = node;
		if (first) {
			first->last->next = node;
			first->last = node;
		} else {
			rc = pv_map_set(by_id, key, node, NULL, join->err);
		}
	}
	return rc;
}

/* The first of those that are free, but rather one of the same name. */
static pv_join_change *best_twin(const struct twins *twins,
				 const pv_join_change *to)
{
	pv_join_change *best = NULL;

	for (int i = 0; twins && i <= ALTERNATIVES_MAX; i++, twins = twins->next) {
		pv_join_change *file = twins->file;

		if (file->is_used || (file->item.mode != to->item.mode &&
				      !(pv_join_is_regular(file->item.mode) &&
					pv_join_is_regular(to->item.mode))))
			continue;
		if (is_same_name(file, to))
			return file;
		if (!best)
			best = file;
	}
	return best;
}

static int find_same(pv_join *join, pv_join_side *side)
{
	pv_map by_id = { 0 };
	int rc = index_twins(&by_id, join, &side->removed);

	for (size_t i = 0; rc == PV_OK && i < side->added.count; i++) {
		pv_join_change *to = side->added.items[i];
		const git_oid *id = &to->item.id;
		pv_str key = { (const char *)id->id, sizeof(id->id) };
		pv_join_change *from = best_twin(pv_map_find(&by_id, key), to);

		if (from && is_free(to))
			rc = pair_up(join, side, from, to);
	}
	pv_map_dispose(&by_id);
	return rc;
}

/* --- the same name ------------------------------------------------------- */

/* Files by name; NULL where several have it. */
struct names {
	pv_map removed;
	pv_map added;
	pv_map places; /* added files by path */
	pv_join_change several;
};

static int index_name(pv_map *map, struct names *names, pv_join_change *file,
		      pv_error *err)
{
	pv_str name = pv_str_of(pv_path_name(file->path));
	void *value = pv_map_find(map, name) ? &names->several : file;

	return pv_map_set(map, name, value, NULL, err);
}

static int index_names(struct names *names, const pv_join_side *side,
		       pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < side->removed.count; i++)
		rc = index_name(&names->removed, names, side->removed.items[i],
				err);
	for (size_t i = 0; rc == PV_OK && i < side->added.count; i++) {
		pv_join_change *file = side->added.items[i];

		if (!is_free(file))
			continue;
		rc = index_name(&names->added, names, file, err);
		if (rc == PV_OK)
			rc = pv_map_set(&names->places, pv_str_of(file->path),
					file, NULL, err);
	}
	return rc;
}

/* The file of that name where most others of its folder have gone. */
static int find_by_folder(pv_join_change **out, pv_join *join,
			  const pv_join_side *side, const struct names *names,
			  const char *path)
{
	size_t len = pv_join_folder_len(path, strlen(path));
	const pv_join_gone *gone = pv_join_gone_find(side, path, len);
	pv_buf place = { 0 };
	int rc;

	*out = NULL;
	if (!gone || !gone->guess)
		return PV_OK;
	pv_buf_puts(&place, gone->guess);
	if (place.len)
		pv_buf_putc(&place, '/');
	pv_buf_puts(&place, pv_path_name(path));
	rc = pv_buf_status(&place, join->err);
	if (rc == PV_OK)
		*out = pv_map_find(&names->places, pv_str_of(place.ptr));
	pv_buf_dispose(&place);
	return rc;
}

static int try_name(pv_join *join, pv_join_side *side, struct names *names,
		    pv_join_change *from)
{
	pv_str name = pv_str_of(pv_path_name(from->path));
	pv_join_change *to = pv_map_find(&names->added, name);
	int score;
	int rc = PV_OK;

	if (!to)
		return PV_OK;
	if (to == &names->several ||
	    pv_map_find(&names->removed, name) == &names->several)
		rc = find_by_folder(&to, join, side, names, from->path);
	if (rc < 0 || !to || to->is_used)
		return rc;
	rc = pv_join_compare(&score, join, from, to);
	if (rc == PV_OK && score >= SAME_NAME_MIN)
		rc = pair_up(join, side, from, to);
	return rc;
}

static int find_same_names(pv_join *join, pv_join_side *side)
{
	struct names names = { 0 };
	int rc = index_names(&names, side, join->err);

	for (size_t i = 0; rc == PV_OK && i < side->removed.count; i++)
		if (side->removed.items[i]->relevance)
			rc = try_name(join, side, &names, side->removed.items[i]);
	pv_map_dispose(&names.removed);
	pv_map_dispose(&names.added);
	pv_map_dispose(&names.places);
	return rc;
}

/* --- the best of all ----------------------------------------------------- */

/* Below 0 when `a` is better. */
static int compare_pairs(const struct pair *a, const struct pair *b)
{
	if (!a->from || !b->from)
		return !a->from - !b->from;
	if (a->score != b->score)
		return b->score - a->score;
	return b->is_same_name - a->is_same_name;
}

static int compare_ranked(const void *a, const void *b)
{
	const struct pair *left = a;
	const struct pair *right = b;
	int order = compare_pairs(left, right);

	if (order)
		return order;
	return left->serial < right->serial ? -1 : 1;
}

static void keep_if_better(struct pair *best, const struct pair *pair)
{
	size_t worst = 0;

	for (size_t i = 1; i < BEST; i++)
		if (compare_pairs(&best[i], &best[worst]) > 0)
			worst = i;
	if (compare_pairs(&best[worst], pair) > 0)
		best[worst] = *pair;
}

static int rank(struct pair *best, pv_join *join, const pv_join_side *side,
		pv_join_change *to)
{
	int rc = pv_store_check_canceled(join->store, join->err);

	for (size_t i = 0; rc == PV_OK && i < side->removed.count; i++) {
		struct pair pair = { .from = side->removed.items[i], .to = to };

		rc = pv_join_compare(&pair.score, join, pair.from, to);
		pair.is_same_name = is_same_name(pair.from, to);
		if (rc == PV_OK)
			keep_if_better(best, &pair);
	}
	return rc;
}

static int use_best(pv_join *join, pv_join_side *side, const struct pair *pairs,
		    size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		const struct pair *pair = &pairs[i];

		if (!pair->from || pair->score < PV_JOIN_SCORE_MIN)
			break;
		if (!pair->from->is_used && !pair->to->is_used)
			rc = pair_up(join, side, pair->from, pair->to);
	}
	return rc;
}

static int find_similar(pv_join *join, pv_join_side *side)
{
	size_t limit = join->config->rename_limit;
	struct pair *pairs;
	size_t free_count = 0;
	size_t count = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < side->added.count; i++)
		free_count += is_free(side->added.items[i]);
	/* Beyond the limit git leaves it at what it has. */
	if (!free_count || !side->removed.count ||
	    free_count > limit * limit / side->removed.count)
		return PV_OK;
	pairs = pv_calloc(free_count, BEST * sizeof(*pairs));
	if (!pairs)
		return pv_fail_nomem(join->err);
	for (size_t i = 0; rc == PV_OK && i < side->added.count; i++) {
		pv_join_change *to = side->added.items[i];

		if (!is_free(to))
			continue;
		rc = rank(&pairs[count], join, side, to);
		count += BEST;
	}
	for (size_t i = 0; i < count; i++)
		pairs[i].serial = i;
	qsort(pairs, count, sizeof(*pairs), compare_ranked);
	if (rc == PV_OK)
		rc = use_best(join, side, pairs, count);
	pv_free(pairs);
	return rc;
}

int pv_join_find_renames(pv_join *join, enum pv_join_stage which)
{
	pv_join_side *side = &join->sides[which];
	int rc;

	if (!side->relevant || !side->added.count || !join->config->finds_renames)
		return PV_OK;
	cull(&side->removed, 0);
	rc = find_same(join, side);
	cull(&side->removed, 0);
	pv_join_gone_guess(side);
	if (rc == PV_OK)
		rc = find_same_names(join, side);
	if (rc < 0)
		return rc;
	cull(&side->removed, 1);
	pv_join_gone_cull(side);
	return find_similar(join, side);
}
