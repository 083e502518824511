/* SPDX-License-Identifier: MIT
 *
 * An environment together with its fallbacks: of each prompt the first that is
 * fit to be used, else the first that there is.
 */
#include <pv/deploy.h>

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/entry.h"
#include "version/environment.h"
#include "version/fallback.h"

struct row {
	pv_deployment item;
	size_t rank; /* of its environment in the chain */
};

struct rows {
	pv_store *store;
	const pv_settings *settings;
	struct row *items; /* by id, then by rank */
	size_t count;
	size_t cap;
};

static int by_id(const void *a, const void *b)
{
	const struct row *first = a;
	const struct row *second = b;
	int order = strcmp(first->item.id, second->item.id);

	return order ? order
		     : (first->rank > second->rank) -
			       (first->rank < second->rank);
}

/* Takes the entries of an environment; `from` NULL: it is no fallback. */
static int take(struct rows *to, pv_environment *from, size_t rank,
		const char *name, pv_error *err)
{
	if (pv_array_reserve(&to->items, &to->cap, to->count + from->count + 1,
			     sizeof(*to->items)) < 0)
		return pv_fail_nomem(err);
	while (from->count) {
		struct row row = { from->items[from->count - 1], rank };

		if (name)
			row.item.resolved_from = pv_strdup(name);
		if (name && !row.item.resolved_from)
			return pv_fail_nomem(err);
		to->items[to->count++] = row;
		from->count--;
	}
	return PV_OK;
}

static int gather(struct rows *to, const pv_fallbacks *chain, const pv_oid *tip,
		  pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < chain->count && rc == PV_OK; i++) {
		pv_environment one = { 0 };

		rc = pv_environment_load(&one, to->store, chain->names[i], tip,
					 err);
		if (rc == PV_OK)
			rc = take(to, &one, i, i ? chain->names[i] : NULL, err);
		pv_environment_dispose(&one);
		if (rc == PV_ENOTFOUND) {
			pv_error_clear(err);
			rc = PV_OK;
		}
	}
	return rc;
}

/* The row to use of those from `start` to `end`, which are of one prompt. */
static int choose(size_t *out, const struct rows *rows, size_t start,
		  size_t end, pv_error *err)
{
	enum pv_live_state best = PV_LIVE_LOST;

	*out = start;
	for (size_t i = start; i < end && best != PV_LIVE_OK; i++) {
		const pv_deployment *item = &rows->items[i].item;
		enum pv_live_state state;
		int rc = pv_live_state(&state, rows->store, rows->settings,
				       item->id, &item->commit, err);

		if (rc < 0)
			return rc;
		if (state < best) {
			best = state;
			*out = i;
		}
	}
	return PV_OK;
}

static int choose_all(pv_environment *out, struct rows *rows, pv_error *err)
{
	int rc = PV_OK;

	out->items = pv_calloc(rows->count + 1, sizeof(*out->items));
	if (!out->items)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < rows->count && rc == PV_OK;) {
		size_t end = i + 1;
		size_t chosen = i;

		while (end < rows->count &&
		       !strcmp(rows->items[i].item.id, rows->items[end].item.id))
			end++;
		if (end > i + 1)
			rc = choose(&chosen, rows, i, end, err);
		if (rc < 0)
			break;
		out->items[out->count++] = rows->items[chosen].item;
		memset(&rows->items[chosen].item, 0, sizeof(pv_deployment));
		i = end;
	}
	return rc;
}

int pv_environment_resolve(pv_environment *out, pv_store *store,
			   const pv_settings *settings, const char *name,
			   pv_error *err)
{
	struct rows rows = { .store = store, .settings = settings };
	pv_fallbacks chain;
	pv_oid local;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_fallbacks_load(&chain, store, settings, name, err);
	if (rc == PV_OK)
		rc = pv_environment_tip(&out->tip, &local, store, err);
	if (rc == PV_OK && out->tip.hex[0])
		rc = gather(&rows, &chain, &out->tip, err);
	if (rc == PV_OK && rows.count)
		qsort(rows.items, rows.count, sizeof(*rows.items), by_id);
	if (rc == PV_OK)
		rc = choose_all(out, &rows, err);
	for (size_t i = 0; i < rows.count; i++)
		pv_deployment_dispose(&rows.items[i].item);
	pv_free(rows.items);
	if (rc < 0)
		pv_environment_dispose(out);
	return rc;
}
