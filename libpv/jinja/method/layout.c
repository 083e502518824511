/* SPDX-License-Identifier: MIT
 *
 * Layout of formatted values in the scratch buffer: what was appended is
 * moved, so that nothing is allocated for pieces.
 */
#include "jinja/method/layout.h"

#include <ctype.h>
#include <math.h>

#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/number.h"
#include "jinja/value/unicode.h"

static int put_fill(pv_jinja_run *run, uint32_t fill, int64_t count)
{
	char bytes[4];
	size_t size = pv_jinja_encode(bytes, fill);
	int rc;

	if (count <= 0)
		return PV_OK;
	if (size == 1)
		return pv_jinja_pad(run, bytes[0], (uint64_t)count);
	rc = pv_jinja_expect(run, 0,
			     count > UINT32_MAX ? UINT64_MAX
						: (uint64_t)count * size);
	for (; rc >= 0 && count > 0; count--)
		pv_buf_put(&run->scratch, bytes, size);
	return rc;
}

/* How much of the gap goes to the left. */
static int64_t left_part(const pv_jinja_layout *layout, int64_t gap)
{
	if (layout->align == '<')
		return 0;
	return layout->align == '^' ? gap / 2 : gap;
}

int pv_jinja_lay_text(pv_jinja_run *run, const char *text, size_t len,
		      const pv_jinja_layout *layout)
{
	int64_t count = (int64_t)pv_jinja_count(text, len);
	int64_t gap;
	int64_t left;
	int rc;

	if (layout->precision >= 0 && layout->precision < count) {
		count = layout->precision;
		len = pv_jinja_offset(text, len, (size_t)count);
	}
	gap = layout->width > count ? layout->width - count : 0;
	left = left_part(layout, gap);
	rc = put_fill(run, layout->fill, left);
	if (rc < 0)
		return rc;
	pv_buf_put(&run->scratch, text, len);
	return put_fill(run, layout->fill, gap - left);
}

/*
 * Writes digits with separators, backwards from the end of `room`; zeros in
 * front until `least` characters. Returns how many characters there are.
 */
static size_t group_digits(char *end, const char *digits, size_t count,
			   int64_t least, const pv_jinja_layout *layout,
			   int group_size)
{
	char *at = end;
	int64_t left = (int64_t)count;

	for (;;) {
		int64_t want = left > least ? left : least;
		int64_t size = want < group_size ? want : group_size;

		if (size < 1)
			size = 1;
		for (int64_t i = 0; i < size; i++) {
			*--at = '0';
			if (left > 0)
				*at = digits[left - 1];
			left--;
		}
		if (left < 0)
			left = 0;
		least -= size;
		if (left <= 0 && least <= 0)
			break;
		*--at = layout->group;
		least--;
	}
	return (size_t)(end - at);
}

/* Replaces the digits at `mark` by grouped ones; updates pieces->digits. */
static int regroup(pv_jinja_run *run, size_t mark, const pv_jinja_layout *layout,
		   pv_jinja_pieces *pieces, int64_t least)
{
	size_t most;
	char *room;
	size_t count;
	int rc;

	if (least < 0)
		least = 0;
	if (least > UINT32_MAX)
		return pv_jinja_expect(run, 0, UINT64_MAX);
	most = (pieces->digits + (size_t)least) * 2 + 8;
	rc = pv_jinja_expect(run, mark, most);
	if (rc >= 0)
		rc = pv_jinja_alloc(&room, run, most + pieces->rest);
	if (rc < 0 || run->scratch.status)
		return rc;
	count = group_digits(room + most, run->scratch.ptr + mark,
			     pieces->digits, least, layout, pieces->group_size);
	memcpy(room + most, run->scratch.ptr + mark + pieces->digits,
	       pieces->rest);
	pv_buf_truncate(&run->scratch, mark);
	pv_buf_put(&run->scratch, room + most - count, count + pieces->rest);
	pieces->digits = count;
	return PV_OK;
}

