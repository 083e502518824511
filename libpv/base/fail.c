/* SPDX-License-Identifier: MIT
 *
 * The error table of pv/error.h and the functions that write errors. The
 * table is the single place that ties an id to its code, its name, the exit
 * status of the command line and the HTTP status of the server.
 */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	NEGATIVE_ANSWER = 1,
	FATAL = 128,
	USAGE = 129,
	INTERRUPTED = 130
};

static const pv_error_row table[PV_ERR_COUNT] = {
	[PV_ERR_INTERNAL] = { "internal", PV_ENOMEM, FATAL, 500 },
	[PV_ERR_INVALID] = { "invalid", PV_EINVALID, FATAL, 400 },
	[PV_ERR_USAGE] = { "usage", PV_EINVALID, USAGE, 400 },
	/* The published table has no name for what is not a prompt or so. */
	[PV_ERR_NOT_FOUND] = { "invalid", PV_ENOTFOUND, FATAL, 404 },
	[PV_ERR_PROMPT_NOT_FOUND] = { "prompt-not-found", PV_ENOTFOUND, FATAL,
				      404 },
	[PV_ERR_VERSION_NOT_FOUND] = { "version-not-found", PV_ENOTFOUND, FATAL,
				       404 },
	[PV_ERR_EXPERIMENT_NOT_FOUND] = { "experiment-not-found", PV_ENOTFOUND,
					  FATAL, 404 },
	[PV_ERR_ENVIRONMENT_NOT_FOUND] = { "environment-not-found",
					   PV_ENOTFOUND, FATAL, 404 },
	[PV_ERR_REVIEW_NOT_FOUND] = { "review-not-found", PV_ENOTFOUND, FATAL,
				      404 },
	[PV_ERR_NOT_A_REPOSITORY] = { "not-a-repository", PV_ENOTFOUND, FATAL,
				      404 },
	[PV_ERR_AMBIGUOUS] = { "ambiguous", PV_EAMBIGUOUS, FATAL, 409 },
	[PV_ERR_EXISTS] = { "exists", PV_EEXISTS, FATAL, 409 },
	[PV_ERR_SYNTAX] = { "syntax", PV_ESYNTAX, FATAL, 422 },
	[PV_ERR_RENDER] = { "render", PV_ERENDER, FATAL, 422 },
	[PV_ERR_MISSING_VARIABLE] = { "missing-variable", PV_ERENDER,
				      NEGATIVE_ANSWER, 422 },
	[PV_ERR_VALIDATION] = { "validation", PV_ESCHEMA, NEGATIVE_ANSWER, 422 },
	[PV_ERR_SCHEMA] = { "schema", PV_ESCHEMA, NEGATIVE_ANSWER, 422 },
	[PV_ERR_CONFLICT] = { "conflict", PV_ECONFLICT, NEGATIVE_ANSWER, 409 },
	[PV_ERR_POLICY] = { "policy", PV_EPOLICY, NEGATIVE_ANSWER, 403 },
	[PV_ERR_LOCKED] = { "locked", PV_ELOCKED, FATAL, 423 },
	[PV_ERR_LIMIT] = { "limit", PV_ELIMIT, FATAL, 413 },
	[PV_ERR_IO] = { "io", PV_EIO, FATAL, 500 },
	[PV_ERR_GIT] = { "git", PV_EGIT, FATAL, 500 },
	[PV_ERR_DB] = { "db", PV_EDB, FATAL, 500 },
	[PV_ERR_NET] = { "net", PV_ENET, FATAL, 502 },
	[PV_ERR_AUTH] = { "auth", PV_EAUTH, FATAL, 401 },
	[PV_ERR_CANCELED] = { "canceled", PV_ECANCELED, INTERRUPTED, 499 },
	[PV_ERR_UNSUPPORTED] = { "unsupported", PV_EUNSUPPORTED, FATAL, 501 },
};

/* The row a plain code stands for; the others share a code with one of these.
 */
