/* SPDX-License-Identifier: MIT
 *
 * `%` formatting of strings, of Markup too: then what is printed by %s, %r and
 * %a is escaped.
 */
#include "jinja/method/percent.h"

#include <math.h>

#include "jinja/method/layout.h"
#include "jinja/method/methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

struct percent {
	pv_jinja_run *run;
	pv_jinja_value text;
	size_t at;
	pv_jinja_value args;
	size_t used; /* of a tuple; or whether a single one was */
	int is_map;
	int is_markup;
};

static int fail_format(struct percent *percent, const char *message)
{
	return pv_jinja_raise(percent->run, PV_JINJA_VALUE_ERROR, "%s", message);
}

static int fail_type(struct percent *percent, const char *message)
{
	return pv_jinja_raise(percent->run, PV_JINJA_TYPE_ERROR, "%s", message);
}

static int next_arg(pv_jinja_value *out, struct percent *percent)
{
	const pv_jinja_value args = percent->args;

	if (args.type == PV_JINJA_TUPLE) {
		if (percent->used >= args.u.list->count)
			return fail_type(percent, "not enough arguments for format "
						  "string");
		*out = args.u.list->items[percent->used++];
		return PV_OK;
	}
	if (percent->used++)
		return fail_type(percent,
				 "not enough arguments for format string");
	*out = args;
	return PV_OK;
}

static int is_end(const struct percent *percent)
{
	return percent->at >= percent->text.len;
}

static char peek(const struct percent *percent)
{
	if (is_end(percent))
		return '\0';
	return percent->text.u.s[percent->at];
}

/* --- the parts of a conversion --------------------------------------------------------- */

/* "(key)": the value of that key becomes the argument. */
static int take_key(pv_jinja_value *out, struct percent *percent)
{
	size_t from = percent->at + 1;
	size_t depth = 1;
	pv_jinja_value key;

	if (!percent->is_map)
		return fail_type(percent, "format requires a mapping");
	while (depth) {
		percent->at++;
		if (is_end(percent))
			return fail_format(percent, "incomplete format key");
		depth += peek(percent) == '(';
		depth -= peek(percent) == ')';
	}
	key = pv_jinja_part(percent->text, from, percent->at++);
	key.flags &= (uint8_t)~PV_JINJA_MARKUP;
	return pv_jinja_subscript(out, percent->run, percent->args, key);
}

static void take_flags(struct percent *percent, pv_jinja_layout *layout,
		       int *is_zero)
{
	for (;; percent->at++) {
		switch (peek(percent)) {
		case '-':
			layout->align = '<';
			break;
		case '+':
			layout->sign = '+';
			break;
		case ' ':
			if (layout->sign != '+')
				layout->sign = ' ';
			break;
		case '#':
			layout->is_alternate = 1;
			break;
		case '0':
			*is_zero = 1;
			break;
		default:
			return;
		}
	}
}

/* A number, or '*' and an argument; -1 when there is neither. */
static int take_size(int64_t *out, struct percent *percent, const char *too_big)
{
	pv_jinja_value value;
	int rc;

	*out = -1;
	if (peek(percent) == '*') {
		percent->at++;
		rc = next_arg(&value, percent);
		if (rc >= 0 && value.type == PV_JINJA_BIG)
			return pv_jinja_to_index(out, percent->run, value);
		if (rc >= 0 && !pv_jinja_is_small(value))
			return fail_type(percent, "* wants int");
		if (rc >= 0)
			*out = value.u.i;
		return rc;
	}
	while (peek(percent) >= '0' && peek(percent) <= '9') {
		*out = (*out < 0 ? 0 : *out) * 10 + (peek(percent) - '0');
		percent->at++;
		if (*out > INT64_MAX / 10 - 10)
			return fail_format(percent, too_big);
	}
	return PV_OK;
}

