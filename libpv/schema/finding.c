/* SPDX-License-Identifier: MIT
 *
 * What is wrong, in words, with the places of value and keyword.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"
#include "schema/compile.h"
#include "schema/pointer.h"
#include "schema/validate.h"

enum {
	SHOWN = 80 /* bytes of a value in a message */
};

/* --- showing values ---------------------------------------------------------------- */

static int is_word(pv_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!pv_is_letter(text.ptr[i]) && !pv_is_digit(text.ptr[i]) &&
		    !strchr("_-.", text.ptr[i]))
			return 0;
	return text.len > 0;
}

/* At most SHOWN bytes, not in the middle of a character. */
static void show_string(pv_buf *out, pv_str text)
{
	size_t len = text.len;

	if (len > SHOWN)
		for (len = SHOWN; len && (text.ptr[len] & 0xC0) == 0x80;)
			len--;
	if (!is_word(text))
		pv_buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		int is_control = (unsigned char)text.ptr[i] < ' ';

		pv_buf_put(out, is_control ? " " : text.ptr + i, 1);
	}
	if (len < text.len)
		pv_buf_puts(out, "...");
	if (!is_word(text))
		pv_buf_putc(out, '"');
}

void pv_value_show(pv_buf *out, const pv_value *value)
{
	if (pv_value_put_plain(out, value, SHOWN))
		return;
	if (value->kind == PV_VALUE_STRING)
		show_string(out, pv_value_str(value));
	else if (value->kind == PV_VALUE_ARRAY)
		pv_buf_puts(out, value->count ? "[...]" : "[]");
	else
		pv_buf_puts(out, value->count ? "{...}" : "{}");
}

/* --- showing places ---------------------------------------------------------------- */

static void put_pointer(pv_buf *out, const pv_at *at)
{
	if (!at)
		return;
	put_pointer(out, at->up);
	if (at->is_missing)
		return;
	if (at->key.ptr)
		pv_pointer_put(out, at->key);
	else
		pv_buf_printf(out, "/%zu", at->index);
}

/* "a.b[0]": as one would write it in a program. */
static void put_name(pv_buf *out, const pv_at *at)
{
	if (at->up)
		put_name(out, at->up);
	if (!at->key.ptr) {
		pv_buf_printf(out, "[%zu]", at->index);
		return;
	}
	if (at->up)
		pv_buf_putc(out, '.');
	pv_buf_put(out, at->key.ptr, at->key.len);
}

/* --- collecting -------------------------------------------------------------------- */

size_t pv_findings(const pv_run *run)
{
	return run->result ? run->result->count : 0;
}

void pv_findings_drop(pv_run *run, size_t from, size_t to)
{
	pv_schema_result *result = run->result;

	if (!result || from >= to)
		return;
	memmove(result->items + from, result->items + to,
		(result->count - to) * sizeof(*result->items));
	result->count -= to - from;
}

/* A copy of what a buffer has, in the arena of the result. */
static const char *keep(pv_run *run, pv_buf *text)
{
	const char *kept = NULL;

	if (run->rc == PV_OK)
		run->rc = pv_buf_status(text, run->err);
	if (run->rc == PV_OK)
		kept = pv_arena_dup(&run->result->arena, pv_buf_text(text),
				    text->len);
	if (run->rc == PV_OK && !kept)
		run->rc = pv_fail_nomem(run->err);
	pv_buf_clear(text);
	return kept;
}

/* Whether another finding is wanted. */
static int is_collecting(const pv_run *run)
{
	return run->result && run->rc == PV_OK &&
	       run->result->count < PV_SCHEMA_MAX_FINDINGS;
}

static void add(pv_run *run, const pv_node *node, const char *keyword,
		const pv_at *at, const char *words, const char *more)
{
	pv_schema_result *result = run->result;
	pv_schema_finding finding = { .keyword = keyword ? keyword : "false" };
	pv_buf text = { 0 };

	if (at) {
		pv_buf_putc(&text, '`');
		put_name(&text, at);
		pv_buf_puts(&text, "` ");
	} else {
		pv_buf_puts(&text, "the value ");
	}
	pv_buf_puts(&text, words);
	pv_buf_puts(&text, more);
	finding.message = keep(run, &text);
	put_pointer(&text, at);
	finding.instance_path = keep(run, &text);
	pv_node_path(&text, node, keyword);
	finding.schema_path = keep(run, &text);
	pv_buf_dispose(&text);
	if (run->rc == PV_OK &&
	    pv_array_reserve(&result->items, &result->cap, result->count + 1,
			     sizeof(finding)) < 0)
		run->rc = pv_fail_nomem(run->err);
	if (run->rc == PV_OK)
		result->items[result->count++] = finding;
}

int pv_wrong(pv_run *run, const pv_node *node, const char *keyword,
	     const pv_at *at, const char *format, ...)
{
	char message[256];
	va_list args;

	if (!is_collecting(run))
		return 0;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	add(run, node, keyword, at, message, "");
	return 0;
}

int pv_wrong_with(pv_run *run, const pv_node *node, const char *keyword,
		  const pv_at *at, const char *words, pv_buf *text)
{
	if (is_collecting(run))
		run->rc = pv_buf_status(text, run->err);
	if (is_collecting(run))
		add(run, node, keyword, at, words, pv_buf_text(text));
	pv_buf_dispose(text);
	return 0;
}
