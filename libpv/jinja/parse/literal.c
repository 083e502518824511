/* SPDX-License-Identifier: MIT
 *
 * Numbers written in a template.
 */
#include <math.h>

#include "jinja/value/bigint.h"
#include "jinja/value/number.h"
#include "jinja/value/ops.h"

enum {
	MAX_DIGITS = 4300
};

static int base_of(const char *text, size_t len)
{
	if (len < 2 || text[0] != '0')
		return 10;
	switch (text[1] | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 10;
	}
}

int pv_jinja_parse_int(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len)
{
	int base = base_of(text, len);
	char *digits;
	size_t count = 0;
	int rc = pv_jinja_alloc(&digits, run, len);

	if (rc < 0)
		return rc;
	for (size_t i = base == 10 ? 0 : 2; i < len; i++)
		if (text[i] != '_')
			digits[count++] = text[i];
	if (base == 10 && count > MAX_DIGITS)
		return pv_jinja_raise(
			run, PV_JINJA_VALUE_ERROR,
			"Exceeds the limit (%d digits) for integer string "
			"conversion: value has %zu digits; use "
			"sys.set_int_max_str_digits() to increase the limit",
			MAX_DIGITS, count);
	return pv_jinja_int_from_digits(out, run, digits, count, base, 0);
}

/* Reads what follows the 'e', clamped far beyond any double. */
static long read_exponent(const char *text, size_t len)
{
	long value = 0;
	size_t i = len && (*text == '-' || *text == '+');

	for (; i < len; i++)
		if (text[i] != '_' && value < 1000000)
			value = value * 10 + (text[i] - '0');
	return len && *text == '-' ? -value : value;
}

int pv_jinja_parse_float(double *out, const char *text, size_t len)
{
	char digits[PV_JINJA_DOUBLE_DIGITS];
	size_t count = 0;
	long point = 0;
	int is_fraction = 0;
	int has_more = 0;

	for (size_t i = 0; i < len; i++) {
		if ((text[i] | 0x20) == 'e') {
			point += read_exponent(text + i + 1, len - i - 1);
			break;
		}
		if (text[i] == '.')
			is_fraction = 1;
		if (text[i] < '0' || text[i] > '9')
			continue;
		if (!count && text[i] == '0') {
			point -= is_fraction;
			continue;
		}
		if (count < sizeof(digits) - 1)
			digits[count++] = text[i];
		else
			has_more |= text[i] != '0';
		point += !is_fraction;
	}
	if (has_more)
		digits[count++] = '1';
	*out = pv_jinja_digits_to_double(digits, count, point);
	return PV_OK;
}
