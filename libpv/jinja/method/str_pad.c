/* SPDX-License-Identifier: MIT
 *
 * Padding: center, ljust, rjust, zfill, expandtabs. Widths are counted in code
 * points and compared with the limits before anything is written.
 */
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"

static int put_fill(pv_jinja_run *run, pv_jinja_value fill, int64_t count)
{
	int rc;

	if (fill.len == 1)
		return pv_jinja_pad(run, fill.u.s[0], (uint64_t)count);
	rc = count > UINT32_MAX
		     ? pv_jinja_expect(run, 0, UINT64_MAX)
		     : pv_jinja_expect(run, 0, (uint64_t)count * fill.len);
	for (; rc >= 0 && count > 0; count--)
		pv_buf_put(&run->scratch, fill.u.s, fill.len);
	return rc;
}

static int surround(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text,
		    pv_jinja_value fill, const int64_t sides[2])
{
	size_t mark = pv_jinja_begin(run);
	int rc = put_fill(run, fill, sides[0]);

	if (rc >= 0) {
		pv_buf_put(&run->scratch, text.u.s, text.len);
		rc = put_fill(run, fill, sides[1]);
	}
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					text.flags & PV_JINJA_MARKUP);
}

static int read_fill(pv_jinja_value *out, const pv_jinja_call *call)
{
	int64_t len;
	int rc;

	*out = pv_jinja_text(" ");
	if (pv_jinja_is_missing(call->args[1]))
		return PV_OK;
	*out = call->args[1];
	if (pv_jinja_is_markup(call->self)) {
		rc = pv_jinja_escape(out, call->run, *out);
		if (rc < 0)
			return rc;
	}
	rc = pv_jinja_need_str(call->run, *out,
			       "The fill character must be a unicode character");
	if (rc >= 0)
		rc = pv_jinja_len(&len, call->run, *out);
	if (rc >= 0 && len != 1)
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "The fill character must be exactly one "
				      "character long");
	return rc;
}

/* How much is missing to the width in args[0]; not negative. */
static int read_gap(int64_t *out, int64_t *width, const pv_jinja_call *call)
{
	int64_t len;
	int rc = pv_jinja_int_arg(width, call, 0, 0);

	if (rc >= 0)
		rc = pv_jinja_len(&len, call->run, call->self);
	if (rc >= 0)
		*out = *width > len ? *width - len : 0;
	return rc;
}

static int64_t left_of_center(int64_t gap, int64_t width)
{
	return gap / 2 + (gap & width & 1);
}

static int justify(pv_jinja_value *out, const pv_jinja_call *call, char side)
{
	pv_jinja_value fill;
	int64_t gap;
	int64_t width;
	int64_t sides[2] = { 0, 0 };
	int rc = read_gap(&gap, &width, call);

	if (rc >= 0)
		rc = read_fill(&fill, call);
	if (rc < 0)
		return rc;
	if (side == 'r')
		sides[0] = gap;
	if (side == 'c')
		sides[0] = left_of_center(gap, width);
	sides[1] = gap - sides[0];
	return surround(out, call->run, call->self, fill, sides);
}

int pv_jinja_str_center(pv_jinja_value *out, pv_jinja_call *call)
{
	return justify(out, call, 'c');
}

int pv_jinja_str_ljust(pv_jinja_value *out, pv_jinja_call *call)
{
	return justify(out, call, 'l');
}

int pv_jinja_str_rjust(pv_jinja_value *out, pv_jinja_call *call)
{
	return justify(out, call, 'r');
}

int pv_jinja_center_text(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value text, int64_t width)
{
	int64_t len;
	int64_t gap;
	int64_t sides[2];
	int rc = pv_jinja_len(&len, run, text);

	if (rc < 0)
		return rc;
	gap = width > len ? width - len : 0;
	sides[0] = left_of_center(gap, width);
	sides[1] = gap - sides[0];
	return surround(out, run, text, pv_jinja_text(" "), sides);
}

int pv_jinja_str_zfill(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	size_t mark = pv_jinja_begin(call->run);
	size_t sign = text.len && (text.u.s[0] == '+' || text.u.s[0] == '-');
	int64_t gap;
	int64_t width;
	int rc = read_gap(&gap, &width, call);

	if (rc < 0)
		return rc;
	pv_buf_put(&call->run->scratch, text.u.s, sign);
	rc = pv_jinja_pad(call->run, '0', (uint64_t)gap);
	pv_buf_put(&call->run->scratch, text.u.s + sign, text.len - sign);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, call->run, mark,
					text.flags & PV_JINJA_MARKUP);
}

int pv_jinja_str_expandtabs(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	pv_buf *scratch = &call->run->scratch;
	size_t mark = pv_jinja_begin(call->run);
	int64_t column = 0;
	int64_t tab;
	int rc = pv_jinja_int_arg(&tab, call, 0, 8);

	if (rc >= 0 && (tab > INT32_MAX || tab < INT32_MIN))
		return pv_jinja_raise(call->run, PV_JINJA_OVERFLOW_ERROR,
				      "Python int too large to convert to C int");
	for (size_t i = 0; i < text.len && rc >= 0; i++) {
		const char c = text.u.s[i];

		if (c == '\t') {
			int64_t gap = tab > 0 ? tab - column % tab : 0;

			rc = pv_jinja_pad(call->run, ' ', (uint64_t)gap);
			column += gap;
			continue;
		}
		pv_buf_putc(scratch, c);
		column += ((unsigned char)c & 0xC0) != 0x80;
		if (c == '\n' || c == '\r')
			column = 0;
	}
	return rc < 0 ? rc
		      : pv_jinja_finish(out, call->run, mark,
					text.flags & PV_JINJA_MARKUP);
}
