/* SPDX-License-Identifier: MIT
 *
 * What the caller of the engine is told: the exception, its place, and the
 * line of the template with a caret below the column.
 */
#include "jinja/run/failure.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
	MAX_EXCERPT = 160 /* bytes of the line that are shown */
};

void pv_jinja_failure_dispose(pv_jinja_failure *failure)
{
	pv_free(failure->message);
	pv_free(failure->template_name);
	pv_free(failure->excerpt);
	memset(failure, 0, sizeof(*failure));
}

/* The line with this number. */
static pv_str find_line(pv_str source, int line)
{
	pv_str found = source;
	const char *newline;

	for (; line > 1 && found.len > 0; line--) {
		newline = memchr(found.ptr, '\n', found.len);
		if (!newline)
			break;
		found.len -= (size_t)(newline + 1 - found.ptr);
		found.ptr = newline + 1;
	}
	newline = found.len > 0 ? memchr(found.ptr, '\n', found.len) : NULL;
	if (newline)
		found.len = (size_t)(newline - found.ptr);
	return found;
}

/* The line, and a caret; tabs stay tabs, so that it stands below. */
static char *make_excerpt(pv_str text, int column)
{
	pv_buf buf = { 0 };
	size_t at = 0;

	if (text.len > MAX_EXCERPT)
		return NULL;
	pv_buf_put(&buf, text.ptr, text.len);
	pv_buf_putc(&buf, '\n');
	for (int i = 1; i < column && at < text.len; i++) {
		size_t len = 1;
		int32_t c = pv_utf8_decode(text.ptr + at, text.len - at, &len);
		int width = c < 0 ? 1 : pv_utf8_width((uint32_t)c);

		if (c == '\t')
			pv_buf_putc(&buf, '\t');
		for (; c != '\t' && width > 0; width--)
			pv_buf_putc(&buf, ' ');
		at += len;
	}
	pv_buf_putc(&buf, '^');
	return buf.ptr;
}

static void set_place(pv_jinja_failure *failure, const pv_jinja_place *place)
{
	pv_str line;
	size_t offset;

	failure->line = place->line;
	if (place->line <= 0)
		return;
	line = find_line(place->source, place->line);
	offset = (size_t)(line.ptr - place->source.ptr);
	failure->column = place->column > 0 ? place->column : 1;
	if (!place->column && place->pos >= offset &&
	    place->pos - offset <= line.len)
		failure->column =
			1 + (int)pv_utf8_count(line.ptr, place->pos - offset);
	failure->excerpt = make_excerpt(line, failure->column);
}

enum pv_jinja_error pv_jinja_error_find(const char *name)
{
	int error = 0;

	while (error + 1 < PV_JINJA_ERROR_COUNT &&
	       strcmp(pv_jinja_error_name(error), name) != 0)
		error++;
	return (enum pv_jinja_error)error;
}

static int is_refusal(const pv_jinja_run *run)
{
	return run->raised.error == PV_JINJA_TEMPLATE_SYNTAX_ERROR ||
	       run->raised.error == PV_JINJA_TEMPLATE_ASSERTION_ERROR ||
	       run->raised.error == PV_JINJA_SYNTAX_ERROR;
}

int pv_jinja_failure_set(pv_jinja_failure *failure, const pv_jinja_run *run,
			 int rc, const pv_jinja_place *place, pv_error *err)
{
	pv_jinja_failure own = { 0 };
	pv_jinja_failure *to = failure ? failure : &own;
	const char *message = "";

	if (rc == PV_ERENDER && is_refusal(run))
		rc = PV_ESYNTAX;
	to->error = "";
	if (rc == PV_ERENDER || rc == PV_ESYNTAX) {
		to->error = pv_jinja_error_name(run->raised.error);
		message = run->raised.message ? run->raised.message : "";
	} else if (run->err) {
		to->error = rc == PV_ELIMIT ? "LimitError" : "";
		message = run->err->message;
	}
	if (message[0] || rc == PV_ERENDER)
		to->message = pv_strdup(message);
	if (place->template_name)
		to->template_name = pv_strdup(place->template_name);
	set_place(to, place);
	if (rc == PV_ERENDER || rc == PV_ESYNTAX)
		pv_fail_id(err, rc == PV_ESYNTAX ? PV_ERR_SYNTAX : PV_ERR_RENDER,
			   "%s: %s", to->error, message);
	else if (err && run->err)
		*err = *run->err;
	pv_error_at(err, rc, place->template_name ? place->template_name : "",
		    to->line, to->column);
	pv_jinja_failure_dispose(&own);
	return rc;
}

int pv_jinja_tell_failed(const pv_jinja_misses *misses, pv_jinja_run *run,
			 int rc, const pv_jinja_place *place)
{
	pv_jinja_failure failure = { 0 };

	if (!misses || !misses->failed || rc != PV_ERENDER ||
	    run->raised.error != PV_JINJA_UNDEFINED_ERROR)
		return rc;
	(void)pv_jinja_failure_set(&failure, run, rc, place, NULL);
	(void)pv_jinja_catch(run, rc, PV_JINJA_UNDEFINED_ERROR);
	rc = misses->failed(&failure, misses->payload);
	pv_jinja_failure_dispose(&failure);
	return rc;
}
