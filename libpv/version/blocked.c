/* SPDX-License-Identifier: MIT
 *
 * See blocked.h.
 */
#include "version/blocked.h"

#include <string.h>

#include "base/fail.h"

static const char prefix[] = "refs/tags/";

enum {
	NAMED_MAX = 4 /* prompts or tags that fit an error's line */
};

/* The ref that has the name of a folder of `refname`, if any; 1 or 0. */
static int find_above(pv_buf *out, pv_store *store, const char *refname)
{
	const char *slash = strchr(refname + strlen(prefix), '/');

	for (; slash; slash = strchr(slash + 1, '/')) {
		pv_oid oid;

		pv_buf_clear(out);
		pv_buf_put(out, refname, (size_t)(slash - refname));
		if (out->status == PV_OK &&
		    pv_store_ref(&oid, store, out->ptr, NULL) == PV_OK)
			return 1;
	}
	return 0;
}

static int keep_name(const char *refname, const pv_oid *oid, void *payload)
{
	pv_buf *out = payload;

	(void)oid;
	pv_buf_clear(out);
	pv_buf_puts(out, refname);
	return 1;
}

/* A ref below `refname`; 1 or 0, or negative. */
static int find_below(pv_buf *out, pv_store *store, const char *refname,
		      pv_error *err)
{
	pv_buf folder = { 0 };
	int rc;

	pv_buf_printf(&folder, "%s/", refname);
	rc = pv_buf_status(&folder, err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(store, folder.ptr, keep_name, out, err);
	pv_buf_dispose(&folder);
	return rc;
}

int pv_blocked_note(pv_blocked *to, pv_store *store, const char *id,
		    const char *refname, pv_error *err)
{
	pv_buf name = { 0 };
	int found = find_above(&name, store, refname);
	int rc;

	if (!found)
		found = find_below(&name, store, refname, err);
	rc = found < 0 ? found : pv_buf_status(&name, err);
	if (rc == PV_OK && found)
		rc = pv_strlist_add(&to->ids, id, err);
	if (rc == PV_OK && found &&
	    pv_strlist_find(&to->tags, name.ptr + strlen(prefix)) < 0)
		rc = pv_strlist_add(&to->tags, name.ptr + strlen(prefix), err);
	pv_buf_dispose(&name);
	return rc < 0 ? rc : found;
}

int pv_blocked_has(const pv_blocked *all, const char *id)
{
	return pv_strlist_find(&all->ids, id) >= 0;
}

/* "a", "b" and 3 more */
static void put_names(pv_buf *out, const pv_strlist *names)
{
	size_t count = names->count;

	for (size_t i = 0; i < count && i < NAMED_MAX; i++)
		pv_buf_printf(out, "%s\"%.40s\"", i ? ", " : "", names->items[i]);
	if (count > NAMED_MAX)
		pv_buf_printf(out, " and %zu more", count - NAMED_MAX);
}

int pv_blocked_status(const pv_blocked *all, pv_error *err)
{
	pv_buf ids = { 0 };
	pv_buf tags = { 0 };
	int is_one = all->tags.count == 1;
	int rc;

	if (!all->ids.count)
		return PV_OK;
	put_names(&ids, &all->ids);
	put_names(&tags, &all->tags);
	rc = pv_buf_status(&ids, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&tags, err);
	if (rc == PV_OK) {
		rc = pv_fail(err, PV_EEXISTS, "no room for the tags of %s",
			     ids.ptr);
		rc = pv_error_hint(err, rc,
				   "the tag%s %.90s %s in the way: rename or "
				   "delete %s",
				   is_one ? "" : "s", tags.ptr,
				   is_one ? "is" : "are", is_one ? "it" : "them");
	}
	pv_buf_dispose(&ids);
	pv_buf_dispose(&tags);
	return rc;
}

void pv_blocked_dispose(pv_blocked *all)
{
	pv_strlist_dispose(&all->ids);
	pv_strlist_dispose(&all->tags);
}
