/* SPDX-License-Identifier: MIT
 *
 * format(value, spec): the mini-language of format specifications for str,
 * int and float. Other types take an empty specification only.
 */
#include "jinja/method/layout.h"

#include <string.h>

#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

struct reader {
	pv_jinja_run *run;
	const char *at;
	const char *end;
};

static int is_align(const char *at, const char *end)
{
	return at < end && *at && strchr("<>=^", *at) != NULL;
}

static int take(struct reader *reader, char c)
{
	if (reader->at >= reader->end || *reader->at != c)
		return 0;
	reader->at++;
	return 1;
}

/* Digits as a number, or -1 when there are none. */
static int take_number(int64_t *out, struct reader *reader)
{
	*out = -1;
	while (reader->at < reader->end && *reader->at >= '0' &&
	       *reader->at <= '9') {
		if (*out < 0)
			*out = 0;
		if (*out > INT64_MAX / 10 - 10)
			return pv_jinja_raise(
				reader->run, PV_JINJA_VALUE_ERROR,
				"Too many decimal digits in format string");
		*out = *out * 10 + (*reader->at++ - '0');
	}
	return PV_OK;
}

/* [[fill]align] */
static int take_align(struct reader *reader, pv_jinja_layout *layout)
{
	size_t size = 0;
	uint32_t fill = 0;

	if (reader->at < reader->end)
		fill = pv_jinja_decode(reader->at,
				       (size_t)(reader->end - reader->at), &size);
	if (size && is_align(reader->at + size, reader->end)) {
		layout->fill = fill;
		layout->align = reader->at[size];
		reader->at += size + 1;
		return 2;
	}
	if (!is_align(reader->at, reader->end))
		return 0;
	layout->align = *reader->at++;
	return 1;
}

static int take_group(struct reader *reader, pv_jinja_layout *layout)
{
	if (take(reader, ','))
		layout->group = ',';
	if (take(reader, '_')) {
		if (layout->group)
			return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
					      "Cannot specify both ',' and "
					      "'_'.");
		layout->group = '_';
	}
	if (reader->at < reader->end && *reader->at == ',' && layout->group)
		return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
				      layout->group == '_'
					      ? "Cannot specify both ',' and "
						"'_'."
					      : "Cannot specify ',' with ','.");
	return PV_OK;
}

/* `type` is the one that is meant when none is given, or 0. */
static int check_group(struct reader *reader, const pv_jinja_layout *layout,
		       char type)
{
	if (layout->type)
		type = layout->type;
	if (!layout->group || !type || strchr("defgEG%F", type))
		return PV_OK;
	if (layout->group == '_' && strchr("boxX", type))
		return PV_OK;
	if (layout->odd_type)
		return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
				      "Cannot specify '%c' with '\\x%x'.",
				      layout->group, layout->odd_type);
	return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
			      "Cannot specify '%c' with '%c'.", layout->group,
			      type);
}

/* What follows the precision: one character of type. */
static int take_type(struct reader *reader, pv_jinja_layout *layout,
		     pv_jinja_value value, pv_jinja_value spec)
{
	size_t left = (size_t)(reader->end - reader->at);

	if (left > 1 && pv_jinja_count(reader->at, left) > 1)
		return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
				      "Invalid format specifier '%.*s' for "
				      "object of type '%s'",
				      (int)spec.len, spec.u.s,
				      pv_jinja_type_name(value));
	if (left == 1 && !*reader->at)
		return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
				      "Unknown format code '\\x0' for object "
				      "of type '%s'",
				      pv_jinja_type_name(value));
	if (left == 1)
		layout->type = *reader->at;
	else if (left)
		layout->odd_type = pv_jinja_decode(reader->at, left, &left);
	if (layout->odd_type)
		layout->type = '?';
	return check_group(reader, layout, pv_jinja_is_str(value) ? 's' : 0);
}

static int parse(pv_jinja_layout *layout, struct reader *reader,
		 pv_jinja_value value)
{
	const pv_jinja_value spec =
		pv_jinja_str(reader->at, (size_t)(reader->end - reader->at), 0);
	int aligned = take_align(reader, layout);
	int rc;

	if (take(reader, '+'))
		layout->sign = '+';
	else if (take(reader, ' '))
		layout->sign = ' ';
	else if (take(reader, '-'))
		layout->sign = '\1';
	layout->drops_minus = take(reader, 'z');
	layout->is_alternate = take(reader, '#');
	if (aligned < 2 && take(reader, '0')) {
		layout->fill = '0';
		if (!aligned && layout->align == '>')
			layout->align = '=';
	}
	rc = take_number(&layout->width, reader);
	if (rc >= 0)
		rc = take_group(reader, layout);
	if (rc >= 0 && take(reader, '.')) {
		rc = take_number(&layout->precision, reader);
		if (rc >= 0 && layout->precision < 0)
			return pv_jinja_raise(reader->run, PV_JINJA_VALUE_ERROR,
					      "Format specifier missing "
					      "precision");
	}
	return rc < 0 ? rc : take_type(reader, layout, value, spec);
}

