/* SPDX-License-Identifier: MIT
 *
 * `git pv history import`: executions that were exported, as a document or as
 * lines, and what older programs kept. Stored versions of prompts
 * become commits with their dates and version tags, oldest first; log entries
 * and last outputs become executions; stored figures are only compared with
 * ours. What is there already is passed over, so that a second import, or one
 * after a kill, changes nothing or goes on.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/exchange.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "history/history_verbs.h"
#include "history/record.h"
#include "repo/old_version.h"
#include "ui/progress.h"

struct version {
	char *id;
	char *label;
	char *number;
	char *record;
	int64_t created;
	size_t place; /* in the input */
	pv_oid commit;
	int is_new;
};

struct figures {
	char *id;
	char *number;
	double stored[4];
	double ours[4];
};

static const char *const figure_names[] = { "executions", "successful",
					    "latency_ms", "quality" };

/* Where an execution is from. */
struct place {
	const char *file;
	size_t line;
};

struct job {
	pv_cli *cli;
	struct version *versions;
	size_t version_count;
	size_t version_cap;
	struct figures *figures;
	size_t figure_count;
	size_t figure_cap;
	pv_strlist lines;     /* executions */
	struct place *places; /* of each of them */
	size_t place_cap;
	const char *file; /* that is read now, or a row is from */
	record_run recorder;
	record_groups groups;
	size_t refused;
	int is_strict; /* all or nothing */
};

static void job_dispose(struct job *job)
{
	for (size_t i = 0; i < job->version_count; i++) {
		pv_free(job->versions[i].id);
		pv_free(job->versions[i].label);
		pv_free(job->versions[i].number);
		pv_free(job->versions[i].record);
	}
	for (size_t i = 0; i < job->figure_count; i++) {
		pv_free(job->figures[i].id);
		pv_free(job->figures[i].number);
	}
	pv_free(job->versions);
	pv_free(job->figures);
	pv_strlist_dispose(&job->lines);
	pv_free(job->places);
	record_dispose(&job->recorder);
}

/* --- reading -------------------------------------------------------------- */

static int take_version(const pv_old_version *version, void *payload)
{
	struct job *job = payload;
	struct version *item;

	if (pv_array_reserve(&job->versions, &job->version_cap,
			     job->version_count + 1, sizeof(*item)) < 0)
		return pv_fail_nomem(&job->cli->err);
	item = &job->versions[job->version_count];
	memset(item, 0, sizeof(*item));
	item->place = job->version_count++;
	item->created = version->created;
	item->id = pv_strdup(version->id);
	item->label = pv_strdup(version->label);
	item->number = pv_strdup(version->number);
	item->record = pv_strndup(version->record, version->len);
	if (!item->id || !item->label || !item->number || !item->record)
		return pv_fail_nomem(&job->cli->err);
	return PV_OK;
}

static int take_execution(const char *json, size_t len, size_t line, void *payload)
{
	struct job *job = payload;
	const struct place place = { job->file, line };

	if (pv_array_reserve(&job->places, &job->place_cap,
			     job->lines.count + 1, sizeof(*job->places)) < 0)
		return pv_fail_nomem(&job->cli->err);
	job->places[job->lines.count] = place;
	return pv_strlist_addn(&job->lines, json, len, &job->cli->err);
}

static int take_figures(const pv_old_figures *figures, void *payload)
{
	struct job *job = payload;
	struct figures *item;

	if (pv_array_reserve(&job->figures, &job->figure_cap,
			     job->figure_count + 1, sizeof(*item)) < 0)
		return pv_fail_nomem(&job->cli->err);
	item = &job->figures[job->figure_count++];
	memset(item, 0, sizeof(*item));
	item->id = pv_strdup(figures->id);
	item->number = pv_strdup(figures->number);
	item->stored[0] = figures->executions;
	item->stored[1] = figures->successful;
	item->stored[2] = figures->latency_ms;
	item->stored[3] = figures->quality;
	return item->id && item->number ? PV_OK : pv_fail_nomem(&job->cli->err);
}

static int refuse(size_t line, void *payload)
{
	struct job *job = payload;
	const pv_error why = job->cli->err;
	pv_finding finding = { PV_SEVERITY_ERROR, "record",  job->file,
			       (int)line,         line != 0, why.message,
			       why.hint };

	job->refused++;
	pv_error_clear(&job->cli->err);
	return pv_report_add(job->cli->report, &finding, &job->cli->err);
}

static int read_file(struct job *job, const char *file)
{
	const history_reader reader = { { take_version, take_execution,
					  take_figures, job, job->cli->report,
					  file, 0 },
					refuse };

	job->file = file;
	return history_read(job->cli, &reader);
}