static int take_sizes(struct percent *percent, pv_jinja_layout *layout)
{
	int rc = take_size(&layout->width, percent, "width too big");

	if (rc < 0)
		return rc;
	if (layout->width < -1) {
		layout->align = '<';
		layout->width =
			layout->width == INT64_MIN ? INT64_MAX : -layout->width;
	}
	if (peek(percent) != '.')
		return PV_OK;
	percent->at++;
	rc = take_size(&layout->precision, percent, "precision too big");
	if (layout->precision < 0)
		layout->precision = 0;
	return rc;
}

/* --- conversions ------------------------------------------------------------------------- */

static int put_text(struct percent *percent, pv_jinja_value value,
		    const pv_jinja_layout *layout)
{
	pv_jinja_run *run = percent->run;
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value text = value;
	int rc = PV_OK;

	if (layout->type == 's') {
		rc = pv_jinja_to_str(&text, run, value);
	} else {
		rc = pv_jinja_put_repr(&run->scratch, run, value);
		if (rc >= 0)
			rc = pv_jinja_finish(&text, run, mark, 0);
	}
	if (rc >= 0 && percent->is_markup)
		rc = pv_jinja_escape(&text, run, text);
	if (rc >= 0 && layout->type == 'a')
		rc = pv_jinja_to_ascii(&text, run, text);
	return rc < 0 ? rc : pv_jinja_lay_text(run, text.u.s, text.len, layout);
}

static int put_char(struct percent *percent, pv_jinja_value value,
		    const pv_jinja_layout *layout)
{
	pv_jinja_layout plain = *layout;
	char bytes[4];

	plain.precision = -1;
	/* Markup hands on each value wrapped, which is neither of both. */
	if (percent->is_markup)
		return fail_type(percent, "%c requires int or char");
	if (value.type == PV_JINJA_STR) {
		if (pv_jinja_count(value.u.s, value.len) != 1)
			return fail_type(percent, "%c requires int or char");
		return pv_jinja_lay_text(percent->run, value.u.s, value.len,
					 &plain);
	}
	if (!pv_jinja_is_int(value))
		return fail_type(percent, "%c requires int or char");
	if (value.type == PV_JINJA_BIG || value.u.i < 0 || value.u.i > 0x10FFFF)
		return pv_jinja_raise(percent->run, PV_JINJA_OVERFLOW_ERROR,
				      "%%c arg not in range(0x110000)");
	return pv_jinja_lay_text(percent->run, bytes,
				 pv_jinja_encode(bytes, (uint32_t)value.u.i),
				 &plain);
}

