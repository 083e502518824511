/* SPDX-License-Identifier: MIT
 *
 * Doubles and decimal digits. A double is m x 2^e; with a negative e that is
 * m x 5^-e / 10^-e, so its digits are those of an integer of at most 40 limbs.
 * The shortest digits are found by comparing digit strings of the double and
 * of the two ends of the interval that rounds to it.
 */
#include "jinja/value/number.h"

#include <math.h>

#include "jinja/value/build.h"
#include "jinja/value/limbs.h"

enum {
	LIMBS = 64,        /* 10^1110, the divisor of the longest text read */
	SIGNIFICANT = 775, /* digits that can matter, and some */
	FIVES = 27         /* 5^27 is the largest power in a limb */
};

struct wide {
	mp_limb_t limbs[LIMBS];
	size_t count;
};

static void wide_mul(struct wide *wide, mp_limb_t factor)
{
	mp_limb_t carry = mpn_mul_1(wide->limbs, wide->limbs,
				    (mp_size_t)wide->count, factor);

	if (carry)
		wide->limbs[wide->count++] = carry;
}

static mp_limb_t power_of_5(size_t exponent)
{
	mp_limb_t power = 1;

	while (exponent--)
		power *= 5;
	return power;
}

static void wide_mul_fives(struct wide *wide, size_t exponent)
{
	for (; exponent > FIVES; exponent -= FIVES)
		wide_mul(wide, 7450580596923828125u);
	wide_mul(wide, power_of_5(exponent));
}

static void wide_shift(struct wide *wide, size_t bits)
{
	size_t whole = bits / PV_JINJA_LIMB_BITS;

	if (bits % PV_JINJA_LIMB_BITS)
		wide_mul(wide, (mp_limb_t)1 << bits % PV_JINJA_LIMB_BITS);
	memmove(wide->limbs + whole, wide->limbs,
		wide->count * sizeof(mp_limb_t));
	memset(wide->limbs, 0, whole * sizeof(mp_limb_t));
	wide->count += whole;
}

/* The digits of m x 2^e, an integer times 10^min(e, 0); returns their count. */
static size_t digits_of(char *out, uint64_t mantissa, int exponent)
{
	struct wide wide = { { mantissa }, 1 };
	size_t count;

	if (exponent < 0)
		wide_mul_fives(&wide, (size_t)-exponent);
	else
		wide_shift(&wide, (size_t)exponent);
	count = mpn_get_str((unsigned char *)out, 10, wide.limbs,
			    (mp_size_t)wide.count);
	for (size_t i = 0; i < count; i++)
		out[i] = (char)(out[i] + '0');
	return count;
}

/* |value| = mantissa x 2^exponent, exactly. */
static uint64_t split(double value, int *exponent)
{
	double fraction = frexp(fabs(value), exponent);
	int bits = *exponent < -1021 ? 53 - (-1021 - *exponent) : 53;

	*exponent -= bits;
	return (uint64_t)ldexp(fraction, bits);
}

static void set_zero(pv_jinja_digits *out)
{
	out->count = 1;
	out->point = 1;
	out->digits[0] = '0';
}

static void strip_zeros(pv_jinja_digits *digits)
{
	while (digits->count > 1 && digits->digits[digits->count - 1] == '0')
		digits->count--;
}

void pv_jinja_digits_exact(pv_jinja_digits *out, double value)
{
	int exponent;
	uint64_t mantissa = split(value, &exponent);

	if (value == 0) {
		set_zero(out);
		return;
	}
	while (!(mantissa & 1) && exponent < 0) {
		mantissa >>= 1;
		exponent++;
	}
	out->count = digits_of(out->digits, mantissa, exponent);
	out->point = (int)out->count + (exponent < 0 ? exponent : 0);
	strip_zeros(out);
}

/* --- the fewest digits ----------------------------------------------------------- */