static int compare_versions(const void *a, const void *b)
{
	const struct version *left = a;
	const struct version *right = b;

	if (left->created != right->created)
		return left->created < right->created ? -1 : 1;
	return (left->place > right->place) - (left->place < right->place);
}

/* --- versions ------------------------------------------------------------- */

static int find_tag(struct version *version, pv_cli *cli)
{
	int rc = old_version_find(&version->commit, cli, version->id,
				  version->number);

	version->is_new = rc == 0;
	return rc < 0 ? rc : PV_OK;
}

struct commit {
	struct job *job;
	struct version *version;
	const char *previous; /* number; NULL for the first */
	int is_made;
};

static int commit_item(const pv_import_item *item, void *payload)
{
	struct commit *it = payload;
	const struct version *version = it->version;
	const old_version old = { .id = item->id,
				  .number = version->number,
				  .label = version->label,
				  .previous = it->previous,
				  .created = version->created,
				  .no_verify = 1 };
	int rc = old_version_make(&it->version->commit, it->job->cli, &old,
				  item->yaml, item->len);

	it->is_made = rc == PV_OK;
	return rc;
}

/* The number that the prompt had before, of those in the input; NULL. */
static const char *number_before(const struct job *job, size_t at)
{
	for (size_t i = at; i-- > 0;)
		if (strcmp(job->versions[i].id, job->versions[at].id) == 0)
			return job->versions[i].number;
	return NULL;
}

static int make_version(struct job *job, size_t at)
{
	struct version *version = &job->versions[at];
	const pv_import_options opts = { .report = job->cli->report,
					 .file = version->id };
	struct commit commit = { job, version, number_before(job, at), 0 };
	pv_cli *cli = job->cli;
	int rc = pv_import_jsonl(version->record, strlen(version->record),
				 &opts, commit_item, &commit, &cli->err);

	version->is_new = commit.is_made;
	return rc;
}

static int make_versions(struct job *job)
{
	size_t missing = 0;
	int rc = PV_OK;

	if (job->version_count)
		qsort(job->versions, job->version_count, sizeof(*job->versions),
		      compare_versions);
	for (size_t i = 0; i < job->version_count && rc == PV_OK; i++) {
		rc = find_tag(&job->versions[i], job->cli);
		missing += job->versions[i].is_new;
	}
	if (rc == PV_OK && missing)
		rc = old_version_check_branch(job->cli);
	for (size_t i = 0; i < job->version_count && rc == PV_OK; i++)
		if (job->versions[i].is_new)
			rc = make_version(job, i);
	return rc;
}

/* --- executions ----------------------------------------------------------- */

static int begin_rows(struct job *job)
{
	record_run *recorder = &job->recorder;
	int rc = tracking_load(&recorder->settings, job->cli);

	recorder->cli = job->cli;
	recorder->is_loose = 1;
	recorder->is_strict = job->is_strict;
	if (rc == PV_OK)
		rc = tracking_redaction(&recorder->redaction, job->cli);
	if (rc == PV_OK)
		rc = record_metadata_load(recorder);
	return rc == PV_OK ? score_rules_load(&recorder->scores, job->cli) : rc;
}

/* What is wrong with a row, as opposed to with this machine. */
static int is_of_the_row(int rc)
{
	return rc == PV_EINVALID || rc == PV_ELIMIT || rc == PV_ESYNTAX;
}

/* NULL for one that is refused, which is a finding. */
static int make_row(pv_execution **out, struct job *job, size_t at, int resolves)
{
	record_run *recorder = &job->recorder;
	const char *line = job->lines.items[at];
	pv_execution *row = NULL;
	int rc = pv_execution_parse(&row, line, strlen(line), &job->cli->err);

	recorder->line = job->places[at].line;
	job->file = job->places[at].file;
	if (rc == PV_OK)
		rc = record_complete(recorder, row);
	if (rc == PV_OK && resolves)
		rc = record_resolve_own(recorder, row);
	if (rc == PV_OK)
		rc = record_finish(recorder, row);
	if (rc == PV_OK)
		rc = record_note_unknown(recorder, row);
	*out = rc == PV_OK ? row : NULL;
	if (rc < 0)
		pv_execution_free(row);
	return is_of_the_row(rc) ? refuse(recorder->line, job) : rc;
}