static char sign_of(const pv_jinja_layout *layout, const pv_jinja_pieces *pieces)
{
	if (pieces->is_negative)
		return '-';
	if (layout->sign == '-')
		return 0;
	return layout->sign;
}

/* Opens a gap of `size` bytes at `mark`. */
static void open_gap(pv_buf *out, size_t mark, size_t size)
{
	pv_buf_reserve(out, size);
	if (out->status || !size)
		return;
	memmove(out->ptr + mark + size, out->ptr + mark, out->len - mark);
	out->len += size;
	out->ptr[out->len] = '\0';
}

/* Moves the number behind `front` fills, sign and prefix. */
static int put_front(pv_jinja_run *run, size_t mark,
		     const pv_jinja_layout *layout, char sign,
		     const char *prefix, const int64_t gaps[2])
{
	pv_buf *out = &run->scratch;
	size_t number = out->len - mark;
	size_t start = out->len;
	size_t front;
	int rc = put_fill(run, layout->fill, gaps[0]);

	if (rc < 0)
		return rc;
	if (sign)
		pv_buf_putc(out, sign);
	pv_buf_puts(out, prefix);
	rc = put_fill(run, layout->fill, gaps[1]);
	if (rc < 0)
		return rc;
	front = out->len - start;
	open_gap(out, mark, front);
	if (out->status)
		return PV_OK;
	memmove(out->ptr + mark, out->ptr + mark + front + number, front);
	pv_buf_truncate(out, out->len - front);
	return PV_OK;
}

int pv_jinja_lay_number(pv_jinja_run *run, size_t mark,
			const pv_jinja_layout *layout,
			const pv_jinja_pieces *pieces)
{
	pv_jinja_pieces grouped = *pieces;
	const char sign = sign_of(layout, pieces);
	const int64_t fixed = (sign != 0) + (int64_t)strlen(pieces->prefix) +
			      (int64_t)pieces->rest;
	int64_t gaps[2] = { 0, 0 };
	int64_t gap;
	int rc = PV_OK;

	if (layout->group)
		rc = regroup(run, mark, layout, &grouped,
			     layout->fill == '0' && layout->align == '='
				     ? layout->width - fixed
				     : 0);
	if (rc < 0)
		return rc;
	gap = layout->width - fixed - (int64_t)grouped.digits;
	if (gap < 0)
		gap = 0;
	if (layout->align == '=')
		gaps[1] = gap;
	else
		gaps[0] = left_part(layout, gap);
	if (sign || pieces->prefix[0] || gaps[0] || gaps[1])
		rc = put_front(run, mark, layout, sign, pieces->prefix, gaps);
	if (rc >= 0)
		rc = put_fill(run, layout->fill, gap - gaps[0] - gaps[1]);
	return rc;
}

static void make_upper(pv_buf *out, size_t from)
{
	for (size_t i = from; i < out->len; i++)
		out->ptr[i] = (char)toupper((unsigned char)out->ptr[i]);
}

/* Zeros in front of the digits at `mark` until there are `least`. */
static int lengthen(pv_jinja_run *run, size_t mark, size_t *digits, int64_t least)
{
	pv_buf *out = &run->scratch;
	uint64_t more;
	int rc;

	if (least <= (int64_t)*digits)
		return PV_OK;
	more = (uint64_t)least - *digits;
	rc = pv_jinja_expect(run, mark, more);
	if (rc < 0)
		return rc;
	open_gap(out, mark, more);
	if (!out->status)
		memset(out->ptr + mark, '0', more);
	*digits += more;
	return PV_OK;
}