static int put_int(struct percent *percent, pv_jinja_value value,
		   const pv_jinja_layout *layout)
{
	const int is_decimal = strchr("diu", layout->type) != NULL;
	int rc;

	if (is_decimal && value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(percent->run, value);
	if (!pv_jinja_is_int(value) &&
	    !(is_decimal && value.type == PV_JINJA_FLOAT))
		return pv_jinja_raise(percent->run, PV_JINJA_TYPE_ERROR,
				      "%%%c format: %s is required, not %s",
				      layout->type,
				      is_decimal ? "a real number" : "an integer",
				      pv_jinja_type_name(value));
	if (value.type == PV_JINJA_FLOAT) {
		rc = pv_jinja_float_to_int(&value, percent->run, value.u.f);
		if (rc < 0)
			return rc;
	}
	return pv_jinja_lay_int(percent->run, value, layout);
}

static int put_double(struct percent *percent, pv_jinja_value value,
		      const pv_jinja_layout *layout)
{
	double f = value.u.f;

	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(percent->run, value);
	if (!pv_jinja_is_number(value))
		return pv_jinja_raise(percent->run, PV_JINJA_TYPE_ERROR,
				      "must be real number, not %s",
				      pv_jinja_type_name(value));
	if (value.type != PV_JINJA_FLOAT)
		f = pv_jinja_int_to_double(value);
	if (value.type != PV_JINJA_FLOAT && isinf(f))
		return pv_jinja_raise(percent->run, PV_JINJA_OVERFLOW_ERROR,
				      "int too large to convert to float");
	return pv_jinja_lay_double(percent->run, f, layout);
}

static int fail_conversion(struct percent *percent, char type)
{
	size_t size;
	uint32_t c = pv_jinja_decode(percent->text.u.s + percent->at - 1,
				     percent->text.len - percent->at + 1, &size);
	size_t idx = pv_jinja_count(percent->text.u.s, percent->at - 1);

	return pv_jinja_raise(percent->run, PV_JINJA_VALUE_ERROR,
			      "unsupported format character '%c' (0x%x) at "
			      "index %zu",
			      c > 31 && c < 127 ? type : '?', (unsigned)c, idx);
}

static int convert(struct percent *percent, pv_jinja_value value,
		   pv_jinja_layout *layout, int is_zero)
{
	const char type = layout->type;
	const int is_number = strchr("diuoxXeEfFgG", type) != NULL;

	if (is_number && is_zero && layout->align == '>') {
		layout->align = '=';
		layout->fill = '0';
	}
	if (strchr("sra", type))
		return put_text(percent, value, layout);
	if (type == 'c')
		return put_char(percent, value, layout);
	if (strchr("diuoxX", type))
		return put_int(percent, value, layout);
	if (is_number)
		return put_double(percent, value, layout);
	return fail_conversion(percent, type);
}

/* Behind a '%'. */
static int put_conversion(struct percent *percent)
{
	pv_jinja_layout layout = { .fill = ' ',
				   .align = '>',
				   .sign = '-',
				   .width = -1,
				   .precision = -1 };
	pv_jinja_value value = pv_jinja_missing();
	int is_zero = 0;
	int rc = PV_OK;

	if (peek(percent) == '%') {
		percent->at++;
		pv_buf_putc(&percent->run->scratch, '%');
		return PV_OK;
	}
	if (peek(percent) == '(')
		rc = take_key(&value, percent);
	if (rc < 0)
		return rc;
	take_flags(percent, &layout, &is_zero);
	rc = take_sizes(percent, &layout);
	if (rc < 0)
		return rc;
	if (peek(percent) == 'h' || peek(percent) == 'l' || peek(percent) == 'L')
		percent->at++;
	if (is_end(percent))
		return fail_format(percent, "incomplete format");
	layout.type = percent->text.u.s[percent->at++];
	if (pv_jinja_is_missing(value))
		rc = next_arg(&value, percent);
	if (rc < 0)
		return rc;
	return layout.type ? convert(percent, value, &layout, is_zero)
			   : fail_conversion(percent, layout.type);
}

static int put_all(struct percent *percent)
{
	int rc = PV_OK;

	while (!is_end(percent) && rc >= 0) {
		const char *from = percent->text.u.s + percent->at;
		const char *to =
			memchr(from, '%', percent->text.len - percent->at);
		size_t size = to ? (size_t)(to - from)
				 : percent->text.len - percent->at;

		pv_buf_put(&percent->run->scratch, from, size);
		percent->at += size + (to != NULL);
		rc = pv_jinja_spend(percent->run, 1);
		if (rc >= 0 && to)
			rc = put_conversion(percent);
	}
	return rc;
}

/* What Python takes for a mapping: what can be subscripted, and is no str. */
static int is_mapping(pv_jinja_value value)
{
	return value.type == PV_JINJA_DICT || value.type == PV_JINJA_LIST ||
	       value.type == PV_JINJA_RANGE || value.type == PV_JINJA_UNDEFINED;
}

int pv_jinja_percent(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value text, pv_jinja_value args)
{
	struct percent percent = { .run = run, .text = text, .args = args };
	size_t mark = pv_jinja_begin(run);
	size_t given = args.type == PV_JINJA_TUPLE ? args.u.list->count : 1;
	int rc;

	percent.is_map = is_mapping(args);
	percent.is_markup = pv_jinja_is_markup(text);
	rc = put_all(&percent);
	if (rc >= 0 && percent.used < given && !percent.is_map)
		return fail_type(&percent, "not all arguments converted during "
					   "string formatting");
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					text.flags & PV_JINJA_MARKUP);
}