/* A double and the ends of its interval, as digits of one length. */
struct interval {
	char low[PV_JINJA_DOUBLE_DIGITS];
	char value[PV_JINJA_DOUBLE_DIGITS];
	char high[PV_JINJA_DOUBLE_DIGITS];
	size_t count;
	int is_closed; /* the ends round to the double, too */
};

/* Puts zeros in front until there are `count` digits. */
static void align(char *digits, size_t have, size_t count)
{
	memmove(digits + (count - have), digits, have);
	memset(digits, '0', count - have);
}

static void find_interval(struct interval *out, int *point, double value)
{
	int exponent;
	uint64_t mantissa = split(value, &exponent);
	/* Below a power of two the doubles are closer together. */
	int is_lopsided = mantissa == (uint64_t)1 << 52 && exponent > -1074;
	size_t low;
	size_t middle;
	size_t high;

	out->is_closed = !(mantissa & 1);
	exponent -= 2;
	mantissa *= 4;
	low = digits_of(out->low, mantissa - (is_lopsided ? 1 : 2), exponent);
	middle = digits_of(out->value, mantissa, exponent);
	high = digits_of(out->high, mantissa + 2, exponent);
	/* One zero more, for a carry. */
	out->count = high + 1;
	align(out->low, low, out->count);
	align(out->value, middle, out->count);
	align(out->high, high, out->count);
	*point = (int)out->count + (exponent < 0 ? exponent : 0);
}

static int is_zeros(const char *digits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (digits[i] != '0')
			return 0;
	return 1;
}

/* Adds one to the last of `count` digits. */
static void increment(char *digits, size_t count)
{
	while (count-- > 0) {
		if (digits[count] != '9') {
			digits[count]++;
			return;
		}
		digits[count] = '0';
	}
}

/* Whether digits[0..count) and zeros are not below the lower end. */
static int is_above(const struct interval *at, const char *digits, size_t count)
{
	int order = memcmp(digits, at->low, count);

	if (order)
		return order > 0;
	return at->is_closed && is_zeros(at->low + count, at->count - count);
}

static int is_below(const struct interval *at, const char *digits, size_t count)
{
	int order = memcmp(digits, at->high, count);

	if (order)
		return order < 0;
	return at->is_closed || !is_zeros(at->high + count, at->count - count);
}

/* -1, 0, 1: what is behind `count` digits, compared with half a unit. */
static int compare_half(const char *digits, size_t count, size_t total)
{
	if (count >= total)
		return -1;
	if (digits[count] != '5')
		return digits[count] < '5' ? -1 : 1;
	return is_zeros(digits + count + 1, total - count - 1) ? 0 : 1;
}

/* Tries to say the double in `count` digits of the aligned ones. */
static int try_count(char *out, const struct interval *at, size_t count)
{
	int half = compare_half(at->value, count, at->count);
	int fits_down;
	int fits_up;
	char up[PV_JINJA_DOUBLE_DIGITS];

	memcpy(out, at->value, count);
	memcpy(up, at->value, count);
	increment(up, count);
	fits_down = is_above(at, out, count);
	fits_up = is_below(at, up, count);
	if (fits_down && fits_up && (half > 0 || (!half && (out[count - 1] & 1))))
		fits_down = 0;
	if (!fits_down && fits_up)
		memcpy(out, up, count);
	return fits_down || fits_up;
}

void pv_jinja_digits_shortest(pv_jinja_digits *out, double value)
{
	struct interval at;
	size_t skip = 0;
	size_t count;

	if (value == 0) {
		set_zero(out);
		return;
	}
	find_interval(&at, &out->point, value);
	while (at.value[skip] == '0')
		skip++;
	for (count = skip; count < at.count; count++)
		if (count && try_count(out->digits, &at, count))
			break;
	if (count >= at.count)
		memcpy(out->digits, at.value, count);
	out->count = count;
	for (skip = 0; skip + 1 < count && out->digits[skip] == '0';)
		skip++;
	memmove(out->digits, out->digits + skip, count - skip);
	out->count -= skip;
	out->point -= (int)skip;
	strip_zeros(out);
}

