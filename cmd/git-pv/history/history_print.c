/* SPDX-License-Identifier: MIT
 *
 * Printing executions; see history_print.h. Values are shown as JSON has
 * them, texts without their quotes.
 */
#include "history/history_print.h"

#include <string.h>

/* The text of a field, or its JSON, or "" when it is not set. */
static int value_of(pv_buf *out, const pv_execution *row, const char *field,
		    pv_error *err)
{
	const char *text = pv_execution_text(row, field);
	int rc;

	pv_buf_clear(out);
	if (!pv_execution_has(row, field))
		return PV_OK;
	if (text) {
		pv_buf_puts(out, text);
		return pv_buf_status(out, err);
	}
	rc = pv_execution_value(out, row, field, err);
	/* Times and choices are texts outside. */
	if (rc == PV_OK && out->len > 1 && out->ptr[0] == '"') {
		pv_buf_truncate(out, out->len - 1);
		memmove(out->ptr, out->ptr + 1, out->len);
		pv_buf_truncate(out, out->len - 1);
	}
	return rc;
}

/* A field behind a blank, with what stands before and behind it. */
static int put_field(pv_cli *cli, const pv_execution *row, const char *field,
		     const char *before, const char *behind)
{
	pv_buf text = { 0 };
	int rc = value_of(&text, row, field, &cli->err);

	if (rc == PV_OK && text.len) {
		cli_puts(cli, before);
		cli_line(cli, text.ptr);
		cli_puts(cli, behind);
	}
	pv_buf_dispose(&text);
	return rc;
}

int history_print_line(pv_cli *cli, const pv_execution *row)
{
	static const struct {
		const char *field;
		const char *before;
		const char *behind;
	} parts[] = {
		{ "ts", "  ", "" },        { "prompt_id", "  ", "" },
		{ "version", "@", "" },    { "status", "  ", "" },
		{ "model", "  ", "" },     { "latency_ms", "  ", " ms" },
		{ "cost_usd", "  $", "" }, { "quality", "  quality ", "" },
	};
	int rc = PV_OK;

	cli_puts(cli, cli_color(cli, CLI_COLOR_META));
	cli_puts(cli, pv_execution_text(row, "id"));
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == PV_OK;
	     i++)
		rc = put_field(cli, row, parts[i].field, parts[i].before,
			       parts[i].behind);
	cli_puts(cli, "\n");
	return rc;
}

/* Text of several lines is indented below its name. */
static void put_lines(pv_cli *cli, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		cli_puts(cli, "\n    ");
		cli_text(cli, text, len);
		text += len + (text[len] == '\n');
	}
}

int history_print_whole(pv_cli *cli, const pv_execution *row)
{
	pv_buf text = { 0 };
	const char *name;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK; i++) {
		name = pv_execution_field(i);
		if (!name)
			break;
		if (!pv_execution_has(row, name))
			continue;
		rc = value_of(&text, row, name, &cli->err);
		cli_printf(cli, "%s%s:%s", cli_color(cli, CLI_COLOR_BOLD), name,
			   cli_color(cli, CLI_COLOR_RESET));
		if (strchr(pv_buf_text(&text), '\n')) {
			put_lines(cli, text.ptr);
		} else {
			cli_puts(cli, " ");
			cli_line(cli, pv_buf_text(&text));
		}
		cli_puts(cli, "\n");
	}
	pv_buf_dispose(&text);
	return rc;
}

int history_print_json(pv_cli *cli, const pv_execution *row)
{
	return pv_execution_json(&cli->out, row, &cli->err);
}

/*
 * What spreadsheets take for the start of a formula; also behind the mark that
 * such a text gets, so that reading can take just one off.
 */
static int is_formula(const pv_execution *row, const char *field, const char *text)
{
	text += strspn(text, "'");
	return pv_execution_text(row, field) && text[0] &&
	       strchr("=+-@\t\r", text[0]);
}

static void put_quoted(pv_buf *out, const char *before, const char *text)
{
	if (!*before && !text[strcspn(text, "\",\r\n")]) {
		pv_buf_puts(out, text);
		return;
	}
	pv_buf_printf(out, "\"%s", before);
	while (*text) {
		size_t len = strcspn(text, "\"");

		pv_buf_put(out, text, len);
		text += len;
		if (*text) {
			pv_buf_puts(out, "\"\"");
			text++;
		}
	}
	pv_buf_puts(out, "\"");
}

void history_put_csv_names(pv_buf *out)
{
	const char *name;

	for (size_t i = 0; (name = pv_execution_field(i)) != NULL; i++)
		pv_buf_printf(out, "%s%s", i ? "," : "", name);
	pv_buf_puts(out, "\r\n");
}

int history_put_csv(pv_buf *out, const pv_execution *row, pv_error *err)
{
	pv_buf text = { 0 };
	const char *name;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK; i++) {
		name = pv_execution_field(i);
		if (!name)
			break;
		if (i)
			pv_buf_puts(out, ",");
		rc = value_of(&text, row, name, err);
		if (rc == PV_OK)
			put_quoted(out,
				   is_formula(row, name, pv_buf_text(&text))
					   ? "'"
					   : "",
				   pv_buf_text(&text));
	}
	pv_buf_puts(out, "\r\n");
	pv_buf_dispose(&text);
	return rc;
}
