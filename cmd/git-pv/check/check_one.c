/* SPDX-License-Identifier: MIT
 *
 * One prompt of `git pv check`: what the loader finds, what only the
 * repository knows (conflicts, versions), what comes of its examples, and then
 * the rules, which also set the severities.
 */
#include "check/check.h"

#include <string.h>

#include "base/fail.h"
#include "prompt/examples.h"
#include "repo/broken.h"

int check_find(struct check *check, enum pv_severity severity, const char *rule,
	       const char *file, const char *message, const char *hint)
{
	pv_finding finding = { severity, rule, file, 0, 0, message, hint };

	return pv_report_add(check->found, &finding, &check->cli->err);
}

/* Where the value of a key of the prompt stands. */
static int find_key(int *line, int *column, const cli_prompt *entry,
		    const char *key, pv_error *err)
{
	const pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP };
	const pv_yaml_node *node = NULL;
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, pv_buf_text(&entry->text), entry->text.len,
			       &opts, err);

	if (rc == PV_OK)
		node = pv_yaml_get(pv_yaml_root(doc), key);
	if (node) {
		*line = node->line;
		*column = node->column;
	}
	pv_yaml_free(doc);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

/* What a file says of its version, and what the tags say. */
struct stated {
	const char *text;
	const char *actual; /* the released number, or the one that comes next */
	const pv_version_info *last; /* NULL when none is released */
	pv_semver number;
	int is_number;
};

/* A changed prompt is to be above its last version. */
static int is_behind(const struct stated *stated)
{
	return stated->last && stated->is_number &&
	       strcmp(stated->actual, stated->last->text) != 0 &&
	       pv_semver_cmp(&stated->number, &stated->last->number) <= 0;
}

static void put_actual(pv_buf *out, const struct stated *stated)
{
	pv_buf_printf(out, "the file says version \"%s\", ", stated->text);
	if (!stated->last)
		pv_buf_printf(out, "none is released, the first will be \"%s\"",
			      stated->actual);
	else if (!strcmp(stated->actual, stated->last->text))
		pv_buf_printf(out, "it is released as \"%s\"", stated->actual);
	else
		pv_buf_printf(out, "the last one is \"%s\", the next \"%s\"",
			      stated->last->text, stated->actual);
}

static int find_version(struct check *check, const cli_prompt *entry,
			const struct stated *stated)
{
	pv_finding finding = { .severity = PV_SEVERITY_WARNING,
			       .file = entry->path,
			       .hint = "versions are kept in tags: drop the "
				       "field" };
	pv_buf message = { 0 };
	int rc;

	finding.rule = is_behind(stated) ? "version-behind" : "stated-version";
	put_actual(&message, stated);
	finding.message = pv_buf_text(&message);
	rc = pv_buf_status(&message, &check->cli->err);
	if (rc == PV_OK)
		rc = find_key(&finding.line, &finding.column, entry, "version",
			      &check->cli->err);
	if (rc == PV_OK)
		rc = pv_report_add(check->found, &finding, &check->cli->err);
	pv_buf_dispose(&message);
	return rc;
}

/* "v1.0.0" is what "1.0.0" is. */
static int is_same(const struct stated *stated)
{
	pv_semver actual;

	if (!strcmp(stated->text, stated->actual))
		return 1;
	return stated->is_number &&
	       pv_semver_parse(&actual, stated->actual, NULL) == PV_OK &&
	       !pv_semver_cmp(&stated->number, &actual);
}

/*
 * The file's own `version` against the tags: the released number, or the one
 * that comes next, which a described version begins with.
 */
static int check_version(struct check *check, const cli_prompt *entry)
{
	pv_cli *cli = check->cli;
	struct stated stated = { .text = pv_prompt_stated_version(entry->prompt) };
	pv_buf actual = { 0 };
	int rc;

	if (!*stated.text)
		return PV_OK;
	stated.is_number =
		pv_semver_parse(&stated.number, stated.text, NULL) == PV_OK;
	rc = pv_version_describe(&actual, cli->store, &cli->settings, entry->id,
				 &check->at, &cli->err);
	if (rc == PV_OK)
		rc = check_latest(&stated.last, check, entry->id, &cli->err);
	pv_buf_truncate(&actual, strcspn(pv_buf_text(&actual), "-+"));
	stated.actual = pv_buf_text(&actual);
	if (rc == PV_OK && !is_same(&stated))
		rc = find_version(check, entry, &stated);
	pv_buf_dispose(&actual);
	return rc;
}