static int take_line(struct job *job, size_t at)
{
	record_groups *groups = &job->groups;
	pv_execution *row = NULL;
	int rc = make_row(&row, job, at, 1);

	if (!row)
		return rc;
	/* Here, so that who writes need not. */
	rc = pv_execution_prepare(row, &job->cli->err);
	if (rc == PV_OK)
		rc = record_groups_add(groups, row, strlen(job->lines.items[at]));
	if (rc < 0)
		pv_execution_free(row);
	return rc == PV_OK && record_groups_is_full(groups)
		       ? record_groups_hand_on(groups)
		       : rc;
}

static int take_lines(struct job *job)
{
	int rc = record_groups_begin(&job->groups, &job->recorder);
	progress bar;

	progress_start(&bar, job->cli, "Importing executions", job->lines.count);
	for (size_t i = 0; i < job->lines.count && rc == PV_OK; i++) {
		rc = take_line(job, i);
		progress_step(&bar, i);
	}
	if (rc == PV_OK && job->groups.next->count)
		rc = record_groups_hand_on(&job->groups);
	rc = record_groups_end(&job->groups, rc);
	progress_end(&bar);
	return rc;
}

static int make_executions(struct job *job)
{
	int rc = job->lines.count ? record_open(&job->recorder) : PV_OK;

	return rc == PV_OK && job->lines.count ? take_lines(job) : rc;
}

/* --- all or nothing ------------------------------------------------------- */

static int pass_over(const pv_import_item *item, void *payload)
{
	(void)item;
	(void)payload;
	return PV_OK;
}

/* Everything is looked at before anything is made. */
static int check_all(struct job *job)
{
	pv_cli *cli = job->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < job->version_count && rc == PV_OK; i++) {
		const struct version *it = &job->versions[i];
		const pv_import_options opts = { .report = cli->report,
						 .file = it->id };

		rc = pv_import_jsonl(it->record, strlen(it->record), &opts,
				     pass_over, NULL, &cli->err);
	}
	for (size_t i = 0; i < job->lines.count && rc == PV_OK; i++) {
		pv_execution *row = NULL;

		rc = make_row(&row, job, i, 0);
		pv_execution_free(row);
	}
	return rc;
}

/* --- figures -------------------------------------------------------------- */

/* Sums of the rows of one version. */
struct sums {
	double count[4];
	double sum[4];
};

static double number_in(const pv_execution *row, const char *field)
{
	pv_buf text = { 0 };
	pv_json_doc *doc = NULL;
	double number = -1;

	if (pv_execution_value(&text, row, field, NULL) == PV_OK &&
	    pv_json_parse(&doc, text.ptr, text.len, NULL) == PV_OK)
		number = pv_json_real(pv_json_root(doc), -1);
	pv_json_free(doc);
	pv_buf_dispose(&text);
	return number;
}

/* As those programs did: unknown success is success; means are of those. */
static int add_row(const pv_execution *row, void *payload)
{
	static const char *const fields[] = { "latency_ms", "quality" };
	const char *tags = pv_execution_text(row, "tags");
	struct sums *sums = payload;
	pv_buf success = { 0 };
	int is_ok;
	int rc;

	if (tags && strstr(tags, "\"last-output\""))
		return PV_OK;
	rc = pv_execution_value(&success, row, "success", NULL);
	is_ok = rc == PV_OK && strcmp(success.ptr, "false") != 0;
	pv_buf_dispose(&success);
	sums->count[0]++;
	sums->count[1] += is_ok;
	for (int i = 0; i < 2 && is_ok; i++) {
		double number = number_in(row, fields[i]);

		if (number >= 0) {
			sums->count[2 + i]++;
			sums->sum[2 + i] += number;
		}
	}
	return rc;
}

static int compare_one(struct figures *figures, pv_executions *index,
		       pv_error *err)
{
	const pv_executions_match matches[] = {
		{ "prompt_id", figures->id, PV_EXECUTIONS_IS },
		{ "version", figures->number, PV_EXECUTIONS_IS },
		{ "source", "import", PV_EXECUTIONS_IS },
	};
	const pv_executions_query query = { matches, 3 };
	struct sums sums = { { 0 }, { 0 } };
	int rc = pv_executions_list(index, &query, add_row, &sums, err);

	for (int i = 0; i < 4; i++)
		figures->ours[i] = i < 2           ? sums.count[i]
				   : sums.count[i] ? sums.sum[i] / sums.count[i]
						   : -1;
	return rc;
}

static int compare_figures(struct job *job)
{
	pv_executions *index = NULL;
	int rc = PV_OK;

	if (!job->figure_count)
		return PV_OK;
	rc = tracking_open(&index, job->cli, 1);
	for (size_t i = 0; i < job->figure_count && rc == PV_OK; i++)
		rc = compare_one(&job->figures[i], index, &job->cli->err);
	pv_executions_free(index);
	return rc;
}

