/* SPDX-License-Identifier: MIT
 *
 * Byte order marks, line ends and open last lines.
 */
#include "merge/form.h"

#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum {
	MARK_LEN = 3
};

static void count_ends(pv_form *form, pv_str text)
{
	size_t crlf = 0;
	size_t lf = 0;

	/* Nearly all files have none. */
	if (text.len == 0 || !memchr(text.ptr, '\r', text.len))
		return;
	for (size_t i = 0; i < text.len; i++) {
		int is_end = text.ptr[i] == '\n';

		if (text.ptr[i] == '\r' &&
		    (i + 1 == text.len || text.ptr[i + 1] != '\n'))
			form->is_mixed = 1;
		crlf += is_end && i > 0 && text.ptr[i - 1] == '\r';
		lf += is_end && (i == 0 || text.ptr[i - 1] != '\r');
	}
	form->is_crlf = crlf > 0;
	form->is_mixed |= crlf > 0 && lf > 0;
}

static size_t drop_returns(char *to, pv_str text)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r')
			to[len++] = text.ptr[i];
	return len;
}

int pv_form_take(pv_form *form, pv_str *plain, pv_arena *arena, pv_str text,
		 pv_error *err)
{
	char *copy;

	memset(form, 0, sizeof(*form));
	form->has_mark = text.len >= MARK_LEN &&
			 !memcmp(text.ptr, byte_order_mark, MARK_LEN);
	if (form->has_mark) {
		text.ptr += MARK_LEN;
		text.len -= MARK_LEN;
	}
	form->is_no_text = pv_utf8_valid(text.ptr, text.len) != text.len;
	form->is_open = text.len > 0 && text.ptr[text.len - 1] != '\n';
	count_ends(form, text);
	*plain = text;
	if (form->is_mixed || (!form->is_crlf && !form->is_open))
		return PV_OK;
	copy = pv_arena_alloc(arena, text.len + 2);
	if (!copy)
		return pv_fail_nomem(err);
	plain->ptr = copy;
	plain->len = drop_returns(copy, text);
	if (form->is_open)
		copy[plain->len++] = '\n';
	copy[plain->len] = '\0';
	return PV_OK;
}

static int merge_trait(int base, int ours, int theirs)
{
	return ours == base ? theirs : ours;
}

pv_form pv_form_merge(const pv_form forms[PV_SIDES])
{
	const pv_form *base = &forms[PV_BASE];
	const pv_form *ours = &forms[PV_OURS];
	const pv_form *theirs = &forms[PV_THEIRS];
	pv_form merged = { 0 };

	merged.has_mark =
		merge_trait(base->has_mark, ours->has_mark, theirs->has_mark);
	merged.is_crlf =
		merge_trait(base->is_crlf, ours->is_crlf, theirs->is_crlf);
	merged.is_open =
		merge_trait(base->is_open, ours->is_open, theirs->is_open);
	return merged;
}

void pv_form_put(pv_buf *out, const pv_form *form, pv_str plain)
{
	if (form->is_open && plain.len > 0 && plain.ptr[plain.len - 1] == '\n')
		plain.len--;
	if (form->has_mark)
		pv_buf_put(out, byte_order_mark, MARK_LEN);
	/* Those of both kinds were left as they are. */
	if (!form->is_crlf || form->is_mixed) {
		pv_buf_put(out, plain.ptr, plain.len);
		return;
	}
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.ptr[i] == '\n')
			pv_buf_putc(out, '\r');
		pv_buf_putc(out, plain.ptr[i]);
	}
}
