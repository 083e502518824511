/* SPDX-License-Identifier: MIT
 *
 * What a render gave, as people and programs read it. A text comes out byte
 * for byte, so that it can be piped into whatever takes it.
 */
#include "prompt/render.h"

#include <string.h>

#include "base/fail.h"

/* --- JSON ------------------------------------------------------------------- */

static void missing_json(pv_jsonw *w, const pv_rendering *rendering)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < pv_rendering_missing_count(rendering); i++) {
		const pv_missing *missing = pv_rendering_missing(rendering, i);

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", missing->name);
		cli_uses_json(w, missing->uses, missing->use_count);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void message_json(pv_jsonw *w, const pv_rendered_message *message)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "role", message->role);
	if (*message->id)
		pv_jsonw_member(w, "id", message->id);
	if (*message->name)
		pv_jsonw_member(w, "name", message->name);
	pv_jsonw_key(w, "content");
	if (message->has_content)
		pv_jsonw_stringn(w, message->content, message->len);
	else
		pv_jsonw_null(w);
	if (message->tool_calls_json)
		cli_raw_json(w, "tool_calls", message->tool_calls_json);
	if (*message->tool_call_id)
		pv_jsonw_member(w, "tool_call_id", message->tool_call_id);
	pv_jsonw_object_end(w);
}

static void messages_json(pv_jsonw *w, const pv_rendering *rendering, int only)
{
	pv_jsonw_key(w, "messages");
	pv_jsonw_array(w);
	for (size_t i = 0; i < pv_rendering_count(rendering); i++)
		if (only < 0 || (size_t)only == i)
			message_json(w, pv_rendering_message(rendering, i));
	pv_jsonw_array_end(w);
}

void render_members(pv_jsonw *w, const pv_renderer *renderer,
		    const pv_rendering *rendering, int message)
{
	const pv_rendered_message *text;

	if (pv_renderer_is_text(renderer)) {
		text = pv_rendering_message(rendering, 0);
		pv_jsonw_key(w, "text");
		pv_jsonw_stringn(w, text->content, text->len);
	} else {
		messages_json(w, rendering, message);
	}
	pv_jsonw_key(w, "missing");
	missing_json(w, rendering);
}

const char *render_why(const pv_error *err, const pv_rendering *rendering)
{
	int is_template = err->id == PV_ERR_RENDER || err->id == PV_ERR_SYNTAX;
	const char *whole = is_template ? pv_rendering_failure(rendering) : "";

	return *whole ? whole : err->message;
}

void render_error_json(pv_jsonw *w, const pv_error *err, const char *why,
		       const pv_rendering *rendering)
{
	pv_jsonw_key(w, "error");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "code", pv_error_table(err->id)->name);
	pv_jsonw_member(w, "message", why);
	pv_jsonw_member(w, "hint", err->hint);
	if (err->source[0])
		pv_jsonw_member(w, "source", err->source);
	if (err->line) {
		pv_jsonw_key(w, "line");
		pv_jsonw_int(w, err->line);
		pv_jsonw_key(w, "column");
		pv_jsonw_int(w, err->column);
	}
	if (err->id == PV_ERR_VALIDATION && rendering) {
		pv_jsonw_key(w, "findings");
		cli_findings_json(w, pv_rendering_report(rendering));
	}
	if (err->id == PV_ERR_MISSING_VARIABLE) {
		pv_jsonw_key(w, "missing");
		missing_json(w, rendering);
	}
	pv_jsonw_object_end(w);
}

static void print_json(const render_call *call)
{
	static const char *const fields[] = { "model", "output", "tools" };
	pv_jsonw w;

	pv_jsonw_init(&w, &call->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", call->spec.id);
	cli_text_json(&w, "version", pv_buf_text(&call->version));
	cli_oid_json(&w, "commit", &call->commit);
	cli_fallback_json(&w, &call->spec);
	render_members(&w, call->renderer, call->rendering, call->opts->message);
	for (size_t i = 0; i < 3; i++)
		cli_raw_json(&w, fields[i],
			     pv_renderer_field(call->renderer, fields[i]));
	pv_jsonw_object_end(&w);
}

/* --- text ------------------------------------------------------------------- */

static void print_content(pv_cli *cli, const pv_rendered_message *message,
			  int ends_line)
{
	cli_text(cli, message->content, message->len);
	if (ends_line &&
	    (!message->len || message->content[message->len - 1] != '\n'))
		cli_puts(cli, "\n");
}

void render_text(pv_cli *cli, const pv_renderer *renderer,
		 const pv_rendering *rendering, int ends_line)
{
	if (pv_renderer_is_text(renderer)) {
		print_content(cli, pv_rendering_message(rendering, 0), ends_line);
		return;
	}
	for (size_t i = 0; i < pv_rendering_count(rendering); i++) {
		const pv_rendered_message *message =
			pv_rendering_message(rendering, i);

		cli_printf(cli, "%s%s", i ? "\n" : "",
			   cli_color(cli, CLI_COLOR_BOLD));
		cli_line(cli, message->role);
		if (*message->name) {
			cli_puts(cli, " ");
			cli_line(cli, message->name);
		}
		cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
		if (message->has_content)
			print_content(cli, message, 1);
		if (message->tool_calls_json) {
			cli_puts(cli, "calls ");
			cli_line(cli, message->tool_calls_json);
			cli_puts(cli, "\n");
		}
	}
}

int render_check_message(const render_call *call)
{
	size_t count = pv_rendering_count(call->rendering);
	int rc;

	if (call->opts->message < 0 || (size_t)call->opts->message < count)
		return PV_OK;
	rc = pv_fail(&call->cli->err, PV_EINVALID,
		     "there is no message %d: the prompt has %zu",
		     call->opts->message, count);
	return pv_error_hint(&call->cli->err, rc,
			     "messages count from 0, as in the JSON");
}

int render_print(render_call *call)
{
	int only = call->opts->message;
	pv_cli *cli = call->cli;
	int rc = render_check_message(call);

	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(call);
	else if (only >= 0)
		print_content(cli,
			      pv_rendering_message(call->rendering, (size_t)only),
			      cli->is_tty);
	else
		render_text(cli, call->renderer, call->rendering, cli->is_tty);
	return PV_OK;
}

/* --- trouble ---------------------------------------------------------------- */

/* Finding `idx` when it is a warning, else NULL; also behind the last. */
static const pv_finding *warning_at(const pv_report *report, size_t idx)
{
	const pv_finding *finding = pv_report_at(report, idx);

	return finding && finding->severity == PV_SEVERITY_WARNING ? finding
								   : NULL;
}

void render_warn(const render_call *call)
{
	const pv_report *report = pv_rendering_report(call->rendering);
	const pv_finding *warning;

	if (call->entry.prompt && !pv_prompt_is_active(call->entry.prompt))
		cli_warn(call->cli, "prompt \"%s\" is inactive", call->spec.id);
	for (size_t i = 0; i < pv_report_count(report); i++) {
		warning = warning_at(report, i);
		if (warning)
			cli_warn(call->cli, "%s", warning->message);
	}
}

int render_warn_once(pv_strlist *told, pv_cli *cli, const char *what,
		     const pv_rendering *rendering)
{
	enum {
		TOLD_MAX = 100
	};
	const pv_report *report = pv_rendering_report(rendering);
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < pv_report_count(report); i++) {
		const pv_finding *finding = warning_at(report, i);

		if (!finding || told->count == TOLD_MAX ||
		    pv_strlist_search(told, finding->message) >= 0)
			continue;
		cli_warn(cli, "%s%s%s", what, *what ? ": " : "",
			 finding->message);
		rc = pv_strlist_add(told, finding->message, &cli->err);
		pv_strlist_sort(told);
	}
	return rc;
}