static int make_all(struct job *job)
{
	int rc = job->lines.count ? begin_rows(job) : PV_OK;

	if (rc == PV_OK && job->is_strict)
		rc = check_all(job);
	if (rc < 0 || (job->is_strict && pv_report_count(job->cli->report)))
		return rc;
	rc = make_versions(job);
	if (rc == PV_OK)
		rc = make_executions(job);
	return rc == PV_OK ? compare_figures(job) : rc;
}

/* Thousandths of milliseconds and points are kept, so more cannot agree. */
static int differs(const struct figures *figures, int which)
{
	double stored = figures->stored[which];

	return stored >= 0 && fabs(stored - figures->ours[which]) > 0.001;
}

/* --- saying so ------------------------------------------------------------ */

static void difference_json(pv_jsonw *w, const struct figures *it, int which)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", it->id);
	pv_jsonw_member(w, "version", it->number);
	pv_jsonw_member(w, "figure", figure_names[which]);
	pv_jsonw_key(w, "stored");
	pv_jsonw_real(w, it->stored[which]);
	pv_jsonw_key(w, "ours");
	if (it->ours[which] < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_real(w, it->ours[which]);
	pv_jsonw_object_end(w);
}

static void version_json(pv_jsonw *w, const struct version *version)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", version->id);
	pv_jsonw_member(w, "version", version->number);
	pv_jsonw_member(w, "label", version->label);
	pv_jsonw_member(w, "commit", version->commit.hex);
	pv_jsonw_object_end(w);
}

static void print_json(const struct job *job)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "versions");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->version_count; i++)
		if (job->versions[i].is_new)
			version_json(&w, &job->versions[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "recorded");
	pv_jsonw_int(&w, (int64_t)job->groups.added);
	pv_jsonw_key(&w, "present");
	pv_jsonw_int(&w, (int64_t)job->groups.present);
	pv_jsonw_key(&w, "refused");
	pv_jsonw_int(&w, (int64_t)job->refused);
	pv_jsonw_key(&w, "differences");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->figure_count; i++)
		for (int k = 0; k < 4; k++)
			if (differs(&job->figures[i], k))
				difference_json(&w, &job->figures[i], k);
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "findings");
	cli_findings_json(&w, job->cli->report);
	pv_jsonw_object_end(&w);
}

static void print_text(const struct job *job)
{
	pv_cli *cli = job->cli;
	size_t made = 0;

	for (size_t i = 0; i < pv_report_count(cli->report); i++)
		cli_finding_text(cli, pv_report_at(cli->report, i));
	for (size_t i = 0; i < job->figure_count; i++)
		for (int k = 0; k < 4; k++)
			if (differs(&job->figures[i], k))
				cli_printf(cli, "%s %s: %s is %g, stored is %g\n",
					   job->figures[i].id,
					   job->figures[i].number,
					   figure_names[k],
					   job->figures[i].ours[k],
					   job->figures[i].stored[k]);
	for (size_t i = 0; i < job->version_count; i++)
		made += job->versions[i].is_new != 0;
	if (!job->version_count && !job->figure_count && !job->lines.count &&
	    !job->refused)
		cli_note(cli, "nothing in it is known: neither executions nor "
			      "prompts, log entries or figures were found");
	cli_printf(cli,
		   "%zu versions made, %zu executions recorded, %zu already "
		   "there, %zu refused\n",
		   made, job->groups.added, job->groups.present, job->refused);
}

static int print_all(struct job *job)
{
	pv_cli *cli = job->cli;
	int is_held = job->is_strict && pv_report_count(cli->report);

	record_tell_unknown(&job->recorder);
	if (!is_held)
		score_rules_tell(cli, &job->recorder.undeclared);
	if (cli->json)
		print_json(job);
	else
		print_text(job);
	return job->refused || is_held ? 1 : PV_OK;
}

int history_import(pv_cli *cli, int is_strict, int count, char **files)
{
	struct job *job = pv_calloc(1, sizeof(*job));
	int rc;

	if (!job)
		return pv_fail_nomem(&cli->err);
	job->cli = cli;
	job->recorder.cli = cli;
	job->is_strict = is_strict;
	rc = pv_report_new(&cli->report, &cli->err);
	for (int i = 0; i < count && rc == PV_OK; i++)
		rc = read_file(job, files[i]);
	if (rc == PV_OK)
		rc = make_all(job);
	if (rc == PV_OK)
		rc = print_all(job);
	job_dispose(job);
	pv_free(job);
	return rc;
}
