/* SPDX-License-Identifier: MIT
 *
 * Resolving specs: from "id@rev" to a prompt's file at a point. The grammar
 * is in spec_parse.c; git's names go to pv_store_resolve, which understands
 * nothing but names, ids and ancestry.
 */
#include <pv/version.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/ref/resolve.h"
#include "version/fallback.h"
#include "version/index.h"
#include "version/spec_parse.h"
#include "version/suggest.h"

/* What a revision is resolved for. */
struct request {
	pv_store *store;
	const pv_settings *settings;
	const char *id;   /* NULL: versions are not understood */
	const char *text; /* of the revision, for messages */
	char *version;    /* PV_VERSION_TEXT for the one found, or NULL */
	char *from;       /* PV_ENVIRONMENT_NAME for "env:E", or NULL */
	pv_error *err;
};

static int has_working_tree(const struct request *request)
{
	if (!pv_store_is_bare(request->store))
		return PV_OK;
	return pv_fail(request->err, PV_EUNSUPPORTED,
		       "\"%.20s\": this repository has no working tree",
		       request->text);
}

/* --- versions ------------------------------------------------------------ */

/* Whether `number` fits what was given of it: 1, 1.2, 1.2.3, 1.2.3-rc.1. */
static int fits(const pv_semver *number, const pv_rev *rev)
{
	if (rev->kind == PV_REV_LATEST)
		return 1;
	if (number->major != rev->number.major ||
	    (rev->parts > 1 && number->minor != rev->number.minor) ||
	    (rev->parts > 2 && number->patch != rev->number.patch))
		return 0;
	return !rev->number.pre[0] || !strcmp(number->pre, rev->number.pre);
}

/* The highest live version that fits, pre-releases or not; NULL for none. */
static int find_fit(const pv_version_info **out, pv_version_index *index,
		    const struct request *request, const pv_rev *rev, int pre)
{
	size_t count;
	const pv_version_row *rows =
		pv_version_index_rows(&count, index, request->id);

	for (size_t i = 0; i < count; i++) {
		const pv_semver *number = &rows[i].number;
		const pv_version_info *info;
		int rc;

		if ((number->pre[0] != '\0') != pre || !fits(number, rev))
			continue;
		rc = pv_version_row_info(&info, index, &rows[i], request->err);
		if (rc == PV_OK && info)
			rc = pv_version_index_on_default(index, &info->commit,
							 request->err);
		if (rc < 0)
			return rc;
		if (rc) {
			*out = info;
			return PV_OK;
		}
	}
	return PV_OK;
}

/* The commit of a version, or the one its suffix steps back to. */
static int take_version(pv_point *out, const struct request *request,
			const pv_version_info *info, const char *suffix)
{
	pv_buf words = { 0 };
	int rc;

	out->kind = PV_AT_COMMIT;
	out->commit = info->commit;
	if (!*suffix && request->version)
		memcpy(request->version, info->text, sizeof(info->text));
	if (!*suffix)
		return PV_OK;
	pv_buf_printf(&words, "%s@%s", request->id, request->text);
	rc = pv_buf_status(&words, request->err);
	if (rc == PV_OK)
		rc = pv_resolve_ancestor(&out->commit, request->store,
					 &info->commit, suffix, words.ptr,
					 request->err);
	pv_buf_dispose(&words);
	return rc;
}

static int resolve_version(pv_point *out, const struct request *request,
			   const pv_rev *rev)
{
	const pv_version_info *info = NULL;
	pv_version_index *index = NULL;
	int rc = pv_version_index_open(&index, request->store, request->settings,
				       request->id, request->err);

	if (rc == PV_OK)
		rc = find_fit(&info, index, request, rev, 0);
	if (rc == PV_OK && !info)
		rc = find_fit(&info, index, request, rev, 1);
	if (rc == PV_OK && !info)
		rc = pv_fail_version(request->err, index, request->id,
				     request->text, &rev->number);
	if (rc == PV_OK && info)
		rc = take_version(out, request, info, rev->suffix);
	pv_version_index_free(index);
	return rc;
}