void pv_jinja_digits_round(pv_jinja_digits *digits, long count)
{
	int half;

	if (count >= (long)digits->count)
		return;
	if (count < 0) {
		set_zero(digits);
		return;
	}
	half = compare_half(digits->digits, (size_t)count, digits->count);
	if (half > 0 || (!half && count && (digits->digits[count - 1] & 1))) {
		memmove(digits->digits + 1, digits->digits, (size_t)count);
		digits->digits[0] = '0';
		increment(digits->digits, (size_t)count + 1);
		if (digits->digits[0] == '1') {
			digits->point++;
			digits->count = (size_t)count + 1;
			return;
		}
		memmove(digits->digits, digits->digits + 1, (size_t)count);
	}
	if (!count) {
		set_zero(digits);
		return;
	}
	digits->count = (size_t)count;
}

/* --- reading ------------------------------------------------------------------------ */

static void read_digits(struct wide *out, const char *digits, size_t count)
{
	out->limbs[0] = 0;
	out->count = 1;
	for (size_t i = 0; i < count; i++) {
		wide_mul(out, 10);
		mpn_add_1(out->limbs, out->limbs, (mp_size_t)out->count,
			  (mp_limb_t)(digits[i] - '0'));
	}
}

/* digits x 10^exponent, for any exponent a double can have. */
static double read_exact(const char *digits, size_t count, long exponent)
{
	struct {
		mp_limb_t limbs[LIMBS * 10];
	} room;
	struct wide number;
	struct wide power = { { 1 }, 1 };
	pv_jinja_limbs a;
	pv_jinja_limbs b;

	read_digits(&number, digits, count);
	if (exponent >= 0) {
		wide_mul_fives(&number, (size_t)exponent);
		wide_shift(&number, (size_t)exponent);
		a = (pv_jinja_limbs){ number.limbs, number.count, 0 };
		return pv_jinja_limbs_to_double(a);
	}
	wide_mul_fives(&power, (size_t)-exponent);
	a = (pv_jinja_limbs){ number.limbs, number.count, 0 };
	b = (pv_jinja_limbs){ power.limbs, power.count, 0 };
	/* Dividing by 5^n first would round twice: 2^n goes in, too. */
	wide_shift(&power, (size_t)-exponent);
	b.count = power.count;
	return pv_jinja_limbs_ratio(room.limbs, a, b);
}

double pv_jinja_digits_to_double(const char *digits, size_t count, long point)
{
	static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
					 1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
					 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
					 1e18, 1e19, 1e20, 1e21, 1e22 };
	char cut[SIGNIFICANT + 1];
	uint64_t whole = 0;
	long exponent;

	while (count && digits[count - 1] == '0')
		count--;
	if (!count || point < -330)
		return 0.0;
	if (point > 310)
		return INFINITY;
	exponent = point - (long)count;
	if (count > SIGNIFICANT) {
		/* Whatever follows only says "a bit more". */
		memcpy(cut, digits, SIGNIFICANT);
		cut[SIGNIFICANT] = '1';
		return read_exact(cut, SIGNIFICANT + 1, point - SIGNIFICANT - 1);
	}
	if (count > 15 || exponent > 22 || exponent < -22)
		return read_exact(digits, count, exponent);
	for (size_t i = 0; i < count; i++)
		whole = whole * 10 + (uint64_t)(digits[i] - '0');
	return exponent < 0 ? (double)whole / powers[-exponent]
			    : (double)whole * powers[exponent];
}

/* --- printing ------------------------------------------------------------------------ */

static void put_zeros(pv_buf *out, size_t count)
{
	while (count--)
		pv_buf_putc(out, '0');
}