static int fail_type(pv_jinja_run *run, const pv_jinja_layout *layout,
		     const char *type_name)
{
	const char type = layout->type;

	if (type <= ' ' || layout->odd_type)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "Unknown format code '\\x%x' for object "
				      "of type '%s'",
				      layout->odd_type
					      ? layout->odd_type
					      : (unsigned)(unsigned char)type,
				      type_name);
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
			      "Unknown format code '%c' for object of type "
			      "'%s'",
			      type, type_name);
}

static int fail(pv_jinja_run *run, const char *message)
{
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR, "%s", message);
}

static int format_text(pv_jinja_run *run, pv_jinja_value value,
		       const pv_jinja_layout *layout)
{
	if (layout->type && layout->type != 's')
		return fail_type(run, layout, pv_jinja_type_name(value));
	if (layout->sign)
		return fail(run, layout->sign == ' '
					 ? "Space not allowed in string format "
					   "specifier"
					 : "Sign not allowed in string format "
					   "specifier");
	if (layout->drops_minus)
		return fail(run, "Negative zero coercion (z) not allowed in "
				 "string format specifier");
	if (layout->is_alternate)
		return fail(run, "Alternate form (#) not allowed in string "
				 "format specifier");
	if (layout->align == '=')
		return fail(run, "'=' alignment not allowed in string format "
				 "specifier");
	return pv_jinja_lay_text(run, value.u.s, value.len, layout);
}

static int format_char(pv_jinja_run *run, pv_jinja_value value,
		       const pv_jinja_layout *layout)
{
	pv_jinja_layout plain = *layout;
	char bytes[4];

	if (layout->sign)
		return fail(run, "Sign not allowed with integer format "
				 "specifier 'c'");
	if (layout->is_alternate)
		return fail(run, "Alternate form (#) not allowed with integer "
				 "format specifier 'c'");
	if (!pv_jinja_is_small(value))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "Python int too large to convert to C "
				      "long");
	if (value.u.i < 0 || value.u.i > 0x10FFFF)
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "%%c arg not in range(0x110000)");
	if (plain.align == '=')
		plain.align = '>';
	return pv_jinja_lay_text(run, bytes,
				 pv_jinja_encode(bytes, (uint32_t)value.u.i),
				 &plain);
}

static int format_double(pv_jinja_run *run, pv_jinja_value value,
			 pv_jinja_layout *layout)
{
	double f = value.u.f;

	if (layout->type && !strchr("eEfFgGn%", layout->type))
		return fail_type(run, layout, pv_jinja_type_name(value));
	if (value.type != PV_JINJA_FLOAT) {
		f = pv_jinja_int_to_double(value);
		if (f - f != 0)
			return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
					      "int too large to convert to float");
	}
	if (!layout->sign || layout->sign == '\1')
		layout->sign = '-';
	return pv_jinja_lay_double(run, f, layout);
}

static int format_int(pv_jinja_run *run, pv_jinja_value value,
		      pv_jinja_layout *layout)
{
	if (layout->type && strchr("eEfFgG%", layout->type))
		return format_double(run, value, layout);
	if (layout->type && !strchr("bcdoxXn", layout->type))
		return fail_type(run, layout, pv_jinja_type_name(value));
	if (layout->precision >= 0)
		return fail(run, "Precision not allowed in integer format "
				 "specifier");
	if (layout->drops_minus)
		return fail(run, "Negative zero coercion (z) not allowed in "
				 "integer format specifier");
	if (layout->type == 'c')
		return format_char(run, value, layout);
	if (!layout->sign || layout->sign == '\1')
		layout->sign = '-';
	return pv_jinja_lay_int(run, value, layout);
}

int pv_jinja_put_format(pv_jinja_run *run, pv_jinja_value value,
			const char *spec, size_t len)
{
	pv_jinja_layout layout = { .fill = ' ', .width = -1, .precision = -1 };
	struct reader reader = { run, spec, spec + len };
	int rc;

	if (!len)
		return pv_jinja_put_str(&run->scratch, run, value, 0);
	if (value.type != PV_JINJA_STR && !pv_jinja_is_number(value))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "unsupported format string passed to %s.__format__",
				      pv_jinja_type_name(value));
	layout.align = value.type == PV_JINJA_STR ? '<' : '>';
	rc = parse(&layout, &reader, value);
	if (rc < 0)
		return rc;
	if (value.type == PV_JINJA_STR)
		return format_text(run, value, &layout);
	if (value.type == PV_JINJA_FLOAT)
		return format_double(run, value, &layout);
	return format_int(run, value, &layout);
}
