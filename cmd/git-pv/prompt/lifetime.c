/* SPDX-License-Identifier: MIT
 *
 * See lifetime.h.
 */
#include "prompt/lifetime.h"

#include <string.h>

#include <pv/blame.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"

/* Authors by commit: many prompts have one in common. */
struct authors {
	pv_cli *cli;
	pv_map names; /* hex to a text that is owned */
};

static int forget(pv_str key, void *value, void *payload)
{
	(void)key;
	(void)payload;
	pv_free(value);
	return 0;
}

static int read_author(char **out, struct authors *authors, const pv_oid *oid)
{
	pv_cli *cli = authors->cli;
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, oid, &cli->err);

	*out = NULL;
	if (rc == PV_OK) {
		*out = pv_strdup(commit.author.name);
		rc = *out ? pv_map_set(&authors->names, pv_str_of(oid->hex),
				       *out, NULL, &cli->err)
			  : pv_fail_nomem(&cli->err);
	}
	if (rc < 0)
		pv_free(*out);
	pv_commit_dispose(&commit);
	return rc;
}

/* `oid` outlives `authors`. */
static int find_author(char **out, struct authors *authors, const pv_oid *oid)
{
	char *name = pv_map_find(&authors->names, pv_str_of(oid->hex));
	int rc = name ? PV_OK : read_author(&name, authors, oid);

	if (rc < 0)
		return rc;
	*out = pv_strdup(name);
	return *out ? PV_OK : pv_fail_nomem(&authors->cli->err);
}

static int describe(lifetime *life, struct authors *authors,
		    const pv_origin *origin)
{
	int rc = PV_OK;

	if (origin->first.hex[0]) {
		pv_time_format(life->created_at, origin->first_date * 1000000);
		rc = find_author(&life->created_by, authors, &origin->first);
	}
	if (rc < 0 || !origin->last.hex[0])
		return rc;
	life->updated = origin->last_date;
	pv_time_format(life->updated_at, origin->last_date * 1000000);
	return find_author(&life->updated_by, authors, &origin->last);
}

static int find_last(pv_origin *out, pv_cli *cli, const pv_last_query *query)
{
	pv_last_change *last = pv_calloc(query->count + 1, sizeof(*last));
	int rc;

	if (!last)
		return pv_fail_nomem(&cli->err);
	rc = pv_history_last(last, cli->store, query, &cli->err);
	for (size_t i = 0; rc == PV_OK && i < query->count; i++) {
		out[i].last = last[i].commit;
		out[i].last_date = last[i].date;
	}
	pv_free(last);
	return rc;
}

static int find(lifetime *out, pv_cli *cli, const pv_last_query *query,
		int wants_origin)
{
	pv_origin *origins = pv_calloc(query->count + 1, sizeof(*origins));
	struct authors authors = { .cli = cli };
	size_t hidden = 0;
	int rc;

	if (!origins)
		return pv_fail_nomem(&cli->err);
	rc = wants_origin ? pv_history_origins(origins, cli->store,
					       &cli->settings, query, &cli->err)
			  : find_last(origins, cli, query);
	for (size_t i = 0; rc == PV_OK && i < query->count; i++) {
		rc = describe(&out[i], &authors, &origins[i]);
		hidden += origins[i].is_hidden != 0;
	}
	if (rc == PV_OK && hidden)
		cli_note(cli, "this clone is shallow: it does not know when, and "
			      "by whom, some prompts were made");
	pv_map_each(&authors.names, forget, NULL);
	pv_map_dispose(&authors.names);
	pv_free(origins);
	return rc;
}

int lifetimes_find(lifetime *out, pv_cli *cli, const lifetime_query *query)
{
	pv_last_query last = { .dir = cli->settings.prompts_dir,
			       .paths = query->paths,
			       .count = query->count };
	int rc = PV_OK;

	last.start = query->at->commit;
	if (query->at->kind != PV_AT_COMMIT)
		rc = pv_store_head(NULL, &last.start, cli->store, &cli->err);
	if (rc < 0 || !last.start.hex[0])
		return rc;
	return find(out, cli, &last, query->wants_origin);
}

static void time_member(pv_jsonw *w, const char *key, const char *time)
{
	pv_jsonw_member(w, key, *time ? time : NULL);
}

void lifetime_members(pv_jsonw *w, const lifetime *life)
{
	time_member(w, "created_at", life->created_at);
	pv_jsonw_member(w, "created_by", life->created_by);
	time_member(w, "updated_at", life->updated_at);
	pv_jsonw_member(w, "updated_by", life->updated_by);
}

void lifetime_dispose(lifetime *life)
{
	pv_free(life->created_by);
	pv_free(life->updated_by);
	memset(life, 0, sizeof(*life));
}