/* A text may well show some, indented as it is in its block. */
static int check_own_markers(struct check *check, const cli_prompt *entry)
{
	int line = broken_marker_line(pv_buf_text(&entry->text), entry->text.len);

	return line ? check_left(check, entry->path, line) : PV_OK;
}

/* Variables of a test that no text uses are most likely misspelt. */
static int check_unknown(struct check *check, const example *it)
{
	const pv_report *report = pv_rendering_report(it->rendering);
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		pv_finding finding = *pv_report_at(report, i);

		if (strcmp(finding.rule, "unknown-variable") != 0)
			continue;
		finding.severity = PV_SEVERITY_WARNING;
		finding.file = it->entry->path;
		finding.line = it->one->line;
		finding.column = 1;
		rc = pv_report_add(check->found, &finding, &check->cli->err);
	}
	return rc;
}

/* What its own examples and tests make of it. */
static int check_example(const example *it, void *payload)
{
	struct check *check = payload;
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "renders",
			       .file = it->entry->path,
			       .line = it->one ? it->one->line : 1,
			       .column = 1 };
	pv_buf message = { 0 };
	int rc;

	if (!it->err && it->one && it->rendering)
		return check_unknown(check, it);
	if (!it->err || it->err->code == PV_EUNSUPPORTED)
		return PV_OK;
	/* Why it does not compile the loader has told, as a filter of others. */
	if (!it->one && pv_report_count(check->found))
		return PV_OK;
	if (it->one) {
		pv_buf_puts(&message, "cannot be rendered with ");
		examples_name(&message, it->one);
	} else {
		pv_buf_puts(&message, "cannot be rendered");
	}
	pv_buf_printf(&message, ": %s", it->why);
	finding.message = pv_buf_text(&message);
	finding.hint = it->err->hint[0] ? it->err->hint
					: "try it with git pv render --examples";
	rc = pv_buf_status(&message, &check->cli->err);
	if (rc == PV_OK)
		rc = pv_report_add(check->found, &finding, &check->cli->err);
	pv_buf_dispose(&message);
	return rc;
}

int check_settle(struct check *check, const char *path, const cli_prompt *entry)
{
	pv_check_subject subject = {
		.id = "", .path = path, .text = "", .found = check->found
	};
	pv_error *err = &check->cli->err;
	int rc;

	if (entry) {
		subject.id = entry->id;
		subject.text = pv_buf_text(&entry->text);
		subject.len = entry->text.len;
		subject.prompt = entry->prompt;
	}
	rc = pv_check_prompt(check->report, check->rules, &subject, err);
	pv_report_free(check->found);
	check->found = NULL;
	return rc == PV_OK ? pv_report_new(&check->found, err) : rc;
}

static int has_errors(const struct check *check)
{
	return pv_report_count_at(check->found, PV_SEVERITY_ERROR) > 0;
}

static int check_entry(struct check *check, const cli_prompt *entry)
{
	int rc;

	if (!entry->prompt && !has_errors(check)) {
		/* Nobody may take a prompt that does not load for a good one. */
		rc = check_find(check, PV_SEVERITY_ERROR, "limit", entry->path,
				entry->failure.message, entry->failure.hint);
		if (rc < 0)
			return rc;
	}
	rc = check_own_markers(check, entry);
	if (rc < 0 || !entry->prompt)
		return rc;
	rc = check_version(check, entry);
	if (rc == PV_OK && !has_errors(check))
		rc = examples_each(check->cli, &check->at, entry, check_example,
				   check);
	return rc;
}

/* Mends the file and reads it again, without what is mended by now. */
static int mend(struct check *check, cli_prompt *entry)
{
	cli_prompt better = { 0 };
	int is_changed = 0;
	int rc = check_fix(&is_changed, check, entry);

	if (rc < 0 || !is_changed)
		return rc;
	pv_report_free(check->found);
	check->found = NULL;
	rc = pv_report_new(&check->found, &check->cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_read(&better, check->cli, &check->at, entry->id,
				     entry->path, check->found);
	cli_prompt_dispose(entry);
	*entry = better;
	return rc;
}

int check_prompt(struct check *check, const char *id, const char *path)
{
	cli_prompt entry = { 0 };
	int rc;

	if (check_is_unmerged(check, path))
		return check_unmerged(check, path);
	rc = pv_strlist_add(&check->checked, path, &check->cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, check->cli, &check->at, id, path,
				     check->found);
	if (rc == PV_OK && check->is_fixing)
		rc = mend(check, &entry);
	if (rc == PV_OK)
		rc = check_entry(check, &entry);
	if (rc == PV_OK)
		rc = check_settle(check, path, &entry);
	cli_prompt_dispose(&entry);
	return rc;
}
