/* SPDX-License-Identifier: MIT
 *
 * Two clones that gave one number to two states: the remote's stays, ours gets
 * the next one. All is read and numbered before the first tag is made; then
 * the highest goes first, and an old name is let go of when the new tag is
 * there.
 */
#include <pv/version.h>

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "version/tag.h"

static const char tag_refs[] = "refs/tags/";
static const char remote_refs[] = "refs/pv/remote/";

/* A tag of the prompt that is here. */
struct local {
	char *refname;
	pv_semver number;
	pv_semver next; /* the number it is to have */
	pv_oid oid;
	const pv_remote_version *theirs; /* of that name; NULL: none */
	pv_tag tag;                      /* of one that moves */
	pv_version_info info;
};

struct remint {
	pv_store *store;
	const pv_remint_request *request;
	struct local *items; /* the lowest first */
	size_t count;
	size_t cap;
	size_t first;   /* the lowest that is another one there */
	pv_semver last; /* the highest number that is given for good */
	int has_last;
	pv_error *err;
};

static int is_same(const pv_oid *a, const pv_oid *b)
{
	return !strcmp(a->hex, b->hex);
}

/* Whether it stays what it is: the remote has it. */
static int is_final(const struct local *item)
{
	return item->theirs && is_same(&item->theirs->oid, &item->oid);
}

static int is_clash(const struct local *item)
{
	return item->theirs && !is_same(&item->theirs->oid, &item->oid);
}

/* Whether it is to be called otherwise. */
static int is_moving(const struct local *item)
{
	return !is_final(item) && pv_semver_cmp(&item->next, &item->number) != 0;
}

/* --- what there is ----------------------------------------------------------- */

static const pv_remote_version *find_theirs(const struct remint *it,
					    const char *refname)
{
	for (size_t i = 0; i < it->request->count; i++)
		if (!strcmp(it->request->theirs[i].refname, refname))
			return &it->request->theirs[i];
	return NULL;
}

static int add_local(const char *refname, const pv_oid *oid, void *payload)
{
	struct remint *it = payload;
	struct local *item;
	pv_semver number;
	pv_str id;

	if (!pv_version_tag_split(&id, &number, refname) ||
	    !pv_str_is(id, it->request->id))
		return PV_OK;
	if (pv_array_reserve(&it->items, &it->cap, it->count + 1,
			     sizeof(*it->items)) < 0)
		return pv_fail_nomem(it->err);
	item = &it->items[it->count];
	memset(item, 0, sizeof(*item));
	item->refname = pv_strdup(refname);
	if (!item->refname)
		return pv_fail_nomem(it->err);
	it->count++;
	item->number = number;
	item->next = number;
	item->oid = *oid;
	item->theirs = find_theirs(it, refname);
	return PV_OK;
}

static int by_number(const void *a, const void *b)
{
	return pv_semver_cmp(&((const struct local *)a)->number,
			     &((const struct local *)b)->number);
}

static void raise(struct remint *it, const pv_semver *number)
{
	if (!it->has_last || pv_semver_cmp(number, &it->last) > 0)
		it->last = *number;
	it->has_last = 1;
}

/* The numbers that stay, here and there. */
static void find_last(struct remint *it)
{
	for (size_t i = 0; i < it->request->count; i++) {
		pv_semver number;
		pv_str id;

		if (pv_version_tag_split(&id, &number,
					 it->request->theirs[i].refname) &&
		    pv_str_is(id, it->request->id))
			raise(it, &number);
	}
	for (size_t i = 0; i < it->first; i++)
		raise(it, &it->items[i].number);
}

