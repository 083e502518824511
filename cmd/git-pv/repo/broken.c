/* SPDX-License-Identifier: MIT
 *
 * See broken.h. Conflict markers are looked for before the text is parsed: in
 * a block of text they would be read as part of the prompt.
 */
#include "repo/broken.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

int broken_start(pv_cli *cli)
{
	return pv_report_new(&cli->report, &cli->err);
}

enum {
	MARKER_MIN = 4, /* "<<" is a key of YAML */
	MARKER_USUAL = 7
};

/* How often a line begins with its first byte, up to a blank; 0 for any else. */
static size_t marker_size(const char *at, size_t len)
{
	size_t size = 0;

	while (size < len && at[size] == at[0])
		size++;
	if (size < MARKER_MIN || (size < len && !strchr(" \n\r", at[size])))
		return 0;
	return size;
}

/* Markers of one conflict so far: lines, 0 for none, and how long they are. */
struct seen {
	int first;
	int middle;
	size_t size;
};

/* Two of the usual size are enough: somebody has stopped halfway. */
static int is_begun(const struct seen *seen)
{
	return seen->first && seen->middle && seen->size >= MARKER_USUAL;
}

/* The line where a conflict begins that is known by this marker, or 0. */
static int take_marker(struct seen *seen, char c, size_t size, int line)
{
	if (c == '<') {
		if (is_begun(seen))
			return seen->first;
		*seen = (struct seen){ .first = line, .size = size };
	} else if (c == '=' && (!seen->first || size == seen->size)) {
		seen->middle = line;
		seen->size = size;
	} else if (c == '>' && seen->middle && size == seen->size) {
		if (seen->first)
			return seen->first;
		return size >= MARKER_USUAL ? seen->middle : 0;
	}
	return 0;
}

/* The attribute conflict-marker-size may have changed since: any size will do. */
int broken_marker_line(const char *text, size_t len)
{
	struct seen seen = { 0 };
	int line = 1;

	for (size_t at = 0; at < len; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = marker_size(text + at, len - at);
		int found = 0;

		if (size)
			found = take_marker(&seen, text[at], size, line);
		if (found)
			return found;
		at = end ? (size_t)(end - text) + 1 : len;
	}
	return is_begun(&seen) ? seen.first : 0;
}

static int add_finding(pv_cli *cli, const char *path, const pv_error *what,
		       const char *rule)
{
	pv_finding finding = { 0 };

	finding.severity = PV_SEVERITY_ERROR;
	finding.rule = rule;
	finding.file = path;
	finding.line = what->line;
	finding.column = what->column;
	finding.message = what->message;
	finding.hint = what->hint;
	return pv_report_add(cli->report, &finding, &cli->err);
}

int broken_add_conflict(pv_cli *cli, const char *path, int line)
{
	pv_error what = { 0 };
	int rc = pv_fail(&what, PV_ESYNTAX, "a conflict is left here");

	pv_error_at(&what, rc, path, line, 1);
	pv_error_hint(&what, rc,
		      "take the marker lines out, or bring the conflict back: "
		      "git checkout -m -- %.60s",
		      path);
	return add_finding(cli, path, &what, "conflict-marker");
}

int broken_check(pv_prompt **out, pv_cli *cli, const char *path,
		 const pv_buf *text)
{
	pv_prompt_options opts = { path };
	pv_error what = { 0 };
	int line = broken_marker_line(pv_buf_text(text), text->len);
	int rc;

	*out = NULL;
	if (line)
		return broken_add_conflict(cli, path, line);
	rc = pv_prompt_parse(out, pv_buf_text(text), text->len, &opts, NULL,
			     &what);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	return rc < 0 ? add_finding(cli, path, &what, "prompt") : PV_OK;
}

int broken_finish(pv_cli *cli, const char *hint)
{
	size_t count = pv_report_count(cli->report);
	const pv_finding *first = pv_report_at(cli->report, 0);
	int rc;

	if (!count) {
		/* An empty report does not belong to a later error. */
		pv_report_free(cli->report);
		cli->report = NULL;
		return PV_OK;
	}
	for (size_t i = 1; i < count && !cli->json; i++) {
		const pv_finding *finding = pv_report_at(cli->report, i);

		cli_note(cli, "error: %s:%d:%d: %s", finding->file,
			 finding->line, finding->column, finding->message);
	}
	rc = pv_fail_id(&cli->err, PV_ERR_VALIDATION, "%s", first->message);
	pv_error_at(&cli->err, rc, first->file, first->line, first->column);
	return pv_error_hint(&cli->err, rc, "%s",
			     *first->hint ? first->hint : hint);
}

int broken_check_text(pv_cli *cli, const char *path, const char *text,
		      size_t len, const char *hint)
{
	pv_prompt *prompt = NULL;
	pv_buf copy = { 0 };
	int rc;

	pv_buf_put(&copy, text, len);
	rc = pv_buf_status(&copy, &cli->err);
	if (rc == PV_OK)
		rc = broken_start(cli);
	if (rc == PV_OK)
		rc = broken_check(&prompt, cli, path, &copy);
	if (rc == PV_OK)
		rc = broken_finish(cli, hint);
	pv_prompt_free(prompt);
	pv_buf_dispose(&copy);
	return rc;
}
