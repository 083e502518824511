/* SPDX-License-Identifier: MIT
 *
 * Filters that make or change numbers, and Python's int() and float().
 */
#include <math.h>

#include "jinja/filter/filters.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/bigint.h"
#include "jinja/value/build.h"
#include "jinja/value/number.h"
#include "jinja/value/unicode.h"

int pv_jinja_float_to_int(pv_jinja_value *out, pv_jinja_run *run, double f)
{
	if (isnan(f))
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "cannot convert float NaN to integer");
	if (isinf(f))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "cannot convert float infinity to "
				      "integer");
	return pv_jinja_int_from_double(out, run, f);
}

/* --- reading text -------------------------------------------------------------------- */

/* The text without blanks around it, digits of any script as ASCII. */
static int normalise(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text)
{
	size_t mark = pv_jinja_begin(run);

	/* In ASCII Python skips C's blanks here, without 0x1C to 0x1F. */
	text = pv_jinja_strip_text(text,
				   pv_jinja_is_ascii(text.u.s, text.len)
					   ? pv_jinja_text(" \t\n\v\f\r")
					   : pv_jinja_missing(),
				   PV_JINJA_LEFT | PV_JINJA_RIGHT);
	text.flags &= (uint8_t)~PV_JINJA_MARKUP;
	*out = text;
	if (text.flags & PV_JINJA_ASCII || pv_jinja_is_ascii(text.u.s, text.len))
		return PV_OK;
	for (size_t at = 0; at < text.len;) {
		size_t size;
		uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);
		int digit = pv_jinja_char_decimal(c);

		if (digit >= 0)
			c = '0' + (uint32_t)digit;
		pv_buf_putc(&run->scratch, (char)(c < 0x80 ? c : '?'));
		at += size;
	}
	return pv_jinja_finish(out, run, mark, 0);
}

static int fail_literal(pv_jinja_run *run, pv_jinja_value text, int64_t base)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value quoted;
	int rc;

	rc = pv_jinja_put_repr(&run->scratch, run, text);
	if (rc >= 0)
		rc = pv_jinja_finish(&quoted, run, mark, 0);
	return rc < 0 ? rc
		      : pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				       "invalid literal for int() with base "
				       "%lld: %.*s",
				       (long long)base, (int)quoted.len,
				       quoted.u.s);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/* The base that a prefix says, 0 when there is none. */
static int prefix_base(const char *at, size_t len)
{
	if (len < 2 || at[0] != '0')
		return 0;
	switch (at[1] | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 0;
	}
}

/* Copies the digits without underscores; 0 unless all is well formed. */
static int take_digits(char *out, size_t *count, const char *at, size_t len,
		       int base)
{
	int was_digit = 0;

	*count = 0;
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '_' && was_digit && i + 1 < len) {
			was_digit = 0;
			continue;
		}
		if (digit_value(at[i]) >= base)
			return 0;
		out[(*count)++] = at[i];
		was_digit = 1;
	}
	return was_digit;
}

static int is_all_zeros(const char *digits, size_t count)
{
	while (count && digits[count - 1] == '0')
		count--;
	return !count;
}

int pv_jinja_int_of_text(pv_jinja_value *out, pv_jinja_run *run,
			 pv_jinja_value text, int64_t base)
{
	pv_jinja_value plain;
	const char *at;
	size_t len;
	char *digits;
	size_t count;
	int is_negative;
	int prefix;
	int rc;

	if (base && (base < 2 || base > 36))
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "int() base must be >= 2 and <= 36, or 0");
	rc = normalise(&plain, run, text);
	if (rc >= 0)
		rc = pv_jinja_alloc(&digits, run, plain.len + 1);
	if (rc < 0)
		return rc;
	at = plain.u.s;
	len = plain.len;
	is_negative = len && *at == '-';
	if (len && (*at == '-' || *at == '+')) {
		at++;
		len--;
	}
	prefix = prefix_base(at, len);
	if (prefix && (!base || base == prefix)) {
		at += 2;
		len -= 2;
		if (len && *at == '_') {
			at++;
			len--;
		}
	} else {
		prefix = 0;
	}
	if (!take_digits(digits, &count, at, len,
			 prefix ? prefix
			 : base ? (int)base
				: 10) ||
	    (!base && !prefix && digits[0] == '0' && !is_all_zeros(digits, count)))
		return fail_literal(run, text, base);
	return pv_jinja_int_from_digits(out, run, digits, count,
					prefix ? prefix
					: base ? (int)base
					       : 10,
					is_negative);
}

