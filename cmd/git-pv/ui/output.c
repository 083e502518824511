/* SPDX-License-Identifier: MIT
 *
 * Standard output and standard error. Data gathers in `cli->out` and is
 * written in large pieces; with --json it stays there until the command has
 * succeeded, so that there is one document even when it fails. Text of users
 * is disarmed here before a terminal sees it.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/utf8.h"

/* How much gathers before it is written. */
enum {
	CHUNK = 64 << 10
};

/* Writes everything, or remembers that it cannot be done. */
static int write_all(pv_cli *cli)
{
	pv_error cause;
	size_t done = 0;

	if (cli->out.len)
		cli_pager_start(cli);
	while (done < cli->out.len && !cli->write_errno) {
		ssize_t n = write(STDOUT_FILENO, cli->out.ptr + done,
				  cli->out.len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			cli->write_errno = errno;
	}
	pv_buf_clear(&cli->out);
	if (!cli->write_errno)
		return PV_OK;
	/* Whoever quits a pager has seen enough; that is no failure. */
	if (cli->write_errno == EPIPE && cli->pager_pid)
		return PV_OK;
	pv_fail_errno(&cause, cli->write_errno, "write", "standard output");
	return pv_fail(&cli->err, PV_EIO, "write error: %s", cause.message);
}

int cli_flush(pv_cli *cli)
{
	return cli->json ? PV_OK : write_all(cli);
}

int cli_finish(pv_cli *cli)
{
	int rc;

	if (cli->json && cli->out.len)
		pv_buf_putc(&cli->out, '\n');
	rc = pv_buf_status(&cli->out, &cli->err);
	if (rc == PV_OK)
		rc = write_all(cli);
	cli_pager_finish(cli);
	return rc;
}

/* A failed write is found again by cli_finish. */
static void stream(pv_cli *cli)
{
	if (cli->out.len >= CHUNK && !cli->json)
		write_all(cli);
}

void cli_puts(pv_cli *cli, const char *text)
{
	pv_buf_puts(&cli->out, text);
	stream(cli);
}

static void put_formatted(pv_buf *out, const char *format, va_list args)
{
	char small[512];
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(small, sizeof(small), format, args);
	if (len >= 0 && (size_t)len < sizeof(small)) {
		pv_buf_put(out, small, (size_t)len);
	} else if (len > 0) {
		pv_buf_reserve(out, (size_t)len + 1);
		if (out->status == PV_OK) {
			vsnprintf(out->ptr + out->len, (size_t)len + 1, format,
				  again);
			out->len += (size_t)len;
		}
	}
	va_end(again);
}

void cli_printf(pv_cli *cli, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_formatted(&cli->out, format, args);
	va_end(args);
	stream(cli);
}

/* What makes a terminal show text in another order than it is in. */
static int is_bidi_control(int32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/*
 * Control characters of ASCII and Latin-1, and of writing direction; -1 stands
 * for a bad byte.
 */
static int is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || is_bidi_control(c);
}

static void put_control(pv_buf *out, unsigned char c)
{
	if (c < 0x20)
		pv_buf_printf(out, "^%c", c + 0x40);
	else if (c == 0x7f)
		pv_buf_puts(out, "^?");
	else
		pv_buf_printf(out, "\\x%02x", (unsigned)c);
}

void cli_escape(pv_buf *out, const char *text, size_t len, const char *keep)
{
	size_t start = 0;
	size_t at = 0;

	while (at < len) {
		size_t size;
		int32_t c = pv_utf8_decode(text + at, len - at, &size);

		if (!is_control(c) || (c > 0 && c < 0x20 && strchr(keep, c))) {
			at += size;
			continue;
		}
		pv_buf_put(out, text + start, at - start);
		for (size_t i = 0; i < size; i++)
			put_control(out, (unsigned char)text[at + i]);
		at += size;
		start = at;
	}
	pv_buf_put(out, text + start, len - start);
}

void cli_text(pv_cli *cli, const char *text, size_t len)
{
	if (cli->is_tty || cli->color)
		cli_escape(&cli->out, text, len, "\n\t");
	else
		pv_buf_put(&cli->out, text, len);
	stream(cli);
}

void cli_line(pv_cli *cli, const char *text)
{
	if (cli->is_tty || cli->color)
		cli_escape(&cli->out, text, strlen(text), "\t");
	else
		pv_buf_puts(&cli->out, text);
	stream(cli);
}

/* What can be said without memory: the beginning, in ASCII. */
static void talk_small(const char *prefix, const char *format, va_list args)
	PV_PRINTF(2, 0);

static void talk_small(const char *prefix, const char *format, va_list args)
{
	char small[512];

	if (vsnprintf(small, sizeof(small), format, args) < 0)
		return;
	for (char *c = small; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	fprintf(stderr, "%s%s\n", prefix, small);
}

/* One line of talk, whole, so that lines of several programs do not mix. */
static void talk(const char *prefix, const char *format, va_list args)
{
	pv_buf text = { 0 };
	pv_buf safe = { 0 };
	va_list again;

	va_copy(again, args);
	put_formatted(&text, format, args);
	pv_buf_puts(&safe, prefix);
	cli_escape(&safe, pv_buf_text(&text), text.len, "\n\t");
	pv_buf_putc(&safe, '\n');
	if (text.status || safe.status)
		talk_small(prefix, format, again);
	else
		fputs(pv_buf_text(&safe), stderr);
	va_end(again);
	pv_buf_dispose(&text);
	pv_buf_dispose(&safe);
}

static void talkf(const char *prefix, const char *format, ...) PV_PRINTF(2, 3);

static void talkf(const char *prefix, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	talk(prefix, format, args);
	va_end(args);
}

void cli_made(pv_cli *cli, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(cli->made, sizeof(cli->made), format, args);
	va_end(args);
}

int cli_made_fail(pv_cli *cli, int rc, const pv_oid *commit)
{
	if (rc >= 0 || !commit->hex[0] || strstr(cli->err.hint, "is made"))
		return rc;
	cli_made(cli, "the commit %.7s is made all the same", commit->hex);
	return pv_error_hint(&cli->err, rc, "%s", cli->made);
}

void cli_note(pv_cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	/* On a terminal both streams meet: keep what was said in order. */
	if (!(cli->command->needs & CLI_PAGER))
		cli_flush(cli);
	va_start(args, format);
	talk("", format, args);
	va_end(args);
}

void cli_warn(pv_cli *cli, const char *format, ...)
{
	va_list args;

	(void)cli;
	va_start(args, format);
	talk("warning: ", format, args);
	va_end(args);
}

void cli_hint(pv_cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->quiet)
		return;
	va_start(args, format);
	talk("hint: ", format, args);
	va_end(args);
}

/* A place counts from 1; 0 means nobody knows. */
static void known_int(pv_jsonw *w, const char *key, int value)
{
	pv_jsonw_key(w, key);
	if (value)
		pv_jsonw_int(w, value);
	else
		pv_jsonw_null(w);
}

static void put_finding(pv_jsonw *w, const pv_finding *finding)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "file", finding->file);
	known_int(w, "line", finding->line);
	known_int(w, "column", finding->column);
	pv_jsonw_member(w, "severity", pv_severity_name(finding->severity));
	pv_jsonw_member(w, "rule", finding->rule);
	pv_jsonw_member(w, "message", finding->message);
	pv_jsonw_member(w, "hint", *finding->hint ? finding->hint : NULL);
	pv_jsonw_object_end(w);
}