/* --- git's names --------------------------------------------------------- */

static int resolve_name(pv_point *out, const struct request *request,
			const char *name)
{
	out->kind = PV_AT_COMMIT;
	return pv_store_resolve(&out->commit, request->store, name, request->err);
}

/* "~2" and "^" alone count from HEAD, as git's "@~2" does. */
static int resolve_git(pv_point *out, const struct request *request,
		       const pv_rev *rev)
{
	pv_buf name = { 0 };
	int rc;

	if (rev->name[0] == '~' || rev->name[0] == '^')
		pv_buf_puts(&name, "HEAD");
	pv_buf_puts(&name, rev->name);
	rc = pv_buf_status(&name, request->err);
	if (rc == PV_OK)
		rc = resolve_name(out, request, name.ptr);
	pv_buf_dispose(&name);
	/* "v1.2" is a version only where git knows no such name. */
	if (rc == PV_ENOTFOUND && rev->parts && request->id) {
		pv_error_clear(request->err);
		rc = resolve_version(out, request, rev);
	}
	return rc;
}

static int resolve_env(pv_point *out, const struct request *request,
		       const char *name)
{
	pv_live live;
	int rc;

	if (!request->id)
		return pv_fail(request->err, PV_EINVALID,
			       "\"%.80s\" means something for a prompt only",
			       request->text);
	out->kind = PV_AT_COMMIT;
	rc = pv_live_find(&live, request->store, request->settings, name,
			  request->id, request->err);
	if (rc < 0)
		return rc;
	out->commit = live.commit;
	if (request->from)
		memcpy(request->from, live.environment, sizeof(live.environment));
	return PV_OK;
}

/* Without a prompt "1.2" and "latest" are names like any other. */
static void forget_versions(pv_rev *rev, const char *text)
{
	if (rev->kind != PV_REV_LATEST && rev->kind != PV_REV_VERSION)
		return;
	rev->kind = PV_REV_GIT;
	rev->name = text;
}

static int resolve(pv_point *out, const struct request *request)
{
	pv_rev rev;
	int rc = pv_rev_parse(&rev, request->text, request->err);

	if (rc < 0)
		return rc;
	if (!request->id)
		forget_versions(&rev, request->text);
	switch (rev.kind) {
	case PV_REV_INDEX:
		out->kind = PV_AT_INDEX;
		rc = has_working_tree(request);
		break;
	case PV_REV_WORKTREE:
		out->kind = PV_AT_WORKTREE;
		rc = has_working_tree(request);
		break;
	case PV_REV_ENV:
		rc = resolve_env(out, request, rev.name);
		break;
	case PV_REV_REF:
		rc = resolve_name(out, request, rev.name);
		break;
	case PV_REV_LATEST:
	case PV_REV_VERSION:
		rc = resolve_version(out, request, &rev);
		break;
	case PV_REV_GIT:
		rc = resolve_git(out, request, &rev);
		break;
	}
	return rc;
}

int pv_rev_resolve(pv_point *out, pv_store *store, const pv_settings *settings,
		   const char *id, const char *rev, pv_error *err)
{
	struct request request = { store, settings, id, rev, NULL, NULL, err };

	memset(out, 0, sizeof(*out));
	/* "@" alone is git's short name for HEAD. */
	if (rev[0] == '@')
		request.text = rev[1] ? rev + 1 : "HEAD";
	return resolve(out, &request);
}

/* --- whole specs --------------------------------------------------------- */

static int head_or_tip(pv_oid *out, pv_store *store,
		       const pv_settings *settings, pv_error *err)
{
	int rc = pv_store_head(NULL, out, store, err);

	if (rc < 0 || out->hex[0])
		return rc;
	return pv_settings_tip(out, store, settings, err);
}

