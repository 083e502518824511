/* SPDX-License-Identifier: MIT
 *
 * `git pv verify`: whether versions, deployments and what was said in reviews
 * are signed, and by whom. How a signature is looked at is <pv/signature.h>;
 * here is which objects are, and how the answer is told.
 */
#include <string.h>

#include <pv/review.h>
#include <pv/signature.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/environments.h"
#include "repo/git.h"

const cli_usage cmd_verify_usage = {
	.synopsis = { "git pv verify [WHAT]... [--json]" },
	.examples = { "git pv verify",
		      "git pv verify versions support/triage@1.2.0 --json" },
	.args = "\"versions\", \"deployments\", \"reviews\", a version, a tag, "
		"the id of a review, or a commit",
	.min_args = 0,
	.max_args = 1000,
};

enum {
	STATES = PV_SIGNATURE_UNKNOWN + 1
};

/* An object that was looked at. */
struct row {
	const char *kind;  /* static */
	char *name;        /* tag, commit's subject, or review */
	const char *event; /* of a review: static; else NULL */
	char *fallback;    /* what answered for the environment asked for */
	pv_oid object;
	pv_signature_check check;
};

struct verify {
	pv_cli *cli;
	struct row *rows;
	size_t count;
	size_t cap;
	size_t sums[STATES];
};

/* Looks at an object; the row takes a copy of its name. */
static int look(struct verify *it, const char *kind, const char *name,
		const char *event, const pv_oid *object)
{
	pv_error *err = &it->cli->err;
	struct row *row;
	int rc;

	if (pv_array_reserve(&it->rows, &it->cap, it->count + 1, sizeof(*row)) < 0)
		return pv_fail_nomem(err);
	row = &it->rows[it->count];
	memset(row, 0, sizeof(*row));
	row->kind = kind;
	row->event = event;
	row->object = *object;
	rc = pv_signature_check_load(&row->check, it->cli->store, object, err);
	if (rc < 0)
		return rc;
	row->name = pv_strndup(name, strlen(name));
	it->count++;
	it->sums[row->check.state]++;
	return row->name ? PV_OK : pv_fail_nomem(err);
}

/* --- versions ------------------------------------------------------------------ */

/* "support/triage/v1.2.0" */
static int is_version(const char *tag)
{
	const char *slash = strrchr(tag, '/');
	pv_semver number;

	return slash && slash > tag && slash[1] == 'v' &&
	       pv_semver_parse(&number, slash + 2, NULL) == PV_OK;
}

static int each_tag(const char *refname, const pv_oid *oid, void *payload)
{
	const char *tag = refname + strlen("refs/tags/");
	struct verify *it = payload;

	return is_version(tag) ? look(it, "version", tag, NULL, oid) : PV_OK;
}

static int look_at_versions(struct verify *it)
{
	return pv_store_ref_each(it->cli->store, "refs/tags/", each_tag, it,
				 &it->cli->err);
}

/* --- commits ------------------------------------------------------------------- */

static int look_at_commit(struct verify *it, const char *kind, const pv_oid *oid)
{
	pv_cli *cli = it->cli;
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, oid, &cli->err);

	if (rc == PV_OK)
		rc = look(it, kind, commit.subject, NULL, oid);
	pv_commit_dispose(&commit);
	return rc;
}

static int look_at_deployments(struct verify *it)
{
	pv_oid tip;
	const char *args[] = { "rev-list", tip.hex, "--", NULL };
	pv_cli *cli = it->cli;
	pv_buf text = { 0 };
	const char *at;
	int rc = environment_log_tip(&tip, cli);

	if (rc == PV_OK && tip.hex[0])
		rc = cli_git(&text, cli, args);
	at = pv_buf_text(&text);
	while (rc == PV_OK && strlen(at) >= 40) {
		pv_oid oid;

		memcpy(oid.hex, at, 40);
		oid.hex[40] = '\0';
		rc = look_at_commit(it, "deployment", &oid);
		at += 40 + (at[40] == '\n');
	}
	pv_buf_dispose(&text);
	return rc;
}

/* --- reviews ------------------------------------------------------------------- */

static int look_at_events(struct verify *it, const pv_review *review)
{
	int rc = PV_OK;

	for (size_t i = 0; i < review->event_count && rc == PV_OK; i++) {
		const pv_review_event *event = review->events[i];

		rc = look(it, "review", review->id,
			  pv_review_kind_name(event->kind), &event->oid);
	}
	if (rc == PV_OK && review->unknown_count)
		cli_warn(it->cli,
			 "the review %.7s has events that this git-pv does not "
			 "know: they are not looked at",
			 review->id);
	return rc;
}