/* The digits with their point; `places` behind it, or as many as there are. */
static void put_plain(pv_buf *out, const pv_jinja_digits *d, size_t places)
{
	size_t whole = d->point > 0 ? (size_t)d->point : 0;
	size_t have = d->count < whole ? d->count : whole;
	size_t lead = d->point < 0 ? (size_t)-d->point : 0;
	size_t rest = d->count - have;

	pv_buf_put(out, d->digits, have);
	put_zeros(out, whole ? whole - have : 1);
	if (!places)
		return;
	pv_buf_putc(out, '.');
	if (lead > places)
		lead = places;
	if (rest > places - lead)
		rest = places - lead;
	put_zeros(out, lead);
	pv_buf_put(out, d->digits + have, rest);
	put_zeros(out, places - lead - rest);
}

static void put_exponent(pv_buf *out, const pv_jinja_digits *d, size_t places,
			 int is_zero, int keeps_point)
{
	int exponent = is_zero ? 0 : d->point - 1;
	size_t have = d->count - 1 < places ? d->count - 1 : places;

	pv_buf_putc(out, d->digits[0]);
	if (places || keeps_point)
		pv_buf_putc(out, '.');
	if (places) {
		pv_buf_put(out, d->digits + 1, have);
		put_zeros(out, places - have);
	}
	pv_buf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+',
		      exponent < 0 ? -exponent : exponent);
}

static int put_special(pv_buf *out, double value)
{
	if (isnan(value)) {
		pv_buf_puts(out, "nan");
		return 1;
	}
	if (signbit(value))
		pv_buf_putc(out, '-');
	if (isinf(value)) {
		pv_buf_puts(out, "inf");
		return 1;
	}
	return 0;
}

void pv_jinja_put_float(pv_buf *out, double value)
{
	pv_jinja_digits digits;

	if (put_special(out, value))
		return;
	pv_jinja_digits_shortest(&digits, value);
	if (digits.point <= -4 || digits.point > 16) {
		put_exponent(out, &digits, digits.count - 1, 0, 0);
		return;
	}
	if ((long)digits.count > digits.point)
		put_plain(out, &digits,
			  (size_t)((long)digits.count - digits.point));
	else
		put_plain(out, &digits, 1);
}

/* %g: significant digits, the shorter of both forms; repr keeps a point. */
static void put_general(pv_buf *out, pv_jinja_digits *d, long precision,
			int keeps_zeros, int is_repr)
{
	const int is_zero = d->digits[0] == '0';
	long exponent;
	size_t places;

	if (!precision)
		precision = 1;
	pv_jinja_digits_round(d, precision);
	if (!keeps_zeros)
		strip_zeros(d);
	exponent = d->point - 1;
	if (is_zero)
		exponent = 0;
	if (exponent < -4 || exponent >= precision - is_repr) {
		places = keeps_zeros ? (size_t)precision - 1 : d->count - 1;
		put_exponent(out, d, places, is_zero, keeps_zeros);
		return;
	}
	if (keeps_zeros)
		places = (size_t)(precision - 1 - exponent);
	else
		places = (long)d->count > d->point
				 ? (size_t)((long)d->count - d->point)
				 : 0;
	put_plain(out, d, places || !is_repr ? places : 1);
	if (keeps_zeros && !places)
		pv_buf_putc(out, '.');
}

int pv_jinja_put_fixed(pv_buf *out, pv_jinja_run *run, double value, char type,
		       int precision, int keeps_zeros)
{
	pv_jinja_digits digits;
	const int is_zero = value == 0;
	int rc = pv_jinja_expect(run, 0, (uint64_t)precision + 400);

	if (rc < 0 || put_special(out, value))
		return rc;
	pv_jinja_digits_exact(&digits, value);
	if (type == 'f') {
		pv_jinja_digits_round(&digits,
				      is_zero ? 1
					      : digits.point + (long)precision);
		put_plain(out, &digits, (size_t)precision);
	} else if (type == 'e') {
		pv_jinja_digits_round(&digits, (long)precision + 1);
		put_exponent(out, &digits, (size_t)precision, is_zero,
			     keeps_zeros);
	} else {
		put_general(out, &digits, precision, keeps_zeros, type == 'r');
		return PV_OK;
	}
	if (keeps_zeros && !precision && type == 'f')
		pv_buf_putc(out, '.');
	return PV_OK;
}
