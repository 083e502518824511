/* SPDX-License-Identifier: MIT
 *
 * Near names by edit distance over bytes. A name whose last component is the one
 * asked for is nearer still.
 */
#include "store/ref/near.h"

#include <string.h>

#include "base/edit_distance.h"
#include "base/mem.h"

enum {
	HITS = 3
};

struct hit {
	char *name;
	size_t distance;
};

struct search {
	const char *wanted;
	size_t limit;
	struct hit hits[HITS];
};

static size_t rate(const struct search *search, const char *name)
{
	const char *slash = strrchr(name, '/');

	if (slash && strcmp(slash + 1, search->wanted) == 0)
		return 0;
	return pv_edit_distance(pv_str_of(search->wanted), pv_str_of(name),
				search->limit);
}

static void keep(struct search *search, const char *name, size_t rating)
{
	size_t i = HITS;

	while (i > 0 && (!search->hits[i - 1].name ||
			 search->hits[i - 1].distance > rating))
		i--;
	if (i == HITS)
		return;
	pv_free(search->hits[HITS - 1].name);
	memmove(&search->hits[i + 1], &search->hits[i],
		(HITS - 1 - i) * sizeof(search->hits[0]));
	search->hits[i].name = pv_strdup(name);
	search->hits[i].distance = rating;
}

/* The name as a person writes it. */
static const char *short_name(const char *refname)
{
	static const char *const folders[] = { "refs/heads/", "refs/tags/",
					       "refs/remotes/" };

	for (size_t i = 0; i < pv_array_len(folders); i++)
		if (pv_str_has_prefix(refname, folders[i]))
			return refname + strlen(folders[i]);
	return NULL;
}

static int visit(const char *refname, const pv_oid *oid, void *payload)
{
	struct search *search = payload;
	const char *name = short_name(refname);
	size_t rating;

	(void)oid;
	if (!name)
		return 0;
	rating = rate(search, name);
	if (rating <= search->limit)
		keep(search, name, rating);
	return 0;
}

void pv_near_refs(pv_buf *out, pv_store *store, const char *name)
{
	struct search search = { 0 };

	search.wanted = name;
	search.limit = strlen(name) / 3 + 1;
	pv_store_ref_each(store, "refs/", visit, &search, NULL);
	for (size_t i = 0; i < HITS; i++) {
		if (search.hits[i].name)
			pv_buf_printf(out, "%s\"%s\"", i ? ", " : "",
				      search.hits[i].name);
		pv_free(search.hits[i].name);
	}
}