static int fail_float(pv_jinja_run *run, pv_jinja_value text)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value quoted;
	int rc;

	rc = pv_jinja_put_repr(&run->scratch, run, text);
	if (rc >= 0)
		rc = pv_jinja_finish(&quoted, run, mark, 0);
	return rc < 0 ? rc
		      : pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				       "could not convert string to float: "
				       "%.*s",
				       (int)quoted.len, quoted.u.s);
}

static int is_word(const char *at, size_t len, const char *word)
{
	if (strlen(word) != len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((at[i] | 0x20) != word[i])
			return 0;
	return 1;
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Skips digits with single underscores between them; whether there are any. */
static int skip_digits(const char **at, const char *end)
{
	const char *start = *at;

	while (*at < end) {
		int is_between = **at == '_' && *at > start && (*at)[-1] != '_' &&
				 *at + 1 < end && is_digit((*at)[1]);

		if (!is_digit(**at) && !is_between)
			break;
		(*at)++;
	}
	return *at > start;
}

/* digits [. digits] [e [sign] digits], one of the first two not empty */
static int is_float_text(const char *at, const char *end)
{
	int has_digits = skip_digits(&at, end);

	if (at < end && *at == '.') {
		at++;
		has_digits |= skip_digits(&at, end);
	}
	if (has_digits && at < end && (*at | 0x20) == 'e') {
		at++;
		if (at < end && (*at == '-' || *at == '+'))
			at++;
		if (!skip_digits(&at, end))
			return 0;
	}
	return has_digits && at == end;
}

static int float_of_text(double *out, pv_jinja_run *run, pv_jinja_value text)
{
	pv_jinja_value plain;
	const char *at;
	size_t len;
	int is_negative;
	int rc = normalise(&plain, run, text);

	if (rc < 0)
		return rc;
	at = plain.u.s;
	len = plain.len;
	is_negative = len && *at == '-';
	if (len && (*at == '-' || *at == '+')) {
		at++;
		len--;
	}
	if (is_word(at, len, "inf") || is_word(at, len, "infinity"))
		*out = INFINITY;
	else if (is_word(at, len, "nan"))
		*out = NAN;
	else if (is_float_text(at, at + len))
		pv_jinja_parse_float(out, at, len);
	else
		return fail_float(run, text);
	if (is_negative)
		*out = -*out;
	return PV_OK;
}

int pv_jinja_to_float(double *out, pv_jinja_run *run, pv_jinja_value value)
{
	*out = value.u.f;
	if (value.type == PV_JINJA_FLOAT)
		return PV_OK;
	if (value.type == PV_JINJA_STR)
		return float_of_text(out, run, value);
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, value);
	if (!pv_jinja_is_int(value))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "float() argument must be a string or a "
				      "real number, not '%s'",
				      pv_jinja_type_name(value));
	*out = pv_jinja_int_to_double(value);
	if (isinf(*out))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "int too large to convert to float");
	return PV_OK;
}

/* --- int, float ------------------------------------------------------------------------ */

static int is_conversion_error(pv_jinja_run *run, int rc)
{
	return pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR) ||
	       pv_jinja_catch(run, rc, PV_JINJA_VALUE_ERROR);
}

int pv_jinja_filter_float(pv_jinja_value *out, pv_jinja_call *call)
{
	double f;
	int rc = pv_jinja_to_float(&f, call->run, call->args[0]);

	*out = pv_jinja_float(f);
	if (!is_conversion_error(call->run, rc))
		return rc;
	*out = pv_jinja_is_missing(call->args[1]) ? pv_jinja_float(0.0)
						  : call->args[1];
	return PV_OK;
}

