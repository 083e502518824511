/* SPDX-License-Identifier: MIT
 *
 * See sync.h: what the remote has. It is fetched into refs that are only for
 * that, and read from there; a dry run asks for the names instead, and fetches
 * the objects alone.
 */
#include "review/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "repo/remote.h"
#include "setup/wiring.h"

enum {
	KINDS = 3
};

/* Where a kind of ref is there. */
static const char *const kinds[KINDS] = { "refs/pv/", "refs/tags/",
					  "refs/heads/" };

/* Appends where a kind is put here. */
static void put_place(pv_buf *out, const sync_run *run, size_t kind)
{
	static const char *const before[KINDS] = { "refs/remotes-pv/",
						   "refs/pv/remote/",
						   "refs/remotes/" };
	static const char *const behind[KINDS] = { "/", "/tags/", "/" };

	pv_buf_printf(out, "%s%s%s", before[kind], run->remote, behind[kind]);
}

static int add(sync_run *run, const char *kind, pv_str rest, const pv_oid *oid)
{
	sync_seen *seen = &run->seen;
	pv_error *err = &run->cli->err;
	pv_buf name = { 0 };

	pv_buf_puts(&name, kind);
	pv_buf_put(&name, rest.ptr, rest.len);
	if (pv_buf_status(&name, err) < 0 ||
	    pv_array_reserve(&seen->items, &seen->cap, seen->count + 1,
			     sizeof(*seen->items)) < 0) {
		pv_buf_dispose(&name);
		return pv_fail_nomem(err);
	}
	seen->items[seen->count].oid = *oid;
	seen->items[seen->count++].name = name.ptr;
	return PV_OK;
}

/* --- fetching --------------------------------------------------------------------- */

static int fetch(sync_run *run)
{
	pv_strlist specs = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < KINDS && rc == PV_OK; i++) {
		pv_buf spec = { 0 };

		pv_buf_printf(&spec, "+%s*:", kinds[i]);
		put_place(&spec, run, i);
		pv_buf_putc(&spec, '*');
		rc = pv_buf_status(&spec, &run->cli->err);
		if (rc == PV_OK)
			rc = pv_strlist_add(&specs, spec.ptr, &run->cli->err);
		pv_buf_dispose(&spec);
	}
	if (rc == PV_OK)
		rc = remote_fetch(run->cli, run->remote, &specs, run->is_dry);
	pv_strlist_dispose(&specs);
	return rc;
}

struct place {
	sync_run *run;
	const char *kind;
	size_t skip; /* bytes of a name that say where it is here */
};

static int add_fetched(const char *refname, const pv_oid *oid, void *payload)
{
	const struct place *place = payload;

	return add(place->run, place->kind, pv_str_of(refname + place->skip),
		   oid);
}

static int read_fetched(sync_run *run)
{
	int rc = PV_OK;

	for (size_t i = 0; i < KINDS && rc == PV_OK; i++) {
		struct place place = { run, kinds[i], 0 };
		pv_buf prefix = { 0 };

		put_place(&prefix, run, i);
		place.skip = prefix.len;
		rc = pv_buf_status(&prefix, &run->cli->err);
		if (rc == PV_OK)
			rc = pv_store_ref_each(run->cli->store, prefix.ptr,
					       add_fetched, &place,
					       &run->cli->err);
		pv_buf_dispose(&prefix);
	}
	return rc;
}

/* --- asking ----------------------------------------------------------------------- */

/* "<oid>\t<name>" */
static int add_asked(sync_run *run, pv_str line)
{
	pv_oid oid = { "" };
	pv_str name = { line.ptr + 41, line.len - 41 };

	if (line.len < 42 || line.ptr[40] != '\t')
		return PV_OK;
	memcpy(oid.hex, line.ptr, 40);
	for (size_t i = 0; i < KINDS; i++) {
		size_t len = strlen(kinds[i]);

		if (name.len > len && !memcmp(name.ptr, kinds[i], len)) {
			name.ptr += len;
			name.len -= len;
			return add(run, kinds[i], name, &oid);
		}
	}
	return PV_OK;
}

static int ask(sync_run *run)
{
	const char *args[] = { "ls-remote", "--quiet",   "--refs",
			       "--",        run->remote, NULL };
	pv_buf text = { 0 };
	int rc = cli_git(&text, run->cli, args);
	const char *at = pv_buf_text(&text);

	while (*at && rc == PV_OK) {
		pv_str line = { at, strcspn(at, "\n") };

		rc = add_asked(run, line);
		at += line.len + (at[line.len] != '\0');
	}
	pv_buf_dispose(&text);
	return rc;
}

/* --- the list ---------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const sync_ref *)a)->name, ((const sync_ref *)b)->name);
}

int sync_seen_load(sync_run *run)
{
	sync_seen *seen = &run->seen;
	/* In this order, what was named is there afterwards. */
	int rc = run->is_dry ? ask(run) : PV_OK;

	if (rc == PV_OK)
		rc = fetch(run);
	if (rc == PV_OK && !run->is_dry)
		rc = read_fetched(run);
	if (rc == PV_OK && seen->count)
		qsort(seen->items, seen->count, sizeof(*seen->items), by_name);
	return rc;
}

const pv_oid *sync_seen_find(const sync_run *run, const char *refname)
{
	const sync_seen *seen = &run->seen;
	size_t low = 0;
	size_t high = seen->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(refname, seen->items[mid].name);

		if (!order)
			return &seen->items[mid].oid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

int sync_seen_each(sync_run *run, const char *prefix,
		   int (*fn)(const char *refname, const pv_oid *oid,
			     void *payload))
{
	int rc = 0;

	for (size_t i = 0; i < run->seen.count && !rc; i++)
		if (pv_str_has_prefix(run->seen.items[i].name, prefix))
			rc = fn(run->seen.items[i].name,
				&run->seen.items[i].oid, run);
	return rc;
}

void sync_seen_dispose(sync_seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		pv_free(seen->items[i].name);
	pv_free(seen->items);
	memset(seen, 0, sizeof(*seen));
}