static int each_review(const char *id, const pv_oid *tip, void *payload)
{
	struct verify *it = payload;
	pv_cli *cli = it->cli;
	pv_review *review = NULL;
	int rc = pv_review_read(&review, cli->store, id, tip, &cli->err);

	if (rc == PV_EINVALID) {
		pv_error_clear(&cli->err);
		cli_warn(cli, "the review %.7s cannot be read", id);
		return PV_OK;
	}
	if (rc == PV_OK)
		rc = look_at_events(it, review);
	pv_review_free(review);
	return rc;
}

static int look_at_reviews(struct verify *it)
{
	return pv_review_each(it->cli->store, each_review, it, &it->cli->err);
}

/* --- what was named -------------------------------------------------------------- */

/* 1 when a tag is called so, and was looked at. */
static int find_tag(struct verify *it, const char *name)
{
	pv_cli *cli = it->cli;
	pv_buf ref = { 0 };
	pv_oid oid;
	int rc;

	pv_buf_printf(&ref, "refs/tags/%s", name);
	rc = pv_buf_status(&ref, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(&oid, cli->store, ref.ptr, NULL);
	pv_buf_dispose(&ref);
	if (rc < 0)
		return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : 0;
	rc = look(it, is_version(name) ? "version" : "tag", name, NULL, &oid);
	return rc < 0 ? rc : 1;
}

static int set_fallback(struct row *row, pv_cli *cli, const pv_spec *spec)
{
	row->fallback = pv_strdup(cli_fallback_of(spec));
	return row->fallback ? PV_OK : pv_fail_nomem(&cli->err);
}

/* "id@1.2" is its version's tag; any other revision is a commit. */
static int find_spec(struct verify *it, const char *text)
{
	pv_cli *cli = it->cli;
	pv_spec spec = { 0 };
	pv_buf tag = { 0 };
	int rc = cli_spec_resolve(&spec, cli, text, PV_SPEC_COMMIT);

	if (rc == PV_OK && spec.version[0])
		pv_buf_printf(&tag, "%s/v%s", spec.id, spec.version);
	if (rc == PV_OK)
		rc = pv_buf_status(&tag, &cli->err);
	if (rc == PV_OK && spec.at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.140s\" is in no commit: nobody has signed it",
			     text);
	if (rc == PV_OK && tag.len)
		rc = find_tag(it, tag.ptr);
	if (rc == PV_OK)
		rc = look_at_commit(it, "commit", &spec.at.commit);
	if (rc == PV_OK && cli_fallback_of(&spec))
		rc = set_fallback(&it->rows[it->count - 1], cli, &spec);
	pv_spec_dispose(&spec);
	pv_buf_dispose(&tag);
	return rc < 0 ? rc : PV_OK;
}

/* A review by its id, else a commit. */
static int find_object(struct verify *it, const char *name)
{
	pv_cli *cli = it->cli;
	pv_review *review = NULL;
	pv_oid oid;
	int rc = pv_review_load(&review, cli->store, name, &cli->err);

	if (rc == PV_OK)
		rc = look_at_events(it, review);
	pv_review_free(review);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	rc = pv_store_resolve(&oid, cli->store, name, &cli->err);
	return rc < 0 ? rc : look_at_commit(it, "commit", &oid);
}

static const struct group {
	const char *name;
	int (*look)(struct verify *it);
} groups[] = {
	{ "versions", look_at_versions },
	{ "deployments", look_at_deployments },
	{ "reviews", look_at_reviews },
};

static int find(struct verify *it, const char *name)
{
	int rc;

	for (size_t i = 0; i < pv_array_len(groups); i++)
		if (!strcmp(groups[i].name, name))
			return groups[i].look(it);
	rc = find_tag(it, name);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	return strchr(name, '@') ? find_spec(it, name) : find_object(it, name);
}

/* --- the answer ------------------------------------------------------------------- */

static void put_person(pv_buf *out, const pv_signature *who)
{
	if (*who->email)
		pv_buf_printf(out, "%s <%s>", who->name, who->email);
}

static const char *text_or_null(const char *text)
{
	return text && *text ? text : NULL;
}

static void put_row(pv_jsonw *w, const struct row *row, const char *by)
{
	const pv_signature_check *check = &row->check;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "kind", row->kind);
	pv_jsonw_member(w, "name", row->name);
	pv_jsonw_member(w, "event", row->event);
	pv_jsonw_member(w, "object", row->object.hex);
	pv_jsonw_member(w, "by", text_or_null(by));
	pv_jsonw_member(w, "signature", pv_signature_state_name(check->state));
	pv_jsonw_member(w, "signer", text_or_null(check->signer));
	pv_jsonw_member(w, "key", text_or_null(check->key));
	pv_jsonw_member(w, "reason", text_or_null(check->reason));
	pv_jsonw_member(w, "resolved_from", row->fallback);
	pv_jsonw_object_end(w);
}