void cli_findings_json(pv_jsonw *w, const pv_report *report)
{
	size_t count = report ? pv_report_count(report) : 0;

	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		put_finding(w, pv_report_at(report, i));
	pv_jsonw_array_end(w);
}

/*
 * Logs of CI read lines as commands, so one finding must never make another
 * line, whoever reads it.
 */
static void put_safe(pv_cli *cli, const char *text)
{
	cli_escape(&cli->out, text, strlen(text), "\t");
	stream(cli);
}

void cli_finding_text(pv_cli *cli, const pv_finding *finding)
{
	enum cli_color color = finding->severity == PV_SEVERITY_ERROR
				       ? CLI_COLOR_ERROR
				       : CLI_COLOR_WARN;

	put_safe(cli, finding->file);
	if (finding->line)
		cli_printf(cli, ":%d:%d", finding->line, finding->column);
	cli_printf(cli, ": %s%s:%s ", cli_color(cli, color),
		   pv_severity_name(finding->severity),
		   cli_color(cli, CLI_COLOR_RESET));
	put_safe(cli, finding->message);
	cli_printf(cli, " [%s]\n", finding->rule);
	if (!*finding->hint)
		return;
	cli_puts(cli, "  hint: ");
	put_safe(cli, finding->hint);
	cli_puts(cli, "\n");
}

/* "file:3:7: " where the error has a place. */
static void put_place(pv_buf *out, const pv_error *err)
{
	if (!err->source[0])
		return;
	pv_buf_puts(out, err->source);
	if (err->line)
		pv_buf_printf(out, ":%d", err->line);
	if (err->line && err->column)
		pv_buf_printf(out, ":%d", err->column);
	pv_buf_puts(out, ": ");
}

/*
 * What to do about an error whose detector knew no better: every error names
 * a next step.
 */