static int load(struct remint *it)
{
	pv_buf prefix = { 0 };
	int rc;

	pv_buf_printf(&prefix, "%s%s/v", tag_refs, it->request->id);
	rc = pv_buf_status(&prefix, it->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(it->store, prefix.ptr, add_local, it,
				       it->err);
	pv_buf_dispose(&prefix);
	if (rc < 0)
		return rc;
	if (it->count)
		qsort(it->items, it->count, sizeof(*it->items), by_number);
	while (it->first < it->count && !is_clash(&it->items[it->first]))
		it->first++;
	find_last(it);
	return PV_OK;
}

/* --- numbers ------------------------------------------------------------------ */

static int fail_fixed(struct remint *it, const struct local *item, const char *why)
{
	return pv_error_hint(it->err,
			     pv_fail(it->err, PV_ECONFLICT,
				     "the version \"%.160s\" %s",
				     item->refname + strlen(tag_refs), why),
			     "\"git tag -d\" drops it, and git pv release gives "
			     "the next number");
}

static int read_tag(struct remint *it, struct local *item)
{
	int rc = pv_store_tag_read(&item->tag, it->store, &item->oid, it->err);

	item->info.number = item->number;
	if (rc == PV_OK)
		rc = pv_version_tag_parse(&item->info, it->request->id,
					  item->tag.message, it->err);
	return rc == PV_EINVALID || rc == PV_ENOTFOUND
		       ? fail_fixed(it, item, "is no tag of git-pv")
		       : rc;
}

/*
 * The one before that is the same, as it is where this was cut short: then
 * they share the number that either gets.
 */
static const struct local *find_twin(const struct remint *it,
				     const struct local *item)
{
	for (const struct local *at = it->items + it->first; at < item; at++)
		if (!is_final(at) && is_same(&at->tag.target, &item->tag.target) &&
		    !strcmp(at->number.pre, item->number.pre) &&
		    !strcmp(at->info.closure, item->info.closure) &&
		    is_same(&at->info.blob, &item->info.blob))
			return at;
	return NULL;
}

/* A number above all that are given by then, by the step it once was. */
static int number_one(struct remint *it, struct local *item)
{
	const struct local *twin = find_twin(it, item);
	enum pv_bump bump = item->info.bump;
	int rc = PV_OK;

	if (twin) {
		item->next = twin->next;
		return PV_OK;
	}
	/* What it comes after now is another state than it came after. */
	if (bump < PV_BUMP_MINOR && is_clash(item))
		bump = PV_BUMP_MINOR;
	if (is_clash(item) || pv_semver_cmp(&item->number, &it->last) <= 0) {
		rc = pv_semver_next(&item->next, &it->last, bump, it->err);
		memcpy(item->next.pre, item->number.pre, sizeof(item->next.pre));
		/* A pre-release of what is out would be below it. */
		if (rc == PV_OK && pv_semver_cmp(&item->next, &it->last) <= 0)
			rc = pv_semver_next(&item->next, &it->last,
					    PV_BUMP_MINOR, it->err);
	}
	if (rc == PV_OK)
		raise(it, &item->next);
	return rc;
}

static int number_all(struct remint *it)
{
	int rc = PV_OK;

	for (size_t i = it->first; i < it->count && rc == PV_OK; i++) {
		struct local *item = &it->items[i];

		if (is_final(item))
			continue;
		rc = read_tag(it, item);
		if (rc == PV_OK)
			rc = number_one(it, item);
	}
	return rc;
}

/* What any remote has is final, also when it is not this one. */
static int check_remote(const char *refname, const pv_oid *oid, void *payload)
{
	struct remint *it = payload;

	for (size_t i = it->first; i < it->count; i++) {
		const struct local *item = &it->items[i];
		const char *name = item->refname + strlen(tag_refs);
		size_t len = strlen(name);
		size_t whole = strlen(refname);

		if (is_moving(item) && is_same(&item->oid, oid) &&
		    whole > len && !strcmp(refname + whole - len, name))
			return fail_fixed(it, item, "is at another remote");
	}
	return PV_OK;
}

/* --- doing it ------------------------------------------------------------------ */

static int add_done(pv_remint_list *out, struct remint *it,
		    const struct local *item)
{
	pv_remint done = { .commit = item->tag.target };

	pv_semver_format(done.was, &item->number);
	pv_semver_format(done.now, &item->next);
	done.id = pv_strdup(it->request->id);
	if (!done.id || pv_array_reserve(&out->items, &out->cap, out->count + 1,
					 sizeof(done)) < 0) {
		pv_free(done.id);
		return pv_fail_nomem(it->err);
	}
	out->items[out->count++] = done;
	return PV_OK;
}

static int make_tag(struct remint *it, struct local *item)
{
	pv_tag_request request = { .commit = item->tag.target,
				   .tagger = &item->tag.tagger };
	pv_version_info info = item->info;
	pv_buf message = { 0 };
	pv_buf name = { 0 };
	pv_oid made;
	int rc;

	pv_semver_format(info.text, &item->next);
	pv_version_tag_message(&message, it->request->id, &info);
	pv_version_tag_name(&name, it->request->id, &item->next);
	rc = pv_buf_status(&message, it->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, it->err);
	request.name = name.ptr;
	request.message = message.ptr;
	if (rc == PV_OK)
		rc = pv_store_tag(&made, it->store, &request, it->err);
	pv_buf_dispose(&message);
	pv_buf_dispose(&name);
	return rc;
}

/* The old name is the remote's, or nobody's. */
static int let_go(struct remint *it, const struct local *item)
{
	static const pv_oid none = { "" };

	return pv_store_ref_update(it->store, item->refname,
				   item->theirs ? &item->theirs->oid : &none,
				   &item->oid, "sync", it->err);
}

static int apply(pv_remint_list *out, struct remint *it)
{
	int rc = PV_OK;

	for (size_t i = it->count; i-- > it->first && rc == PV_OK;) {
		struct local *item = &it->items[i];

		if (!is_moving(item))
			continue;
		if (!it->request->dry_run)
			rc = make_tag(it, item);
		if (rc == PV_OK && !it->request->dry_run)
			rc = let_go(it, item);
		if (rc == PV_OK)
			rc = add_done(out, it, item);
	}
	return rc;
}

int pv_version_remint(pv_remint_list *out, pv_store *store,
		      const pv_remint_request *request, pv_error *err)
{
	struct remint it = { .store = store, .request = request, .err = err };
	int rc = load(&it);

	if (rc == PV_OK && it.first < it.count)
		rc = number_all(&it);
	if (rc == PV_OK && it.first < it.count)
		rc = pv_store_ref_each(store, remote_refs, check_remote, &it,
				       err);
	if (rc == PV_OK)
		rc = apply(out, &it);
	for (size_t i = 0; i < it.count; i++) {
		pv_free(it.items[i].refname);
		pv_tag_dispose(&it.items[i].tag);
		pv_version_info_dispose(&it.items[i].info);
	}
	pv_free(it.items);
	return rc;
}

void pv_remint_list_dispose(pv_remint_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_free(list->items[i].id);
	pv_free(list->items);
	memset(list, 0, sizeof(*list));
}
