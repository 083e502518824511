/* SPDX-License-Identifier: MIT
 *
 * See appraise_place.h. A line of the file is one of a field only when it says
 * the same there: texts that YAML folds have other lines.
 */
#include "review/appraise_place.h"

#include <string.h>

#include <pv/review.h>
#include <pv/yaml.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/prompts.h"

/* A line of a text, from 1, without blanks around it; empty: there is none. */
static pv_str line_at(const char *text, size_t len, int line)
{
	const char *end = text + len;
	const char *stop;

	while (--line > 0 && text < end) {
		stop = memchr(text, '\n', (size_t)(end - text));
		text = stop ? stop + 1 : end;
	}
	stop = memchr(text, '\n', (size_t)(end - text));
	if (!stop)
		stop = end;
	return pv_str_trim((pv_str){ text, (size_t)(stop - text) });
}

/* The last scalar that begins on the line or before it: it has the line. */
static const pv_yaml_node *find_scalar(const pv_yaml *doc, int line)
{
	const pv_yaml_node *node = pv_yaml_root(doc);

	while (node && node->kind != PV_YAML_SCALAR) {
		const pv_yaml_node *found = NULL;

		for (const pv_yaml_node *child = node->first; child;
		     child = child->next) {
			int starts = child->key ? child->key->line : child->line;

			if (starts <= line)
				found = child;
		}
		node = found;
	}
	return node;
}

/* The line of a scalar's text that a line of the file is; 0 for none. */
static int line_within(const pv_yaml_node *node, pv_str said, int line)
{
	int is_block =
		node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED;
	int within = line - node->line + !is_block;
	pv_str there;

	if (within < 1)
		return 0;
	there = line_at(node->text, node->len, within);
	if (is_block)
		return pv_str_eq(there, said) ? within : 0;
	/* On one line with its key and its quotes. */
	return within == 1 && !memchr(node->text, '\n', node->len) ? 1 : 0;
}

static int take_field(appraise_place *out, const pv_buf *file, int line,
		      pv_error *err)
{
	pv_str said = line_at(pv_buf_text(file), file->len, line);
	const pv_yaml_node *node;
	pv_yaml *doc = NULL;
	int within = 0;
	int rc = pv_yaml_parse(&doc, pv_buf_text(file), file->len, NULL, err);

	if (rc < 0)
		return rc == PV_ENOMEM ? rc : PV_OK;
	node = find_scalar(doc, line);
	if (node)
		within = line_within(node, said, line);
	if (within)
		rc = pv_yaml_path(&out->field, node, err);
	if (within && rc == PV_OK) {
		out->line = within;
		pv_review_quote(&out->quote, node->text, node->len, within);
		rc = pv_buf_status(&out->quote, err);
	}
	pv_yaml_free(doc);
	return rc;
}

static int take_line(appraise_place *out, pv_cli *cli, const pv_buf *file,
		     int line)
{
	int rc;

	out->line = line;
	rc = take_field(out, file, line, &cli->err);
	if (rc < 0)
		return rc;
	pv_error_clear(&cli->err);
	if (out->field.len)
		return PV_OK;
	pv_review_quote(&out->quote, pv_buf_text(file), file->len, line);
	return pv_buf_status(&out->quote, &cli->err);
}

int appraise_place_find(appraise_place *out, pv_cli *cli,
			const pv_appraise_note *note, const pv_oid *commit)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_settings settings = cli->settings;
	pv_buf file = { 0 };
	int rc = pv_settings_at(&settings, cli->store, &at, &cli->err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = pv_prompt_id(&out->prompt, &settings, note->path, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_read(&file, NULL, cli->store, &at, note->path,
				   &cli->err);
	if (rc == PV_OK && note->line)
		rc = take_line(out, cli, &file, note->line);
	/* A file that is no prompt, or is not there. */
	if (rc < 0 && rc != PV_ENOMEM) {
		pv_error_clear(&cli->err);
		appraise_place_dispose(out);
		rc = PV_OK;
	}
	pv_buf_dispose(&file);
	return rc;
}

void appraise_place_dispose(appraise_place *place)
{
	pv_buf_dispose(&place->prompt);
	pv_buf_dispose(&place->field);
	pv_buf_dispose(&place->quote);
	memset(place, 0, sizeof(*place));
}