int pv_jinja_lay_int(pv_jinja_run *run, pv_jinja_value value,
		     const pv_jinja_layout *layout)
{
	static const struct {
		char type;
		int base;
		const char *prefix;
	} bases[] = { { 'x', 16, "0x" },
		      { 'X', 16, "0X" },
		      { 'o', 8, "0o" },
		      { 'b', 2, "0b" } };
	pv_jinja_pieces pieces = { .prefix = "", .group_size = 3 };
	pv_buf *out = &run->scratch;
	size_t mark = out->len;
	int base = 10;
	int rc;

	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		if (bases[i].type != layout->type)
			continue;
		base = bases[i].base;
		pieces.group_size = 4;
		if (layout->is_alternate)
			pieces.prefix = bases[i].prefix;
	}
	rc = pv_jinja_put_int(out, run, value, base);
	if (rc < 0 || out->status)
		return rc;
	pieces.is_negative = out->ptr[mark] == '-';
	if (pieces.is_negative) {
		memmove(out->ptr + mark, out->ptr + mark + 1,
			out->len - mark - 1);
		pv_buf_truncate(out, out->len - 1);
	}
	if (layout->type == 'X')
		make_upper(out, mark);
	pieces.digits = out->len - mark;
	rc = lengthen(run, mark, &pieces.digits, layout->precision);
	return rc < 0 ? rc : pv_jinja_lay_number(run, mark, layout, &pieces);
}

/* 1e+16 has a point, too, in the alternate form. */
static void add_point(pv_buf *out, size_t mark)
{
	const char *exponent;
	size_t at;

	if (out->status || memchr(out->ptr + mark, '.', out->len - mark))
		return;
	exponent = memchr(out->ptr + mark, 'e', out->len - mark);
	if (!exponent)
		return;
	at = (size_t)(exponent - out->ptr);
	open_gap(out, at, 1);
	if (!out->status)
		out->ptr[at] = '.';
}

static int put_double(pv_jinja_run *run, double value,
		      const pv_jinja_layout *layout)
{
	char type = (char)tolower((unsigned char)layout->type);
	int precision = layout->precision < 0 ? 6 : (int)layout->precision;

	if (!layout->type && layout->precision < 0) {
		size_t mark = run->scratch.len;

		pv_jinja_put_float(&run->scratch, value);
		if (layout->is_alternate)
			add_point(&run->scratch, mark);
		return PV_OK;
	}
	if (!layout->type)
		return pv_jinja_put_fixed(&run->scratch, run, value, 'r',
					  precision, layout->is_alternate);
	if (type == '%')
		return pv_jinja_put_fixed(&run->scratch, run, value * 100, 'f',
					  precision, layout->is_alternate);
	if (type == 'n')
		type = 'g';
	return pv_jinja_put_fixed(&run->scratch, run, value, type, precision,
				  layout->is_alternate);
}

/* Whether the text since `mark` has no digit but 0. */
static int is_all_zero(const pv_buf *out, size_t mark)
{
	for (size_t i = mark; i < out->len; i++) {
		if (out->ptr[i] == 'e')
			break;
		if (out->ptr[i] != '0' && out->ptr[i] != '.')
			return 0;
	}
	return 1;
}

int pv_jinja_lay_double(pv_jinja_run *run, double value,
			const pv_jinja_layout *layout)
{
	pv_jinja_layout ungrouped = *layout;
	pv_jinja_pieces pieces = { .prefix = "", .group_size = 3 };
	pv_buf *out = &run->scratch;
	size_t mark = out->len;
	size_t count;
	int rc;

	if (layout->precision > INT32_MAX)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "precision too big");
	rc = put_double(run, fabs(value), layout);
	if (rc < 0 || out->status)
		return rc;
	pieces.is_negative = signbit(value) && !isnan(value);
	if (layout->drops_minus && is_all_zero(out, mark))
		pieces.is_negative = 0;
	if (layout->type == '%')
		pv_buf_putc(out, '%');
	if (layout->type >= 'A' && layout->type <= 'Z')
		make_upper(out, mark);
	count = out->len - mark;
	while (pieces.digits < count &&
	       isdigit((unsigned char)out->ptr[mark + pieces.digits]))
		pieces.digits++;
	if (!isfinite(value)) {
		pieces.digits = 3;
		ungrouped.group = 0;
		layout = &ungrouped;
	}
	pieces.rest = count - pieces.digits;
	return pv_jinja_lay_number(run, mark, layout, &pieces);
}
