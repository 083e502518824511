/* SPDX-License-Identifier: MIT
 *
 * Near names by edit distance over bytes, counting a transposition as one
 * step. A name whose last component is the one asked for is nearer still.
 */
#include "store/ref/near.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	NAME_MAX_LEN = 64, /* longer names are not compared */
	HITS = 3,
	FAR = 1000
};

struct hit {
	char *name;
	unsigned distance;
};

struct search {
	const char *wanted;
	unsigned limit;
	struct hit hits[HITS];
};

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Optimal string alignment, three rows at a time. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NAME_MAX_LEN + 1] = { { 0 } };

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3];
		const unsigned *top = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned swap = FAR;

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				swap = top[j - 2] + 1;
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] + (a[i - 1] != b[j - 1]));
			row[j] = swap < row[j] ? swap : row[j];
		}
	}
	return rows[a_len % 3][b_len];
}

static unsigned rate(const char *wanted, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t a_len = strlen(wanted), b_len = strlen(name);

	if (slash && strcmp(slash + 1, wanted) == 0)
		return 0;
	if (a_len > NAME_MAX_LEN || b_len > NAME_MAX_LEN)
		return FAR;
	return distance(wanted, a_len, name, b_len);
}

static void keep(struct search *search, const char *name, unsigned rating)
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
	unsigned rating;

	(void)oid;
	if (!name)
		return 0;
	rating = rate(search->wanted, name);
	if (rating <= search->limit)
		keep(search, name, rating);
	return 0;
}

void pv_near_refs(pv_buf *out, pv_store *store, const char *name)
{
	struct search search = { 0 };

	search.wanted = name;
	search.limit = (unsigned)strlen(name) / 3 + 1;
	pv_store_ref_each(store, "refs/", visit, &search, NULL);
	for (size_t i = 0; i < HITS; i++) {
		if (search.hits[i].name)
			pv_buf_printf(out, "%s\"%s\"", i ? ", " : "",
				      search.hits[i].name);
		pv_free(search.hits[i].name);
	}
}
