/* SPDX-License-Identifier: MIT
 *
 * Mends what needs no judgement, through the lossless editor: a value is set
 * anew, and whatever the editor cannot do without touching other bytes is left
 * as it is. What a comment silences is not mended.
 */
#include <string.h>

#include "base/fail.h"
#include "check/check.h"
#include "check/mend_text.h"
#include "check/rules.h"

/* A file being mended. */
struct fix {
	pv_check *check;
	const pv_prompt *prompt;
	pv_yaml *doc;
	size_t count;
	pv_error *err;
};

/* Counts an edit that was made; one that cannot be is none. */
static int made(struct fix *fix, int rc)
{
	if (rc == PV_EUNSUPPORTED) {
		pv_error_clear(fix->err);
		return PV_OK;
	}
	fix->count += rc == PV_OK;
	return rc;
}

/* The node at a path that may not be there: NULL then. */
static int find(const pv_yaml_node **out, struct fix *fix, const pv_buf *path)
{
	int rc = pv_buf_status(path, fix->err);

	*out = NULL;
	if (rc == PV_OK)
		rc = pv_yaml_find(out, fix->doc, pv_buf_text(path), fix->err);
	if (rc < 0 && rc != PV_ENOMEM) {
		*out = NULL;
		pv_error_clear(fix->err);
		rc = PV_OK;
	}
	return rc;
}

/* --- texts ------------------------------------------------------------------ */

/* Whether the rule is to be heeded from that line on. */
static int is_heeded(const struct fix *fix, const char *rule, int line)
{
	const pv_finding finding = { .rule = rule, .line = line };

	return fix->check->levels[pv_check_rule_index(rule)] != PV_LEVEL_OFF &&
	       !pv_silences_cover(&fix->check->silences, &finding);
}

static int mend_text(struct fix *fix, const pv_buf *path, size_t idx)
{
	pv_mending mending = { .doc = &fix->doc,
			       .path = pv_buf_text(path),
			       .syntax = fix->prompt->syntax };
	const pv_message *message = &fix->prompt->messages[idx];
	const pv_yaml_node *node;
	int is_mended = 0;
	int rc = find(&node, fix, path);

	/* What others refer to is not one text's to change. */
	if (rc < 0 || !node || node->kind != PV_YAML_SCALAR || node->anchor ||
	    !message->len)
		return rc;
	mending.node = node;
	mending.wants_blanks = is_heeded(fix, "trailing-space", node->line);
	mending.wants_hidden = is_heeded(fix, "invisible-character", node->line);
	rc = pv_mend_text(&is_mended, &mending, fix->err);
	fix->count += rc == PV_OK && is_mended;
	return rc;
}

static int mend_texts(struct fix *fix)
{
	const pv_prompt *prompt = fix->prompt;
	pv_buf path = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->message_count && rc == PV_OK; i++) {
		pv_buf_clear(&path);
		if (prompt->is_text)
			pv_buf_puts(&path, "prompt");
		else
			pv_buf_printf(&path, "messages[%zu].content", i);
		rc = mend_text(fix, &path, i);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* --- variables -------------------------------------------------------------- */

/* A variable with a default is never required: the word changes nothing. */
static int mend_required(struct fix *fix, const pv_variable *variable)
{
	const pv_yaml_node *node;
	pv_buf path = { 0 };
	int rc;

	/* The finding stands at the default. */
	pv_buf_printf(&path, "variables.\"%s\".default", variable->name);
	rc = find(&node, fix, &path);
	if (rc == PV_OK && node && !is_heeded(fix, "variable-default", node->line))
		goto out;
	pv_buf_clear(&path);
	pv_buf_printf(&path, "variables.\"%s\".required", variable->name);
	if (rc == PV_OK)
		rc = find(&node, fix, &path);
	if (rc == PV_OK && node && node->kind == PV_YAML_SCALAR &&
	    node->type == PV_YAML_BOOL &&
	    (*node->text == 't' || *node->text == 'T'))
		rc = made(fix, pv_yaml_delete(fix->doc, pv_buf_text(&path),
					      fix->err));
out:
	pv_buf_dispose(&path);
	return rc;
}

static int mend_variables(struct fix *fix)
{
	const pv_prompt *prompt = fix->prompt;
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->variable_count && rc == PV_OK; i++)
		if (prompt->variables[i].default_json)
			rc = mend_required(fix, &prompt->variables[i]);
	return rc;
}

/* --- the whole -------------------------------------------------------------- */

static int mend(struct fix *fix, const pv_check_subject *subject)
{
	pv_report *raw = NULL;
	pv_check_run run = { .check = fix->check,
			     .subject = subject,
			     .prompt = subject->prompt,
			     .rule = &pv_rule_ignore_comment.about,
			     .err = fix->err };
	int rc = pv_report_new(&raw, fix->err);

	run.report = raw;
	if (rc == PV_OK)
		rc = pv_silences_read(&fix->check->silences, &run);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&fix->doc, subject->text, subject->len, NULL,
				   fix->err);
	if (rc == PV_OK)
		rc = mend_texts(fix);
	if (rc == PV_OK)
		rc = mend_variables(fix);
	pv_silences_dispose(&fix->check->silences);
	pv_report_free(raw);
	return rc;
}

int pv_check_fix(pv_buf *out, size_t *count_out, pv_check *check,
		 const pv_check_subject *subject, pv_error *err)
{
	struct fix fix = { .check = check, .prompt = subject->prompt, .err = err };
	const char *text;
	size_t len;
	int rc;

	*count_out = 0;
	if (!subject->prompt)
		return PV_OK;
	pv_check_config_levels(check->levels, &check->config, subject->path);
	rc = mend(&fix, subject);
	if (rc == PV_OK && fix.count) {
		text = pv_yaml_text(fix.doc, &len);
		pv_buf_put(out, text, len);
		rc = pv_buf_status(out, err);
	}
	if (rc == PV_OK)
		*count_out = fix.count;
	pv_yaml_free(fix.doc);
	return rc;
}