static const unsigned char default_ids[] = {
	[-PV_OK] = PV_ERR_INTERNAL,
	[-PV_ENOMEM] = PV_ERR_INTERNAL,
	[-PV_EINVALID] = PV_ERR_INVALID,
	[-PV_ENOTFOUND] = PV_ERR_NOT_FOUND,
	[-PV_EEXISTS] = PV_ERR_EXISTS,
	[-PV_EAMBIGUOUS] = PV_ERR_AMBIGUOUS,
	[-PV_ECONFLICT] = PV_ERR_CONFLICT,
	[-PV_ESYNTAX] = PV_ERR_SYNTAX,
	[-PV_ESCHEMA] = PV_ERR_SCHEMA,
	[-PV_ERENDER] = PV_ERR_RENDER,
	[-PV_EIO] = PV_ERR_IO,
	[-PV_EGIT] = PV_ERR_GIT,
	[-PV_EDB] = PV_ERR_DB,
	[-PV_ENET] = PV_ERR_NET,
	[-PV_EAUTH] = PV_ERR_AUTH,
	[-PV_ELIMIT] = PV_ERR_LIMIT,
	[-PV_ECANCELED] = PV_ERR_CANCELED,
	[-PV_EPOLICY] = PV_ERR_POLICY,
	[-PV_ELOCKED] = PV_ERR_LOCKED,
	[-PV_EUNSUPPORTED] = PV_ERR_UNSUPPORTED,
};

const pv_error_row *pv_error_table(int id)
{
	if (id < 0 || id >= PV_ERR_COUNT)
		id = PV_ERR_INTERNAL;
	return &table[id];
}

void pv_error_clear(pv_error *err)
{
	if (err)
		memset(err, 0, sizeof(*err));
}

/* Cuts before a UTF-8 sequence that snprintf left incomplete. */
static void trim_to_character(char *text)
{
	size_t len = strlen(text);
	size_t start = len;
	unsigned char lead;
	size_t need;

	while (start && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (!start)
		return;
	lead = (unsigned char)text[start - 1];
	need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (len - (start - 1) < need)
		text[start - 1] = '\0';
}

/* Messages are one line: what came from outside must not break it. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			*text = ' ';
}

static void write_text(char *out, size_t size, const char *format, va_list args)
	PV_PRINTF(3, 0);

static void write_text(char *out, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(out, size, format, args);

	if (len >= 0 && (size_t)len >= size)
		trim_to_character(out);
	flatten(out);
}

static void write_error(pv_error *err, enum pv_error_id id, int code,
			const char *format, va_list args) PV_PRINTF(4, 0);

static void write_error(pv_error *err, enum pv_error_id id, int code,
			const char *format, va_list args)
{
	if (!err)
		return;
	pv_error_clear(err);
	err->code = code;
	err->id = (int)id;
	write_text(err->message, sizeof(err->message), format, args);
}

int pv_fail(pv_error *err, enum pv_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_error(err, default_ids[-code], code, format, args);
	va_end(args);
	return code;
}

int pv_fail_id(pv_error *err, enum pv_error_id id, const char *format, ...)
{
	int code = table[id].code;
	va_list args;

	va_start(args, format);
	write_error(err, id, code, format, args);
	va_end(args);
	return code;
}

int pv_fail_nomem(pv_error *err)
{
	pv_fail(err, PV_ENOMEM, "out of memory");
	return pv_error_hint(err, PV_ENOMEM,
			     "free some memory, or raise the limit, and try again");
}

int pv_fail_errno(pv_error *err, int errnum, const char *doing, const char *path)
{
	char cause[128];
	int code = errnum == ENOENT ? PV_ENOTFOUND : PV_EIO;

	if (errnum == ENOMEM)
		return pv_fail_nomem(err);
	if (strerror_r(errnum, cause, sizeof(cause)))
		snprintf(cause, sizeof(cause), "error %d", errnum);
	pv_fail(err, code, "cannot %s \"%s\": %s", doing, path, cause);
	if (err)
		err->id = PV_ERR_IO;
	return code;
}

int pv_error_hint(pv_error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	write_text(err->hint, sizeof(err->hint), format, args);
	va_end(args);
	return code;
}

int pv_error_at(pv_error *err, int code, const char *source, int line, int column)
{
	size_t len;

	if (!err)
		return code;
	len = strlen(source);
	if (len >= sizeof(err->source))
		len = sizeof(err->source) - 1;
	memcpy(err->source, source, len);
	err->source[len] = '\0';
	trim_to_character(err->source);
	flatten(err->source);
	err->line = line;
	err->column = column;
	return code;
}
