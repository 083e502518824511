/* SPDX-License-Identifier: MIT
 *
 * Strings from pieces. A string longer than the limit is refused before it is
 * copied; appends beyond the scratch buffer's own maximum fail in it and are
 * reported by finish.
 */
#include "jinja/value/build.h"

#include "jinja/value/unicode.h"

int pv_jinja_copy_text(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len, int flags)
{
	char *copy;
	int rc;

	if (len > run->limits.text)
		return pv_jinja_limit(run, run->limits.text,
				      "bytes of one string");
	rc = pv_jinja_alloc(&copy, run, len);
	if (rc < 0)
		return rc;
	if (len)
		memcpy(copy, text, len);
	if (!(flags & PV_JINJA_ASCII) && pv_jinja_is_ascii(copy, len))
		flags |= PV_JINJA_ASCII;
	*out = pv_jinja_str(copy, len, flags);
	return PV_OK;
}

int pv_jinja_finish(pv_jinja_value *out, pv_jinja_run *run, size_t mark, int flags)
{
	size_t len = run->scratch.len - mark;
	int rc;

	if (run->scratch.status == PV_ELIMIT)
		return pv_jinja_limit(run, run->limits.text,
				      "bytes of one string");
	if (run->scratch.status)
		return pv_buf_status(&run->scratch, run->err);
	rc = pv_jinja_spend(run, len / 64);
	if (rc < 0)
		return rc;
	rc = pv_jinja_copy_text(out, run, pv_buf_text(&run->scratch) + mark,
				len, flags);
	pv_buf_truncate(&run->scratch, mark);
	return rc;
}

int pv_jinja_expect(pv_jinja_run *run, size_t mark, uint64_t extra)
{
	size_t len = run->scratch.len - mark;

	if (extra > run->limits.text || len > run->limits.text - extra)
		return pv_jinja_limit(run, run->limits.text,
				      "bytes of one string");
	return pv_jinja_spend(run, extra / 64);
}

int pv_jinja_pad(pv_jinja_run *run, char byte, uint64_t count)
{
	int rc = pv_jinja_expect(run, 0, count);

	if (rc < 0)
		return rc;
	pv_buf_reserve(&run->scratch, count);
	if (!run->scratch.status && count) {
		memset(run->scratch.ptr + run->scratch.len, byte, count);
		run->scratch.len += count;
		run->scratch.ptr[run->scratch.len] = '\0';
	}
	return PV_OK;
}

void pv_jinja_put_char(pv_buf *out, uint32_t code_point)
{
	char bytes[4];

	pv_buf_put(out, bytes, pv_jinja_encode(bytes, code_point));
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\'':
		return "&#39;";
	case '"':
		return "&#34;";
	default:
		return NULL;
	}
}

void pv_jinja_put_escaped(pv_buf *out, const char *text, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i < len; i++) {
		const char *entity;

		if (text[i] > '>')
			continue;
		entity = entity_of(text[i]);
		if (!entity)
			continue;
		pv_buf_put(out, text + start, i - start);
		pv_buf_puts(out, entity);
		start = i + 1;
	}
	pv_buf_put(out, text + start, len - start);
}