static int print_json(const struct verify *it)
{
	pv_buf by = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "good");
	pv_jsonw_int(&w, (int64_t)it->sums[PV_SIGNATURE_GOOD]);
	pv_jsonw_key(&w, "bad");
	pv_jsonw_int(&w, (int64_t)it->sums[PV_SIGNATURE_BAD]);
	pv_jsonw_key(&w, "unknown_key");
	pv_jsonw_int(&w, (int64_t)it->sums[PV_SIGNATURE_UNKNOWN]);
	pv_jsonw_key(&w, "unsigned");
	pv_jsonw_int(&w, (int64_t)it->sums[PV_SIGNATURE_NONE]);
	pv_jsonw_key(&w, "objects");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < it->count; i++) {
		pv_buf_clear(&by);
		put_person(&by, &it->rows[i].check.who);
		put_row(&w, &it->rows[i], pv_buf_text(&by));
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	rc = pv_buf_status(&by, &it->cli->err);
	pv_buf_dispose(&by);
	return rc;
}

static int print_row(pv_cli *cli, const struct row *row)
{
	const pv_signature_check *check = &row->check;
	int is_good = check->state == PV_SIGNATURE_GOOD;
	pv_buf by = { 0 };
	int rc;

	put_person(&by, &check->who);
	rc = pv_buf_status(&by, &cli->err);
	cli_puts(cli, cli_color(cli, is_good ? CLI_COLOR_NEW : CLI_COLOR_ERROR));
	cli_printf(cli, "%-11s", pv_signature_state_name(check->state));
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	cli_printf(cli, "  %.7s  %s ", row->object.hex, row->kind);
	cli_line(cli, row->name);
	if (row->event)
		cli_printf(cli, " %s", row->event);
	if (by.len) {
		cli_puts(cli, "  by ");
		cli_line(cli, by.ptr);
	}
	if (!is_good)
		cli_printf(cli, "  (%s)", check->reason);
	if (!is_good && *check->signer) {
		cli_puts(cli, "  signed by ");
		cli_line(cli, check->signer);
	}
	if (*check->key) {
		cli_puts(cli, "  key ");
		cli_line(cli, check->key);
	}
	cli_puts(cli, "\n");
	pv_buf_dispose(&by);
	return rc;
}

static int print_text(const struct verify *it)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->count && rc == PV_OK; i++)
		rc = print_row(it->cli, &it->rows[i]);
	if (rc == PV_OK)
		cli_note(it->cli,
			 "%zu good, %zu bad, %zu by unknown keys, "
			 "%zu unsigned",
			 it->sums[PV_SIGNATURE_GOOD], it->sums[PV_SIGNATURE_BAD],
			 it->sums[PV_SIGNATURE_UNKNOWN],
			 it->sums[PV_SIGNATURE_NONE]);
	return rc;
}

static void dispose(struct verify *it)
{
	for (size_t i = 0; i < it->count; i++) {
		pv_free(it->rows[i].name);
		pv_free(it->rows[i].fallback);
		pv_signature_check_dispose(&it->rows[i].check);
	}
	pv_free(it->rows);
}

int cmd_verify(pv_cli *cli, int argc, char **argv)
{
	struct verify it = { .cli = cli };
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	for (size_t i = 0; !argc && i < pv_array_len(groups) && rc == PV_OK; i++)
		rc = groups[i].look(&it);
	for (int i = 0; i < argc && rc == PV_OK; i++)
		rc = find(&it, argv[i]);
	if (rc == PV_OK)
		rc = cli->json ? print_json(&it) : print_text(&it);
	if (rc == PV_OK && it.sums[PV_SIGNATURE_GOOD] < it.count)
		rc = 1;
	dispose(&it);
	return rc;
}