/* int(value), or int(value, base) of a str. */
static int to_int(pv_jinja_value *out, const pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];
	pv_jinja_run *run = call->run;
	int64_t base = 10;
	int rc;

	if (value.type == PV_JINJA_STR) {
		rc = pv_jinja_int_arg(&base, call, 2, 10);
		return rc < 0 ? rc : pv_jinja_int_of_text(out, run, value, base);
	}
	if (value.type == PV_JINJA_FLOAT)
		return pv_jinja_float_to_int(out, run, value.u.f);
	if (value.type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, value);
	if (!pv_jinja_is_int(value))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "int() argument must be a string, a "
				      "bytes-like object or a real number, not "
				      "'%s'",
				      pv_jinja_type_name(value));
	return pv_jinja_plus(out, run, value);
}

int pv_jinja_filter_int(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	double f;
	int rc = to_int(out, call);

	if (!is_conversion_error(run, rc))
		return rc;
	rc = pv_jinja_to_float(&f, run, call->args[0]);
	if (rc >= 0)
		rc = pv_jinja_float_to_int(out, run, f);
	if (!is_conversion_error(run, rc) &&
	    !pv_jinja_catch(run, rc, PV_JINJA_OVERFLOW_ERROR))
		return rc;
	*out = pv_jinja_is_missing(call->args[1]) ? pv_jinja_int(0)
						  : call->args[1];
	return PV_OK;
}

int pv_jinja_filter_abs(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value value = call->args[0];

	if (!pv_jinja_is_number(value))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "bad operand type for abs(): '%s'",
				      pv_jinja_type_name(value));
	if (value.type == PV_JINJA_FLOAT) {
		*out = pv_jinja_float(fabs(value.u.f));
		return PV_OK;
	}
	return pv_jinja_int_sign(value) < 0
		       ? pv_jinja_negate(out, call->run, value)
		       : pv_jinja_plus(out, call->run, value);
}

/* --- round --------------------------------------------------------------------------------- */

/* The double nearest to f's decimal rounded half to even. */
static int round_double(pv_jinja_value *out, pv_jinja_run *run, double f,
			int64_t places)
{
	pv_jinja_digits digits;
	double rounded = f;

	if (isfinite(f) && f != 0 && places < 400) {
		pv_jinja_digits_exact(&digits, f);
		if (places < -400)
			places = -400;
		pv_jinja_digits_round(&digits, digits.point + (long)places);
		rounded = pv_jinja_digits_to_double(digits.digits, digits.count,
						    digits.point);
		if (digits.digits[0] == '0')
			rounded = 0.0;
		rounded = copysign(rounded, f);
		if (isinf(rounded))
			return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
					      "rounded value too large to represent");
	}
	*out = pv_jinja_float(rounded);
	return PV_OK;
}

/* An int to a multiple of 10^places, half to even. */
static int round_int(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value value, int64_t places)
{
	pv_jinja_value unit = pv_jinja_missing();
	pv_jinja_value rest = pv_jinja_missing();
	pv_jinja_value twice = pv_jinja_missing();
	pv_jinja_value quotient = pv_jinja_missing();
	int order;
	int rc = pv_jinja_int_pow(&unit, run, pv_jinja_int(10),
				  pv_jinja_int(places));

	if (rc >= 0)
		rc = pv_jinja_int_divmod(&quotient, &rest, run, value, unit);
	if (rc >= 0)
		rc = pv_jinja_int_mul(&twice, run, rest, pv_jinja_int(2));
	if (rc < 0)
		return rc;
	order = pv_jinja_int_cmp(twice, unit);
	if (!order) {
		rc = pv_jinja_int_divmod(NULL, &twice, run, quotient,
					 pv_jinja_int(2));
		order = pv_jinja_int_sign(twice) ? 1 : -1;
	}
	if (rc >= 0)
		rc = pv_jinja_int_sub(out, run, value, rest);
	if (rc >= 0 && order > 0)
		rc = pv_jinja_int_add(out, run, *out, unit);
	return rc;
}

static int round_common(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value value, pv_jinja_value precision)
{
	int64_t places = 0;
	int rc = PV_OK;

	if (!pv_jinja_is_number(value))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "type %s doesn't define __round__ method",
				      pv_jinja_type_name(value));
	if (!pv_jinja_is_absent(precision))
		rc = pv_jinja_to_index(&places, run, precision);
	if (rc < 0)
		return rc;
	if (value.type != PV_JINJA_FLOAT)
		return places >= 0 ? pv_jinja_plus(out, run, value)
				   : round_int(out, run, value,
					       places < -INT64_MAX ? INT64_MAX
								   : -places);
	rc = round_double(out, run, value.u.f, places);
	if (rc >= 0 && pv_jinja_is_none(precision))
		rc = pv_jinja_float_to_int(out, run, out->u.f);
	return rc;
}