/* "ticket": message 1, line 3, column 4; shared/tone, line 1, column 1 */
static void put_uses(pv_buf *out, const pv_missing *missing, int is_text)
{
	enum {
		SHOWN = 5
	};

	pv_buf_printf(out, "  \"%s\"", missing->name);
	for (size_t i = 0; i < missing->use_count && i < SHOWN; i++) {
		const pv_variable_use *use = &missing->uses[i];

		pv_buf_puts(out, i ? "; " : ": ");
		if (*use->prompt)
			pv_buf_printf(out, "%s, ", use->prompt);
		else if (!is_text)
			pv_buf_printf(out, "message %d, ", use->message);
		pv_buf_printf(out, "line %d, column %d", use->line, use->column);
	}
	if (missing->use_count > SHOWN)
		pv_buf_printf(out, " and %zu more", missing->use_count - SHOWN);
	pv_buf_putc(out, '\n');
}

static int explain_missing(render_call *call, int rc)
{
	pv_cli *cli = call->cli;
	pv_jsonw w;

	if (cli->json) {
		pv_jsonw_init(&w, &cli->missing);
		missing_json(&w, call->rendering);
		return rc;
	}
	for (size_t i = 0; i < pv_rendering_missing_count(call->rendering); i++)
		put_uses(&cli->details, pv_rendering_missing(call->rendering, i),
			 pv_renderer_is_text(call->renderer));
	return rc;
}

/* The findings, of which the error holds the first. */
static int explain_findings(render_call *call, int rc)
{
	const pv_report *report = pv_rendering_report(call->rendering);
	pv_cli *cli = call->cli;

	if (!cli->report && pv_report_new(&cli->report, NULL) < 0)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		if (finding->severity != PV_SEVERITY_ERROR)
			continue;
		if (pv_report_add(cli->report, finding, NULL) < 0)
			return pv_fail_nomem(&cli->err);
		if (pv_report_count(cli->report) > 1)
			pv_buf_printf(&cli->details, "  %s\n", finding->message);
	}
	return rc;
}

static void explain_template(render_call *call)
{
	const char *excerpt = pv_rendering_excerpt(call->rendering);
	pv_error *err = &call->cli->err;

	if (*excerpt)
		pv_buf_printf(&call->cli->details, "%s\n", excerpt);
	pv_buf_puts(&call->cli->message, pv_rendering_failure(call->rendering));
	if (err->hint[0])
		return;
	if (strstr(err->message, "TemplateNotFound") ||
	    strstr(err->message, "TemplatesNotFound"))
		pv_error_hint(err, err->code, "%s",
			      !call->opts->file
				      ? "includes name ids of prompts in the "
					"same commit"
			      : call->opts->folder
				      ? "names are paths below --search-path"
				      : "--search-path DIR tells where "
					"templates are");
	else if (call->opts->vars.count && strstr(err->message, "'str object'"))
		pv_error_hint(err, err->code,
			      "--var gives a text: declare the variable's "
			      "type, or use --vars");
	else
		pv_error_hint(err, err->code,
			      "mend the template at that place, or give it "
			      "other variables");
}

int render_explain(render_call *call, int rc)
{
	pv_error *err = &call->cli->err;

	if (err->id == PV_ERR_MISSING_VARIABLE) {
		/* One may be the other, misspelt. */
		render_warn(call);
		return explain_missing(call, rc);
	}
	if (err->id == PV_ERR_VALIDATION)
		return explain_findings(call, rc);
	if (rc == PV_ERENDER || rc == PV_ESYNTAX)
		explain_template(call);
	if (rc == PV_ELIMIT && !err->hint[0])
		return render_hint_limit(err, rc);
	return rc;
}