static int default_point(pv_point *out, pv_store *store,
			 const pv_settings *settings,
			 enum pv_spec_default otherwise, pv_error *err)
{
	if (otherwise == PV_SPEC_COMMIT)
		return head_or_tip(&out->commit, store, settings, err);
	if (pv_store_is_bare(store))
		return pv_settings_tip(&out->commit, store, settings, err);
	out->kind = PV_AT_WORKTREE;
	return PV_OK;
}

static int set_texts(pv_spec *out, const pv_settings *settings, const char *id,
		     const char *rev, const char *spec, pv_error *err)
{
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, settings, id, err);

	if (rc == PV_OK) {
		out->path = path.ptr;
		out->id = pv_strdup(id);
		out->rev = pv_strdup(rev ? rev : "");
		out->label = pv_strdup(spec);
		if (!out->id || !out->rev || !out->label)
			rc = pv_fail_nomem(err);
	} else {
		pv_buf_dispose(&path);
	}
	return rc;
}

static int check_file(const pv_spec *spec, pv_store *store,
		      const pv_settings *settings, pv_error *err)
{
	pv_oid blob;
	int rc = pv_store_find(&blob, store, &spec->at, spec->path, err);

	if (rc != PV_ENOTFOUND)
		return rc;
	return pv_fail_prompt(err, store, settings, spec->id, &spec->at);
}

/*
 * A version of a prompt nobody ever heard of: the id is what to complain
 * about. Where the prompt is there now, or was, the failure stands.
 */
static int fail_unknown(int rc, pv_store *store, const pv_settings *settings,
			const char *id, pv_error *err)
{
	pv_point at = { .kind = PV_AT_WORKTREE };
	pv_version_list versions = { 0 };
	pv_buf path = { 0 };
	pv_oid blob;
	size_t count;

	if (pv_store_is_bare(store)) {
		at.kind = PV_AT_COMMIT;
		if (pv_settings_tip(&at.commit, store, settings, NULL) < 0)
			return rc;
	}
	if (pv_version_list_load(&versions, store, settings, id, NULL) < 0)
		return rc;
	count = versions.count;
	pv_version_list_dispose(&versions);
	if (!count && pv_prompt_path(&path, settings, id, NULL) == PV_OK &&
	    pv_store_find(&blob, store, &at, path.ptr, NULL) == PV_ENOTFOUND)
		rc = pv_fail_prompt(err, store, settings, id, &at);
	pv_buf_dispose(&path);
	return rc;
}

static int resolve_spec(pv_spec *out, pv_store *store,
			const pv_settings *settings, const char *spec,
			enum pv_spec_default otherwise, pv_error *err)
{
	char id[PV_ID_MAX + 1];
	struct request request = { store,        settings,           id, NULL,
				   out->version, out->resolved_from, err };
	pv_settings there = *settings;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_spec_split(id, &request.text, spec, err);
	if (rc < 0)
		return pv_hint_id(err, rc, store, settings, spec);
	if (request.text) {
		rc = resolve(&out->at, &request);
		if (rc == PV_ENOTFOUND)
			rc = fail_unknown(rc, store, settings, id, err);
	} else {
		rc = default_point(&out->at, store, settings, otherwise, err);
	}
	if (rc == PV_OK)
		rc = pv_settings_at(&there, store, &out->at, err);
	if (rc == PV_OK)
		rc = set_texts(out, &there, id, request.text, spec, err);
	if (rc == PV_OK)
		rc = check_file(out, store, &there, err);
	if (rc < 0)
		pv_spec_dispose(out);
	return rc;
}

int pv_spec_resolve(pv_spec *out, pv_store *store, const pv_settings *settings,
		    const char *spec, enum pv_spec_default otherwise,
		    pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "resolve",
			    resolve_spec(out, store, settings, spec, otherwise,
					 err));
}

void pv_spec_dispose(pv_spec *spec)
{
	pv_free(spec->id);
	pv_free(spec->path);
	pv_free(spec->rev);
	pv_free(spec->label);
	memset(spec, 0, sizeof(*spec));
}
