/* SPDX-License-Identifier: MIT
 *
 * Dates as git reads them. The form git itself writes ("1700000000 +0100")
 * is parsed here; the many others are left to the git program, which then
 * gives exactly what `git commit` would have stored.
 */
#include "store/commit/identity.h"

#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"

/* Fewer digits could be a year or a date without separators. */
enum {
	MIN_EPOCH_DIGITS = 9,
	MAX_EPOCH_DIGITS = 15
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "+hhmm", less than a day: git gives others a meaning of its own. */
static int parse_zone(int *offset_out, const char *text)
{
	int value = 0;

	if (text[0] != '+' && text[0] != '-')
		return 0;
	for (int i = 1; i <= 4; i++) {
		if (!is_digit(text[i]))
			return 0;
		value = value * 10 + (text[i] - '0');
	}
	if (text[5] || value / 100 >= 24 || value % 100 >= 60)
		return 0;
	value = value / 100 * 60 + value % 100;
	*offset_out = text[0] == '-' ? -value : value;
	return 1;
}

/* "[@]seconds +hhmm"; without the "@" only where it can be nothing else. */
static int parse_raw(int64_t *when_out, int *offset_out, const char *text)
{
	int is_marked = *text == '@';
	int64_t when = 0;
	int digits = 0;

	if (is_marked)
		text++;
	for (; is_digit(*text) && digits < MAX_EPOCH_DIGITS; text++, digits++)
		when = when * 10 + (*text - '0');
	if (digits < (is_marked ? 1 : MIN_EPOCH_DIGITS) || *text != ' ')
		return 0;
	if (!parse_zone(offset_out, text + 1))
		return 0;
	*when_out = when;
	return 1;
}

/* Lets git read the date: `git var` prints an identity that ends in it. */
static int ask_git(int64_t *when_out, int *offset_out, pv_store *store,
		   const char *text, pv_error *err)
{
	static const char *const args[] = { "var", "GIT_AUTHOR_IDENT", NULL };
	pv_git_options opts = { 0 };
	pv_buf out = { 0 };
	pv_buf talk = { 0 };
	pv_buf date = { 0 };
	const char *env[] = { "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x", NULL,
			      NULL };
	const char *end;
	int status = 0;
	int rc;

	pv_buf_printf(&date, "GIT_AUTHOR_DATE=%s", text);
	rc = pv_buf_status(&date, err);
	if (rc < 0)
		goto out;
	env[2] = date.ptr;
	opts.env = env;
	opts.errors = &talk;
	rc = pv_git_run(&out, &status, store, args, &opts, err);
	if (rc < 0)
		goto out;
	while (out.len && out.ptr[out.len - 1] == '\n')
		pv_buf_truncate(&out, out.len - 1);
	end = out.ptr ? strchr(out.ptr, '>') : NULL;
	if (status || !end || !end[1] ||
	    !parse_raw(when_out, offset_out, end + 2))
		rc = pv_fail(err, PV_EINVALID,
			     "\"%s\" is not a date that git understands", text);
out:
	pv_buf_dispose(&out);
	pv_buf_dispose(&talk);
	pv_buf_dispose(&date);
	return rc;
}

/*
 * Words: `git config --type=expiry-date` is the one command that reads them
 * and still refuses what means nothing.
 */
static int ask_git_loosely(pv_buf *marked, pv_store *store, const char *text,
			   pv_error *err)
{
	const char *args[] = { "-c",      NULL, "config", "--type=expiry-date",
			       "pv.date", NULL };
	pv_git_options opts = { 0 };
	pv_buf assignment = { 0 };
	pv_buf talk = { 0 };
	int status = 0;
	int rc;

	pv_buf_printf(&assignment, "pv.date=%s", text);
	rc = pv_buf_status(&assignment, err);
	if (rc < 0)
		goto out;
	args[1] = assignment.ptr;
	opts.errors = &talk;
	pv_buf_putc(marked, '@');
	rc = pv_git_run(marked, &status, store, args, &opts, err);
	if (rc == PV_OK && status)
		rc = pv_fail(err, PV_EINVALID,
			     "\"%s\" is not a date that git understands", text);
	while (marked->len && marked->ptr[marked->len - 1] == '\n')
		pv_buf_truncate(marked, marked->len - 1);
out:
	pv_buf_dispose(&assignment);
	pv_buf_dispose(&talk);
	return rc;
}

int pv_date_parse(int64_t *when_out, int *offset_out, pv_store *store,
		  const char *text, int is_loose, pv_error *err)
{
	pv_buf marked = { 0 };
	int rc;

	if (parse_raw(when_out, offset_out, text))
		return PV_OK;
	rc = ask_git(when_out, offset_out, store, text, err);
	if (rc != PV_EINVALID || !is_loose)
		return rc;
	rc = ask_git_loosely(&marked, store, text, err);
	if (rc == PV_OK)
		rc = ask_git(when_out, offset_out, store, pv_buf_text(&marked),
			     err);
	pv_buf_dispose(&marked);
	return rc;
}
