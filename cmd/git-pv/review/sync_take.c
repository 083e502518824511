/* SPDX-License-Identifier: MIT
 *
 * See sync.h: what the remote had against what is here.
 */
#include "review/sync.h"

#include <limits.h>
#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "review/on_top.h"

/* The id of a ref; hex "" when there is none. */
static int read_ref(pv_oid *out, const sync_run *run, const char *name)
{
	pv_cli *cli = run->cli;
	int rc = pv_store_ref(out, cli->store, name, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* What the remote has there; hex "" for nothing. */
static void read_seen(pv_oid *out, const sync_run *run, const char *refname)
{
	static const pv_oid none = { "" };
	const pv_oid *found = sync_seen_find(run, refname);

	*out = found ? *found : none;
}

/* --- reviews --------------------------------------------------------------------- */

/* What a dry run would make of it. */
static int foresee(enum pv_review_union *out, sync_run *run,
		   const char *refname, const pv_oid *theirs)
{
	pv_cli *cli = run->cli;
	pv_oid ours;
	int rc = read_ref(&ours, run, refname);

	*out = PV_REVIEW_NEW;
	if (rc < 0 || !ours.hex[0])
		return rc;
	*out = PV_REVIEW_SAME;
	rc = pv_store_is_ancestor(cli->store, theirs, &ours, &cli->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_is_ancestor(cli->store, &ours, theirs, &cli->err);
	*out = rc ? PV_REVIEW_AHEAD : PV_REVIEW_JOINED;
	return rc < 0 ? rc : PV_OK;
}

/* A chain that is none is passed over: it is nobody's review. */
static int take_review(const char *seen, const pv_oid *theirs, void *payload)
{
	sync_run *run = payload;
	pv_cli *cli = run->cli;
	const char *id = strrchr(seen, '/') + 1;
	enum pv_review_union how = PV_REVIEW_SAME;
	pv_buf refname = { 0 };
	int rc;

	pv_buf_printf(&refname, PV_REVIEW_REFS "%.2s/%s", id, id);
	rc = pv_buf_status(&refname, &cli->err);
	if (rc == PV_OK && strlen(id) != 40)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%.80s\" is no review",
			     seen);
	if (rc == PV_OK)
		rc = run->is_dry ? foresee(&how, run, refname.ptr, theirs)
				 : pv_review_unite(&how, cli->store, id, theirs,
						   &cli->err);
	pv_buf_dispose(&refname);
	if (rc == PV_EINVALID || rc == PV_ELIMIT) {
		cli_warn(cli, "%s of \"%s\" is left out: %s", seen, run->remote,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	run->fetched.reviews += rc == PV_OK && how != PV_REVIEW_SAME;
	run->joined += rc == PV_OK && how == PV_REVIEW_JOINED;
	return rc;
}

static int offer_review(const char *id, const pv_oid *tip, void *payload)
{
	sync_run *run = payload;
	pv_buf refname = { 0 };
	pv_oid theirs;
	int rc;

	pv_buf_printf(&refname, PV_REVIEW_REFS "%.2s/%s", id, id);
	rc = pv_buf_status(&refname, &run->cli->err);
	if (rc == PV_OK)
		read_seen(&theirs, run, refname.ptr);
	if (rc == PV_OK && strcmp(theirs.hex, tip->hex) != 0)
		rc = pv_strlist_add(&run->chains, refname.ptr, &run->cli->err);
	pv_buf_dispose(&refname);
	return rc;
}

int sync_reviews(sync_run *run)
{
	int rc = sync_seen_each(run, PV_REVIEW_REFS, take_review);

	if (rc == PV_OK)
		rc = sync_merged(run);
	return rc == PV_OK ? pv_review_each(run->cli->store, offer_review, run,
					    &run->cli->err)
			   : rc;
}

/* --- versions -------------------------------------------------------------------- */

/* Whether a tag is a version: it ends in /vX.Y.Z behind an id. */
static int is_version(const char *name)
{
	const char *last = strrchr(name, '/');
	pv_semver number;

	return last && last[1] == 'v' &&
	       pv_semver_parse(&number, last + 1, NULL) == PV_OK;
}

/* The prompt of a version's tag, owned; NULL without memory. */
static char *id_of(const char *refname)
{
	const char *name = refname + strlen("refs/tags/");

	return pv_strndup(name, (size_t)(strrchr(name, '/') - name));
}

/* The tags of the remote; the names are lent. */
static int list_tags(pv_remote_version **out, size_t *count, sync_run *run)
{
	pv_remote_version *tags = pv_calloc(run->seen.count + 1, sizeof(*tags));

	*out = tags;
	*count = 0;
	if (!tags)
		return pv_fail_nomem(&run->cli->err);
	for (size_t i = 0; i < run->seen.count; i++) {
		const sync_ref *ref = &run->seen.items[i];

		if (!pv_str_has_prefix(ref->name, "refs/tags/"))
			continue;
		tags[*count].refname = ref->name;
		tags[(*count)++].oid = ref->oid;
	}
	return PV_OK;
}

/* Gives way to what the remote has of a prompt's versions. */
static int remint(sync_run *run, const char *refname)
{
	pv_remint_request request = { .dry_run = run->is_dry };
	pv_cli *cli = run->cli;
	pv_remote_version *theirs = NULL;
	char *id = id_of(refname);
	int rc = id ? PV_OK : pv_fail_nomem(&cli->err);

	if (rc == PV_OK)
		rc = list_tags(&theirs, &request.count, run);
	request.id = id;
	request.theirs = theirs;
	if (rc == PV_OK)
		rc = pv_version_remint(&run->reminted, cli->store, &request,
				       &cli->err);
	if (rc == PV_ECONFLICT) {
		cli_warn(cli, "%s", cli->err.message);
		pv_error_clear(&cli->err);
		rc = pv_strlist_add(&run->clashes,
				    refname + strlen("refs/tags/"), &cli->err);
	}
	pv_free(theirs);
	pv_free(id);
	return rc;
}

/* Whether a version was given another number in this run, so it is gone. */
static int is_reminted(const sync_run *run, const char *refname)
{
	for (size_t i = 0; i < run->reminted.count; i++) {
		const pv_remint *item = &run->reminted.items[i];
		size_t len = strlen(item->id);
		const char *name = refname + strlen("refs/tags/");

		if (!strncmp(name, item->id, len) &&
		    !strncmp(name + len, "/v", 2) &&
		    !strcmp(name + len + 2, item->was))
			return 1;
	}
	return 0;
}

static int take_tag(const char *refname, const pv_oid *theirs, void *payload)
{
	static const pv_oid none = { "" };
	sync_run *run = payload;
	pv_cli *cli = run->cli;
	pv_oid ours;
	int rc;

	if (!is_version(refname))
		return PV_OK;
	rc = read_ref(&ours, run, refname);
	if (rc == PV_OK && ours.hex[0] && strcmp(ours.hex, theirs->hex) != 0 &&
	    !is_reminted(run, refname)) {
		rc = remint(run, refname);
		run->fetched.tags += rc == PV_OK && is_reminted(run, refname);
	}
	if (rc < 0 || ours.hex[0])
		return rc;
	if (!run->is_dry)
		rc = pv_store_ref_update(cli->store, refname, theirs, &none,
					 "sync", &cli->err);
	run->fetched.tags += rc == PV_OK;
	return rc;
}

static int offer_tag(const char *refname, const pv_oid *oid, void *payload)
{
	sync_run *run = payload;

	(void)oid;
	return is_version(refname) && !sync_seen_find(run, refname) &&
			       !(run->is_dry && is_reminted(run, refname))
		       ? pv_strlist_add(&run->tags, refname, &run->cli->err)
		       : PV_OK;
}

/* What a dry run would have made. */
static int offer_reminted(sync_run *run)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < run->reminted.count; i++) {
		const pv_remint *item = &run->reminted.items[i];
		pv_buf name = { 0 };

		pv_buf_printf(&name, "refs/tags/%s/v%s", item->id, item->now);
		rc = pv_buf_status(&name, &run->cli->err);
		if (rc == PV_OK && pv_strlist_find(&run->tags, name.ptr) < 0)
			rc = pv_strlist_add(&run->tags, name.ptr, &run->cli->err);
		pv_buf_dispose(&name);
	}
	return rc;
}

int sync_tags(sync_run *run)
{
	int rc = sync_seen_each(run, "refs/tags/", take_tag);

	if (rc == PV_OK)
		rc = pv_store_ref_each(run->cli->store, "refs/tags/", offer_tag,
				       run, &run->cli->err);
	return rc == PV_OK && run->is_dry ? offer_reminted(run) : rc;
}

/* --- deployments ------------------------------------------------------------------- */

static const char deployments[] = PV_ENVIRONMENT_REF;

/* How many commits `to` has that `from` lacks; all when that is none. */
static int count_commits(size_t *out, sync_run *run, const pv_oid *from,
			 const pv_oid *to)
{
	const char *args[] = { "rev-list", "--count", to->hex,
			       "--not",    from->hex, NULL };
	pv_buf text = { 0 };
	unsigned count = 0;
	int rc;

	if (!from->hex[0])
		args[3] = NULL;
	rc = cli_git(&text, run->cli, args);
	if (rc == PV_OK)
		rc = pv_str_to_uint(&count, pv_str_of(pv_buf_text(&text)),
				    UINT_MAX);
	*out = count;
	pv_buf_dispose(&text);
	return rc;
}

static int move_forward(sync_run *run, const pv_oid *ours, const pv_oid *theirs)
{
	size_t count;
	int rc = count_commits(&count, run, ours, theirs);

	if (rc == PV_OK && !run->is_dry)
		rc = on_top_move(&run->is_behind, run->cli, ours, theirs);
	if (rc == PV_OK)
		run->fetched.deployments += count;
	return rc;
}

static int offer_deployments(sync_run *run, const pv_oid *theirs,
			     const pv_oid *ours)
{
	run->pushes_deployments = 1;
	return count_commits(&run->ahead, run, theirs, ours);
}

/* What only a person can put together is left alone, and why is told. */
static int leave_alone(sync_run *run)
{
	cli_warn(run->cli, "%s", run->cli->err.message);
	pv_error_clear(&run->cli->err);
	run->has_diverged = 1;
	return PV_OK;
}

static int put_on_top(sync_run *run, const pv_oid *ours, const pv_oid *theirs)
{
	on_top it = { .ours = *ours,
		      .theirs = *theirs,
		      .renames = run->reminted.count > 0,
		      .is_dry = run->is_dry };
	size_t count = 0;
	pv_oid now;
	int rc = on_top_put(&now, run->cli, &it);

	if (rc == PV_ECONFLICT || rc == PV_ESYNTAX || rc == PV_EINVALID)
		return leave_alone(run);
	if (rc == PV_OK && theirs->hex[0])
		rc = count_commits(&count, run, ours, theirs);
	if (rc != PV_OK)
		return rc;
	run->fetched.deployments += count;
	run->is_behind |= it.is_behind;
	if (strcmp(now.hex, theirs->hex) != 0)
		rc = offer_deployments(run, theirs, &now);
	/* Who loses the race to push makes them once more. */
	if (run->ahead > run->reapplied)
		run->reapplied = run->ahead;
	return rc;
}

int sync_deployments(sync_run *run)
{
	pv_cli *cli = run->cli;
	pv_oid ours = { "" };
	pv_oid theirs = { "" };
	int rc = read_ref(&ours, run, deployments);

	read_seen(&theirs, run, deployments);
	if (rc < 0 || !strcmp(ours.hex, theirs.hex))
		return rc;
	if (!ours.hex[0])
		return move_forward(run, &ours, &theirs);
	rc = theirs.hex[0]
		     ? pv_store_is_ancestor(cli->store, &theirs, &ours, &cli->err)
		     : 1;
	/* What was deployed here may be of versions that have new names. */
	if (rc > 0 && run->reminted.count)
		return put_on_top(run, &ours, &theirs);
	if (rc > 0)
		return offer_deployments(run, &theirs, &ours);
	if (rc == 0)
		rc = pv_store_is_ancestor(cli->store, &ours, &theirs, &cli->err);
	if (rc > 0)
		return move_forward(run, &ours, &theirs);
	return rc == 0 ? put_on_top(run, &ours, &theirs) : rc;
}
