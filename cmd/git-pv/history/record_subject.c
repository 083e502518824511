/* SPDX-License-Identifier: MIT
 *
 * What a record is about: a prompt at a commit. Each spec is resolved once in
 * a run, so that a million records of one prompt cost one look at git.
 */
#include "history/record.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* A prompt at a point, as records have it. */
struct subject {
	const char *id;
	const char *version;
	pv_oid commit; /* hex "" when the text is not committed */
	pv_oid blob;
	int is_missing; /* there is no such prompt */
};

/* Whether the files have what HEAD has; then that is the commit. */
static int place_in_head(struct subject *out, pv_cli *cli, const pv_spec *spec)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_oid blob = { "" };
	int rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);

	if (rc < 0 || !head.commit.hex[0])
		return rc;
	rc = pv_store_find(&blob, cli->store, &head, spec->path, &cli->err);
	if (rc == PV_OK && strcmp(blob.hex, out->blob.hex) == 0)
		out->commit = head.commit;
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

/* A text that is not committed is stored, so that it can be rendered again. */
static int store_text(struct subject *out, pv_cli *cli, const pv_spec *spec)
{
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, &spec->at, spec->path,
			       &cli->err);

	if (rc == PV_OK)
		rc = pv_store_write_blob(&out->blob, cli->store,
					 pv_buf_text(&text), text.len, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

static int describe(struct subject *out, record_run *recorder, const pv_spec *spec)
{
	pv_cli *cli = recorder->cli;
	pv_buf version = { 0 };
	int rc = pv_version_describe(&version, cli->store, &cli->settings,
				     spec->id, &spec->at, &cli->err);

	if (rc == PV_OK) {
		out->id = pv_arena_dup(&recorder->arena, spec->id,
				       strlen(spec->id));
		out->version = pv_arena_dup(&recorder->arena,
					    pv_buf_text(&version), version.len);
		if (!out->id || !out->version)
			rc = pv_fail_nomem(&cli->err);
	}
	pv_buf_dispose(&version);
	return rc;
}

static int keep_fallback(record_run *recorder, const pv_spec *spec)
{
	const char *from = cli_fallback_of(spec);

	recorder->resolved_from =
		from ? pv_arena_dup(&recorder->arena, from, strlen(from)) : NULL;
	return from && !recorder->resolved_from
		       ? pv_fail_nomem(&recorder->cli->err)
		       : PV_OK;
}

static int find_subject(struct subject *out, record_run *recorder,
			const char *text)
{
	pv_cli *cli = recorder->cli;
	pv_spec spec = { 0 };
	int rc = cli_spec_resolve(&spec, cli, text, PV_SPEC_WORKTREE);

	if (rc == PV_OK)
		rc = pv_store_find(&out->blob, cli->store, &spec.at, spec.path,
				   &cli->err);
	if (rc == PV_OK && spec.at.kind == PV_AT_COMMIT)
		out->commit = spec.at.commit;
	else if (rc == PV_OK)
		rc = place_in_head(out, cli, &spec);
	if (rc == PV_OK && !out->commit.hex[0])
		rc = store_text(out, cli, &spec);
	if (rc == PV_OK)
		rc = describe(out, recorder, &spec);
	if (rc == PV_OK)
		rc = keep_fallback(recorder, &spec);
	if (recorder->is_loose && (rc == PV_ENOTFOUND || rc == PV_EINVALID)) {
		out->is_missing = 1;
		rc = PV_OK;
	}
	pv_spec_dispose(&spec);
	return rc;
}

static int look_up(const struct subject **out, record_run *recorder,
		   const char *known_as, const char *spec)
{
	pv_cli *cli = recorder->cli;
	pv_str key = pv_str_of(known_as);
	struct subject *subject = pv_map_find(&recorder->known, key);
	int rc;

	*out = subject;
	if (subject)
		return PV_OK;
	subject = pv_arena_calloc(&recorder->arena, sizeof(*subject));
	if (!subject)
		return pv_fail_nomem(&cli->err);
	rc = find_subject(subject, recorder, spec);
	if (rc == PV_OK)
		rc = pv_map_set(&recorder->known, key, subject, NULL, &cli->err);
	*out = subject;
	return rc;
}

static int set(pv_cli *cli, pv_execution *row, const char *field, const char *text)
{
	if (!text[0])
		return PV_OK;
	return pv_execution_set(row, field, text, strlen(text), &cli->err);
}

int record_resolve(record_run *recorder, pv_execution *row, const char *spec)
{
	const struct subject *subject;
	pv_cli *cli = recorder->cli;
	int rc = look_up(&subject, recorder, spec, spec);

	if (rc < 0)
		return rc;
	if (subject->is_missing)
		return pv_execution_has(row, "prompt_id")
			       ? PV_OK
			       : set(cli, row, "prompt_id", spec);
	rc = set(cli, row, "prompt_id", subject->id);
	if (rc == PV_OK)
		rc = set(cli, row, "version", subject->version);
	if (rc == PV_OK)
		rc = set(cli, row, "commit", subject->commit.hex);
	if (rc == PV_OK)
		rc = set(cli, row, "blob", subject->blob.hex);
	if (rc == PV_OK && !subject->commit.hex[0])
		rc = set(cli, row, "dirty", "true");
	return rc;
}

/* Whether a record that names a commit leaves open what that has. */
static int is_open(const pv_execution *row, const char *id)
{
	return pv_execution_text(row, "commit") && !strchr(id, '@') &&
	       (!pv_execution_has(row, "blob") ||
		!pv_execution_has(row, "version"));
}

/*
 * The blob and version that a prompt has at the commit a record names. The
 * commit may be of another clone: then they stay unknown.
 */
static int fill_in(record_run *recorder, pv_execution *row, const char *id)
{
	const int is_loose = recorder->is_loose;
	const struct subject *subject = NULL;
	pv_cli *cli = recorder->cli;
	pv_buf spec = { 0 };
	int rc;

	if (!is_open(row, id))
		return PV_OK;
	/* The mark keeps what may be missing apart from what must not be. */
	pv_buf_printf(&spec, "?%s@%s", id, pv_execution_text(row, "commit"));
	rc = pv_buf_status(&spec, &cli->err);
	recorder->is_loose = 1;
	if (rc == PV_OK)
		rc = look_up(&subject, recorder, spec.ptr, spec.ptr + 1);
	recorder->is_loose = is_loose;
	if (rc == PV_OK && subject->is_missing)
		pv_error_clear(&cli->err);
	else if (rc == PV_OK && !pv_execution_has(row, "blob"))
		rc = set(cli, row, "blob", subject->blob.hex);
	if (rc == PV_OK && !subject->is_missing &&
	    !pv_execution_has(row, "version"))
		rc = set(cli, row, "version", subject->version);
	pv_buf_dispose(&spec);
	return rc;
}

int record_resolve_own(record_run *recorder, pv_execution *row)
{
	int rc = record_resolve_experiment(recorder, row);
	const char *id = pv_execution_text(row, "prompt_id");
	const char *version = pv_execution_text(row, "version");
	pv_buf spec = { 0 };

	if (rc < 0)
		return rc;
	if (!id)
		return PV_OK;
	if (pv_execution_mentions(row, "commit"))
		return fill_in(recorder, row, id);
	pv_buf_puts(&spec, id);
	if (version && !strchr(id, '@'))
		pv_buf_printf(&spec, "@%s", version);
	rc = pv_buf_status(&spec, &recorder->cli->err);
	if (rc == PV_OK)
		rc = record_resolve(recorder, row, spec.ptr);
	pv_buf_dispose(&spec);
	return rc;
}

int record_finish(record_run *recorder, pv_execution *row)
{
	const tracking *settings = &recorder->settings;
	int rc = PV_OK;

	if (settings->environment[0] && !pv_execution_mentions(row, "environment"))
		rc = set(recorder->cli, row, "environment",
			 settings->environment);
	if (!settings->keeps_content)
		pv_execution_drop_content(row);
	if (rc == PV_OK && recorder->redaction)
		rc = pv_execution_redact(row, recorder->redaction,
					 &recorder->cli->err);
	if (rc == PV_OK)
		rc = record_metadata_check(recorder, row);
	if (rc == PV_OK)
		rc = score_rules_check(&recorder->scores, row,
				       &recorder->undeclared,
				       &recorder->cli->err);
	if (rc == PV_OK)
		rc = record_price(recorder, row);
	return rc == PV_OK ? record_note(recorder, row) : rc;
}

void record_dispose(record_run *recorder)
{
	pv_map_dispose(&recorder->known);
	record_experiments_dispose(recorder);
	pv_arena_dispose(&recorder->arena);
	pv_map_dispose(&recorder->noted);
	pv_free(recorder->kept);
	pv_strlist_dispose(&recorder->told);
	pv_strlist_dispose(&recorder->undeclared);
	pv_strlist_dispose(&recorder->unknown);
	score_rules_dispose(&recorder->scores);
	pv_strlist_dispose(&recorder->unpriced);
	pv_prices_free(recorder->prices);
	pv_strlist_dispose(&recorder->price_keys);
	pv_redaction_free(recorder->redaction);
	pv_schema_result_free(recorder->result);
	pv_schema_free(recorder->metadata);
	pv_executions_free(recorder->index);
	pv_buf_dispose(&recorder->salt);
}