/* ceil or floor of value x 10^precision, divided again. */
static int round_toward(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value value, pv_jinja_value precision,
			int is_ceil)
{
	pv_jinja_value unit = pv_jinja_missing();
	int rc = pv_jinja_arith(&unit, run, PV_JINJA_POW, pv_jinja_int(10),
				precision);

	if (rc >= 0)
		rc = pv_jinja_arith(out, run, PV_JINJA_MUL, value, unit);
	if (rc < 0)
		return rc;
	if (out->type == PV_JINJA_UNDEFINED)
		return pv_jinja_raise_undefined(run, *out);
	if (!pv_jinja_is_number(*out))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "must be real number, not %s",
				      pv_jinja_type_name(*out));
	if (out->type == PV_JINJA_FLOAT)
		rc = pv_jinja_float_to_int(out, run,
					   is_ceil ? ceil(out->u.f)
						   : floor(out->u.f));
	return rc < 0 ? rc : pv_jinja_arith(out, run, PV_JINJA_DIV, *out, unit);
}

int pv_jinja_filter_round(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value method = call->args[2];
	pv_jinja_value precision = call->args[1];

	if (pv_jinja_is_missing(precision))
		precision = pv_jinja_int(0);
	if (pv_jinja_is_missing(method) || pv_jinja_str_is(method, "common"))
		return round_common(out, call->run, call->args[0], precision);
	if (!pv_jinja_str_is(method, "ceil") && !pv_jinja_str_is(method, "floor"))
		return pv_jinja_raise(call->run, PV_JINJA_FILTER_ARGUMENT_ERROR,
				      "method must be common, ceil or floor");
	return round_toward(out, call->run, call->args[0], precision,
			    pv_jinja_str_is(method, "ceil"));
}

/* --- filesizeformat -------------------------------------------------------------------------- */

/* Whether bytes < base^power, exactly; powers beyond 10^22 are no doubles. */
static int is_below(pv_jinja_run *run, double bytes, int base, int power)
{
	pv_jinja_value unit = pv_jinja_missing();

	if (isnan(bytes))
		return 0;
	if (pv_jinja_int_pow(&unit, run, pv_jinja_int(base),
			     pv_jinja_int(power)) < 0)
		return 0;
	return pv_jinja_int_cmp_double(unit, bytes) > 0;
}

int pv_jinja_filter_filesizeformat(pv_jinja_value *out, pv_jinja_call *call)
{
	static const char prefixes[] = "kMGTPEZY";
	pv_jinja_run *run = call->run;
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value whole = pv_jinja_int(0);
	double bytes;
	int base;
	int power = 2;
	int rc = pv_jinja_to_float(&bytes, run, call->args[0]);

	if (rc >= 0)
		rc = pv_jinja_bool_arg(call, 1, 0);
	if (rc < 0)
		return rc;
	base = rc ? 1024 : 1000;
	if (bytes == 1) {
		*out = pv_jinja_text("1 Byte");
		return PV_OK;
	}
	if (bytes < base) {
		rc = pv_jinja_float_to_int(&whole, run, bytes);
		if (rc >= 0)
			rc = pv_jinja_put_int(&run->scratch, run, whole, 10);
		pv_buf_puts(&run->scratch, " Bytes");
		return rc < 0 ? rc : pv_jinja_finish(out, run, mark, 0);
	}
	while (power < 9 && !is_below(run, bytes, base, power))
		power++;
	rc = pv_jinja_put_fixed(&run->scratch, run,
				base * bytes / pow(base, power), 'f', 1, 0);
	pv_buf_printf(&run->scratch, " %c%s",
		      base == 1024 && power == 2 ? 'K' : prefixes[power - 2],
		      base == 1024 ? "iB" : "B");
	return rc < 0 ? rc : pv_jinja_finish(out, run, mark, 0);
}
