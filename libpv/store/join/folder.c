/* SPDX-License-Identifier: MIT
 *
 * Folders that a side removed, and where their files went. A folder counts as
 * renamed to where most of its renamed files are, so counts are all that is
 * kept; a file also counts for the folders above, as long as the names below
 * them are the same on both ends.
 */
#include "store/join/parts.h"

#include <string.h>

#include "base/fail.h"

pv_join_gone *pv_join_gone_find(const pv_join_side *side, const char *path,
				size_t len)
{
	pv_str key = { path, len };

	return pv_map_find(&side->gone, key);
}

int pv_join_gone_add(pv_join *join, enum pv_join_stage side, const char *path,
		     enum pv_join_need need)
{
	pv_join_side *of = &join->sides[side];
	pv_join_gone *gone = pv_join_gone_find(of, path, strlen(path));

	if (gone) {
		gone->need = need;
		return PV_OK;
	}
	gone = pv_arena_calloc(&join->arena, sizeof(*gone));
	if (!gone)
		return pv_fail_nomem(join->err);
	gone->path = path;
	gone->need = need;
	gone->next = of->first_gone;
	of->first_gone = gone;
	return pv_map_set(&of->gone, pv_str_of(path), gone, NULL, join->err);
}

/* --- counting ------------------------------------------------------------ */

static int count_one(pv_join *join, pv_join_gone *gone, pv_str folder)
{
	pv_join_count **link = &gone->counts;

	while (*link && !pv_str_is(folder, (*link)->folder))
		link = &(*link)->next;
	if (!*link) {
		pv_join_count *count =
			pv_arena_calloc(&join->arena, sizeof(*count));

		if (!count)
			return pv_fail_nomem(join->err);
		count->folder = pv_join_dup(join, folder.ptr, folder.len);
		if (!count->folder)
			return PV_ENOMEM;
		*link = count;
	}
	(*link)->files++;
	return PV_OK;
}

/* What `path`, of which `len` bytes name a folder, has below `above` bytes. */
static pv_str last_step(const char *path, size_t len, size_t above)
{
	size_t from = above ? above + 1 : 0;
	pv_str step = { path + from, len - from };

	return step;
}

int pv_join_gone_count(pv_join *join, pv_join_side *side, const char *from,
		       const char *to)
{
	size_t from_len = pv_join_folder_len(from, strlen(from));
	size_t to_len = pv_join_folder_len(to, strlen(to));
	int is_own = 1;
	int rc = PV_OK;

	while (rc == PV_OK) {
		pv_join_gone *gone = pv_join_gone_find(side, from, from_len);
		pv_str folder = { to, to_len };
		size_t from_above;
		size_t to_above;

		if (!gone)
			break;
		/* The folder of the file itself is a hint in any case. */
		if (is_own || gone->need == PV_JOIN_NEEDED)
			rc = count_one(join, gone, folder);
		is_own = 0;
		if (gone->need == PV_JOIN_NOT_NEEDED || !from_len || !to_len)
			break;
		from_above = pv_join_folder_len(from, from_len);
		to_above = pv_join_folder_len(to, to_len);
		if (!pv_str_eq(last_step(from, from_len, from_above),
			       last_step(to, to_len, to_above)))
			break;
		from_len = from_above;
		to_len = to_above;
	}
	return rc;
}

void pv_join_gone_guess(pv_join_side *side)
{
	for (pv_join_gone *gone = side->first_gone; gone; gone = gone->next) {
		size_t most = 0;

		for (pv_join_count *count = gone->counts; count;
		     count = count->next) {
			if (count->files <= most)
				continue;
			most = count->files;
			gone->guess = count->folder;
		}
	}
}

/* --- what need not be known ---------------------------------------------- */

/* Files that may turn up in any one place could still outweigh the rest. */
static void count_unknown(pv_join_side *side)
{
	for (size_t i = 0; i < side->removed.count; i++) {
		const char *path = side->removed.items[i]->path;
		size_t len = pv_join_folder_len(path, strlen(path));

		while (len) {
			pv_join_gone *gone = pv_join_gone_find(side, path, len);

			if (!gone || gone->need == PV_JOIN_NOT_NEEDED)
				break;
			gone->unknown++;
			len = pv_join_folder_len(path, len);
		}
	}
}

static int is_certain(const pv_join_gone *gone)
{
	size_t first = 0;
	size_t second = 0;

	for (const pv_join_count *count = gone->counts; count;
	     count = count->next) {
		if (count->files >= first) {
			second = first;
			first = count->files;
		} else if (count->files > second) {
			second = count->files;
		}
	}
	return first > second + gone->unknown;
}

static int is_of_use(const pv_join_side *side, const char *path)
{
	size_t len = strlen(path);

	do {
		const pv_join_gone *gone;

		len = pv_join_folder_len(path, len);
		gone = pv_join_gone_find(side, path, len);
		if (!gone || gone->need == PV_JOIN_NOT_NEEDED)
			return 0;
		if (gone->need == PV_JOIN_NEEDED)
			return 1;
	} while (len);
	return 0;
}

void pv_join_gone_cull(pv_join_side *side)
{
	size_t kept = 0;

	count_unknown(side);
	for (pv_join_gone *gone = side->first_gone; gone; gone = gone->next)
		if (gone->need == PV_JOIN_NEEDED && is_certain(gone))
			gone->need = PV_JOIN_ABOVE_NEEDED;
	for (size_t i = 0; i < side->removed.count; i++) {
		pv_join_change *file = side->removed.items[i];

		if (file->relevance == PV_JOIN_FOR_TEXT ||
		    is_of_use(side, file->path))
			side->removed.items[kept++] = file;
	}
	side->removed.count = kept;
}