static const char *hint_of(const pv_cli *cli)
{
	static const char *const hints[PV_ERR_COUNT] = {
		[PV_ERR_INTERNAL] = "please report this",
		[PV_ERR_INVALID] = "see the manual: git pv help",
		[PV_ERR_USAGE] = "add -h for a short help",
		[PV_ERR_NOT_FOUND] = "git pv status shows what there is",
		[PV_ERR_PROMPT_NOT_FOUND] = "git pv list shows the prompts",
		[PV_ERR_VERSION_NOT_FOUND] =
			"see git pv versions ID and git branch -a",
		[PV_ERR_EXPERIMENT_NOT_FOUND] =
			"git pv experiment list shows those there are",
		[PV_ERR_ENVIRONMENT_NOT_FOUND] =
			"git pv env list shows where something is deployed",
		[PV_ERR_REVIEW_NOT_FOUND] = "git pv review list shows them",
		[PV_ERR_NOT_A_REPOSITORY] =
			"git pv init makes one, git -C DIR pv goes to one",
		[PV_ERR_AMBIGUOUS] = "give more of the name",
		[PV_ERR_EXISTS] = "choose another name",
		[PV_ERR_SYNTAX] = "mend the file at that place",
		[PV_ERR_SCHEMA] = "mend the schema at that place",
		[PV_ERR_RENDER] = "git pv check looks for what cannot be rendered",
		[PV_ERR_MISSING_VARIABLE] =
			"set it by --var NAME=VALUE; git pv vars lists all",
		[PV_ERR_VALIDATION] = "git pv check lists what is wrong",
		[PV_ERR_CONFLICT] = "git pv status shows where things stand",
		[PV_ERR_POLICY] = "nothing was changed",
		[PV_ERR_LOCKED] = "wait, or let git pv doctor find old locks",
		[PV_ERR_LIMIT] = "split it into smaller parts",
		[PV_ERR_IO] = "check the path, its permissions and the disk",
		[PV_ERR_CANCELED] = "what was half done has been undone",
		[PV_ERR_DB] = "git pv index verify looks for what is broken",
		[PV_ERR_GIT] = "git pv doctor looks for what is broken",
		[PV_ERR_UNSUPPORTED] = "plain git may be able to do it",
	};
	const char *hint = hints[cli->err.id];

	if (cli->err.hint[0])
		return cli->err.hint;
	return hint ? hint : "git pv doctor looks for what is broken";
}

static void error_text(pv_cli *cli, const pv_error *err)
{
	pv_buf place = { 0 };
	pv_buf whole = { 0 };
	int hints =
		!cli->store || pv_store_config_bool(cli->store, "advice.pv", 1);

	put_place(&place, err);
	/* One line, so that nothing in it looks like a line of ours. */
	pv_buf_put(&whole, pv_buf_text(&cli->message), cli->message.len);
	for (size_t i = 0; i < whole.len; i++)
		if (whole.ptr[i] == '\n')
			whole.ptr[i] = ' ';
	talkf("error: ", "%s%s", pv_buf_text(&place),
	      whole.len ? whole.ptr : err->message);
	if (cli->details.len)
		talkf("", "%.*s", (int)cli->details.len - 1,
		      pv_buf_text(&cli->details));
	if (hints)
		talkf("hint: ", "%s", hint_of(cli));
	pv_buf_dispose(&place);
	pv_buf_dispose(&whole);
}

/* These errors have findings: an error without a report is the only one. */
static void put_findings(pv_jsonw *w, const pv_cli *cli, const pv_error *err,
			 const char *message)
{
	int is_schema = err->id == PV_ERR_SCHEMA;
	const pv_finding only = {
		.severity = PV_SEVERITY_ERROR,
		.rule = is_schema ? "invalid-schema" : "validation",
		.file = err->source,
		.line = err->line,
		.column = err->column,
		.message = message,
		.hint = hint_of(cli),
	};

	if (!cli->report && !is_schema && err->id != PV_ERR_VALIDATION)
		return;
	pv_jsonw_key(w, "findings");
	if (cli->report) {
		cli_findings_json(w, cli->report);
		return;
	}
	pv_jsonw_array(w);
	put_finding(w, &only);
	pv_jsonw_array_end(w);
}

static void error_json(pv_cli *cli, const pv_error *err)
{
	const char *message = cli->message.len ? cli->message.ptr : err->message;
	pv_jsonw w;

	pv_buf_clear(&cli->out);
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "error");
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "code", pv_error_table(err->id)->name);
	pv_jsonw_member(&w, "message", message);
	pv_jsonw_member(&w, "hint", hint_of(cli));
	if (err->source[0])
		pv_jsonw_member(&w, "source", err->source);
	if (err->line) {
		pv_jsonw_key(&w, "line");
		pv_jsonw_int(&w, err->line);
		pv_jsonw_key(&w, "column");
		pv_jsonw_int(&w, err->column);
	}
	put_findings(&w, cli, err, message);
	if (cli->missing.len) {
		pv_jsonw_key(&w, "missing");
		pv_jsonw_raw(&w, pv_buf_text(&cli->missing), cli->missing.len);
	}
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
}

int cli_report_error(pv_cli *cli, int rc)
{
	pv_error *err = &cli->err;

	/* A callback's result that nobody described. */
	if (rc == PV_ENOMEM && err->code != rc)
		pv_fail_nomem(err);
	else if (!err->code)
		pv_fail(err, (enum pv_code)rc, "unexpected result %d", rc);
	if (cli->json)
		error_json(cli, err);
	if (!cli->json || cli->out.status)
		error_text(cli, err);
	return pv_error_table(err->id)->exit_status;
}
