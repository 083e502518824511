/* SPDX-License-Identifier: MIT
 *
 * What rules share: findings at nodes, at bytes of a text and of the file,
 * and questions to the caller of the checks.
 */
#include "check/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "check/check.h"

enum {
	MESSAGE_SIZE = 512
};

static int add(pv_check_run *run, pv_finding *finding, const char *message)
{
	finding->severity = run->rule->severity;
	finding->rule = run->rule->id;
	finding->file = run->subject->path;
	finding->message = message;
	if (!finding->hint)
		finding->hint = "";
	return pv_report_add(run->report, finding, run->err);
}

int pv_check_node(pv_check_run *run, const pv_yaml_node *node, const char *hint,
		  const char *format, ...)
{
	pv_finding finding = { .line = node->line,
			       .column = node->column,
			       .hint = hint };
	char message[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return add(run, &finding, message);
}

/* Most questions are asked in the order of the file. */
static void find_place(pv_check_run *run, size_t idx, size_t offset,
		       pv_finding *finding)
{
	const pv_yaml_node *node = pv_check_message(run, idx);
	pv_place *place = &run->place;

	if (!node)
		return;
	if (run->place_of != idx + 1 || place->offset > offset)
		pv_place_start(place, run->prompt->doc, node);
	run->place_of = idx + 1;
	pv_place_go(place, offset);
	finding->line = place->line;
	finding->column =
		1 + (int)pv_utf8_count(place->file.ptr + place->line_start,
				       place->raw - place->line_start);
}

int pv_check_text(pv_check_run *run, size_t idx, size_t offset,
		  const char *hint, const char *format, ...)
{
	pv_finding finding = { .hint = hint };
	char message[MESSAGE_SIZE];
	va_list args;

	find_place(run, idx, offset, &finding);
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return add(run, &finding, message);
}

int pv_check_byte(pv_check_run *run, size_t offset, const char *hint,
		  const char *format, ...)
{
	pv_finding finding = { .hint = hint };
	char message[MESSAGE_SIZE];
	va_list args;

	pv_utf8_place(run->subject->text, run->subject->len, offset,
		      &finding.line, &finding.column);
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return add(run, &finding, message);
}

/* --- looking things up ----------------------------------------------------- */

const pv_yaml_node *pv_check_field(const pv_check_run *run, const char *key)
{
	const pv_yaml_node *root = pv_yaml_root(run->prompt->doc);
	const pv_yaml_node *node = pv_yaml_get(root, key);

	return node ? pv_yaml_follow(node) : NULL;
}

const pv_yaml_node *pv_check_message(const pv_check_run *run, size_t idx)
{
	const pv_yaml_node *node;

	if (run->prompt->is_text)
		return pv_check_field(run, "prompt");
	node = pv_yaml_at(pv_check_field(run, "messages"), idx);
	node = node ? pv_yaml_get(node, "content") : NULL;
	return node && pv_node_is_text(node) ? pv_yaml_follow(node) : NULL;
}

const pv_yaml_node *pv_check_settings(const pv_check_run *run)
{
	const pv_yaml *doc = run->check->config.doc;

	return doc ? pv_yaml_follow(pv_yaml_root(doc)) : NULL;
}

const pv_yaml_node *pv_check_option(const pv_check_run *run, const char *key)
{
	const pv_yaml_node *checks = run->check->config.checks;
	const pv_yaml_node *rule =
		checks ? pv_yaml_get(checks, run->rule->id) : NULL;
	const pv_yaml_node *node = rule ? pv_yaml_get(rule, key) : NULL;

	return node ? pv_yaml_follow(node) : NULL;
}

int pv_check_load(const pv_prompt **out, pv_check_run *run, const char *id)
{
	const pv_check_source *source = &run->check->source;

	*out = NULL;
	if (!source->load)
		return pv_fail(run->err, PV_ENOTFOUND, "no prompt \"%s\"", id);
	return source->load(out, id, source->payload, run->err);
}

int pv_check_read(pv_buf *out, pv_check_run *run, const char *path)
{
	const pv_check_source *source = &run->check->source;

	if (!source->read)
		return pv_fail(run->err, PV_ENOTFOUND, "no file \"%s\"", path);
	return source->read(out, path, source->payload, run->err);
}

int pv_check_last(const pv_prompt **out, const char **version_out,
		  pv_check_run *run)
{
	const pv_check_source *source = &run->check->source;
	const char *id = run->subject->id;

	*out = NULL;
	*version_out = "";
	if (!source->last)
		return pv_fail(run->err, PV_ENOTFOUND, "no version of \"%s\"",
			       id);
	return source->last(out, version_out, id, source->payload, run->err);
}
