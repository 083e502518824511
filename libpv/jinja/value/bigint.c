/* SPDX-License-Identifier: MIT
 *
 * Integer arithmetic: int64_t while it fits, limbs in the arena beyond. Of
 * GMP only functions are used that allocate nothing (mpn_add, addmul_1, ...),
 * because the others end the process when there is no memory; products and
 * quotients are therefore schoolbook, and paid for by their limbs.
 */
#include "jinja/value/bigint.h"

#include <limits.h>
#include <math.h>

#include "jinja/value/limbs.h"

/* --- seeing and making -------------------------------------------------------- */

static pv_jinja_limbs look(mp_limb_t *room, pv_jinja_value value)
{
	pv_jinja_limbs limbs = { room, 0, 0 };

	if (value.type == PV_JINJA_BIG) {
		limbs.ptr = value.u.big->limbs;
		limbs.count = value.u.big->count;
		limbs.is_negative = value.u.big->is_negative;
		return limbs;
	}
	limbs.is_negative = value.u.i < 0;
	*room = limbs.is_negative ? 0 - (mp_limb_t)value.u.i
				  : (mp_limb_t)value.u.i;
	limbs.count = *room != 0;
	return limbs;
}

/* Room for a result of at most `count` limbs. */
static int new_big(pv_jinja_big **out, pv_jinja_run *run, size_t count)
{
	size_t most = run->limits.int_bits / PV_JINJA_LIMB_BITS + 1;

	if (count > most) {
		pv_jinja_limit(run, run->limits.int_bits, "bits of one integer");
		return PV_ELIMIT;
	}
	return pv_jinja_alloc(out, run,
			      sizeof(**out) + (count + 1) * sizeof(mp_limb_t));
}

/* Drops leading zeros; what fits int64_t becomes a small int. */
static void settle(pv_jinja_value *out, pv_jinja_big *big, size_t count,
		   int is_negative)
{
	mp_limb_t low;

	while (count && !big->limbs[count - 1])
		count--;
	low = count ? big->limbs[0] : 0;
	if (count < 2 &&
	    low <= (mp_limb_t)INT64_MAX + (mp_limb_t)(is_negative != 0)) {
		*out = pv_jinja_int(is_negative ? (int64_t)(0 - low)
						: (int64_t)low);
		return;
	}
	big->count = count;
	big->is_negative = is_negative;
	memset(out, 0, sizeof(*out));
	out->type = PV_JINJA_BIG;
	out->u.big = big;
}

int pv_jinja_int_sign(pv_jinja_value a)
{
	if (a.type == PV_JINJA_BIG)
		return a.u.big->is_negative ? -1 : 1;
	return a.u.i < 0 ? -1 : a.u.i > 0;
}

size_t pv_jinja_int_bits(pv_jinja_value a)
{
	mp_limb_t room;

	return pv_jinja_limbs_bits(look(&room, a));
}

/* --- sums ---------------------------------------------------------------------- */

static int compare_magnitudes(pv_jinja_limbs a, pv_jinja_limbs b)
{
	if (a.count != b.count)
		return a.count < b.count ? -1 : 1;
	return a.count ? mpn_cmp(a.ptr, b.ptr, (mp_size_t)a.count) : 0;
}

static int add_magnitudes(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_limbs a, pv_jinja_limbs b)
{
	pv_jinja_limbs longer = a.count < b.count ? b : a;
	pv_jinja_limbs shorter = a.count < b.count ? a : b;
	pv_jinja_big *big = NULL;
	int rc = new_big(&big, run, longer.count + 1);

	if (rc < 0)
		return rc;
	if (shorter.count)
		big->limbs[longer.count] =
			mpn_add(big->limbs, longer.ptr, (mp_size_t)longer.count,
				shorter.ptr, (mp_size_t)shorter.count);
	else
		pv_jinja_limbs_copy(big->limbs, longer, longer.count + 1);
	settle(out, big, longer.count + 1, a.is_negative);
	return PV_OK;
}

static int sub_magnitudes(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_limbs a, pv_jinja_limbs b)
{
	int order = compare_magnitudes(a, b);
	pv_jinja_limbs longer = order < 0 ? b : a;
	pv_jinja_limbs shorter = order < 0 ? a : b;
	pv_jinja_big *big = NULL;
	int rc;

	if (!order) {
		*out = pv_jinja_int(0);
		return PV_OK;
	}
	rc = new_big(&big, run, longer.count);
	if (rc < 0)
		return rc;
	if (shorter.count)
		mpn_sub(big->limbs, longer.ptr, (mp_size_t)longer.count,
			shorter.ptr, (mp_size_t)shorter.count);
	else
		pv_jinja_limbs_copy(big->limbs, longer, longer.count);
	settle(out, big, longer.count,
	       order < 0 ? !a.is_negative : a.is_negative);
	return PV_OK;
}

static int add_big(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_limbs a,
		   pv_jinja_limbs b)
{
	int rc = pv_jinja_spend(run, (a.count + b.count) / 8);

	if (rc < 0)
		return rc;
	if (!a.count || !b.count || a.is_negative == b.is_negative) {
		if (!a.count)
			a.is_negative = b.is_negative;
		return add_magnitudes(out, run, a, b);
	}
	return sub_magnitudes(out, run, a, b);
}

int pv_jinja_int_add(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	mp_limb_t room[2];
	int64_t sum;

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b) &&
	    !__builtin_add_overflow(a.u.i, b.u.i, &sum)) {
		*out = pv_jinja_int(sum);
		return PV_OK;
	}
	return add_big(out, run, look(&room[0], a), look(&room[1], b));
}

int pv_jinja_int_sub(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	mp_limb_t room[2];
	pv_jinja_limbs second;
	int64_t difference;

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b) &&
	    !__builtin_sub_overflow(a.u.i, b.u.i, &difference)) {
		*out = pv_jinja_int(difference);
		return PV_OK;
	}
	second = look(&room[1], b);
	second.is_negative = !second.is_negative;
	return add_big(out, run, look(&room[0], a), second);
}

int pv_jinja_int_neg(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a)
{
	return pv_jinja_int_sub(out, run, pv_jinja_int(0), a);
}

/* --- products --------------------------------------------------------------------- */

static int mul_big(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_limbs a,
		   pv_jinja_limbs b)
{
	pv_jinja_big *big = NULL;
	int rc;

	if (!a.count || !b.count) {
		*out = pv_jinja_int(0);
		return PV_OK;
	}
	rc = new_big(&big, run, a.count + b.count - 1);
	if (rc >= 0)
		rc = pv_jinja_spend(run, a.count * b.count / 16);
	if (rc < 0)
		return rc;
	pv_jinja_limbs_mul(big->limbs, a, b);
	settle(out, big, a.count + b.count, a.is_negative != b.is_negative);
	return PV_OK;
}

int pv_jinja_int_mul(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b)
{
	mp_limb_t room[2];
	int64_t product;

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b) &&
	    !__builtin_mul_overflow(a.u.i, b.u.i, &product)) {
		*out = pv_jinja_int(product);
		return PV_OK;
	}
	return mul_big(out, run, look(&room[0], a), look(&room[1], b));
}

/* 0, 1 and -1 to any power; whether `a` was one of them. */
static int pow_of_unit(pv_jinja_value *out, pv_jinja_value a,
		       pv_jinja_value exponent)
{
	mp_limb_t room;

	if (!pv_jinja_int_sign(exponent)) {
		*out = pv_jinja_int(1);
		return 1;
	}
	if (!pv_jinja_is_small(a) || a.u.i < -1 || a.u.i > 1)
		return 0;
	*out = pv_jinja_int(a.u.i);
	if (a.u.i == -1 && !(look(&room, exponent).ptr[0] & 1))
		*out = pv_jinja_int(1);
	return 1;
}

int pv_jinja_int_pow(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value exponent)
{
	const size_t most = run->limits.int_bits;
	pv_jinja_value result = pv_jinja_int(1);
	uint64_t left;
	int rc = PV_OK;

	if (pow_of_unit(out, a, exponent))
		return PV_OK;
	/* |a| >= 2: the result has at least (bits - 1) * exponent bits. */
	if (!pv_jinja_is_small(exponent) || (uint64_t)exponent.u.i > most ||
	    (pv_jinja_int_bits(a) - 1) * (uint64_t)exponent.u.i > most)
		return pv_jinja_limit(run, most, "bits of one integer");
	for (left = (uint64_t)exponent.u.i; rc >= 0; left >>= 1) {
		if (left & 1)
			rc = pv_jinja_int_mul(&result, run, result, a);
		if (left < 2 || rc < 0)
			break;
		rc = pv_jinja_int_mul(&a, run, a, a);
	}
	*out = result;
	return rc;
}

/* --- quotients --------------------------------------------------------------------- */

/* Makes floor division of truncated: one less, and the divisor more left. */
static int adjust(pv_jinja_value *quotient, pv_jinja_value *remainder,
		  pv_jinja_run *run, pv_jinja_value b)
{
	int rc = pv_jinja_int_sub(quotient, run, *quotient, pv_jinja_int(1));

	return rc < 0 ? rc : pv_jinja_int_add(remainder, run, *remainder, b);
}

static int divide_big(pv_jinja_value *quotient, pv_jinja_value *remainder,
		      pv_jinja_run *run, pv_jinja_limbs a, pv_jinja_limbs b)
{
	const size_t count = a.count < b.count ? 0 : a.count - b.count + 1;
	pv_jinja_big *whole = NULL;
	pv_jinja_big *rest = NULL;
	mp_limb_t *room = NULL;
	int rc = new_big(&whole, run, count);

	if (rc >= 0)
		rc = new_big(&rest, run, a.count > b.count ? a.count : b.count);
	if (rc >= 0)
		rc = pv_jinja_alloc(&room, run,
				    (a.count + b.count + 2) * sizeof(*room));
	if (rc >= 0)
		rc = pv_jinja_spend(run, count * b.count / 8);
	if (rc < 0)
		return rc;
	pv_jinja_limbs_divide(whole->limbs, rest->limbs, room, a, b);
	settle(quotient, whole, count, a.is_negative != b.is_negative);
	settle(remainder, rest, a.count < b.count ? a.count : b.count,
	       a.is_negative);
	return PV_OK;
}

static int divide(pv_jinja_value *quotient, pv_jinja_value *remainder,
		  pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b)
{
	mp_limb_t room[2];

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b) &&
	    !(b.u.i == -1 && a.u.i == INT64_MIN)) {
		*quotient = pv_jinja_int(a.u.i / b.u.i);
		*remainder = pv_jinja_int(a.u.i % b.u.i);
		return PV_OK;
	}
	return divide_big(quotient, remainder, run, look(&room[0], a),
			  look(&room[1], b));
}

int pv_jinja_int_divmod(pv_jinja_value *quotient_out,
			pv_jinja_value *remainder_out, pv_jinja_run *run,
			pv_jinja_value a, pv_jinja_value b)
{
	pv_jinja_value quotient;
	pv_jinja_value remainder;
	int rc = divide(&quotient, &remainder, run, a, b);

	if (rc < 0)
		return rc;
	if (pv_jinja_int_sign(remainder) &&
	    pv_jinja_int_sign(remainder) != pv_jinja_int_sign(b))
		rc = adjust(&quotient, &remainder, run, b);
	if (rc < 0)
		return rc;
	if (quotient_out)
		*quotient_out = quotient;
	if (remainder_out)
		*remainder_out = remainder;
	return PV_OK;
}

/* --- comparing and converting ------------------------------------------------------ */

int pv_jinja_int_cmp(pv_jinja_value a, pv_jinja_value b)
{
	mp_limb_t room[2];
	int sign_a = pv_jinja_int_sign(a);
	int order;

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b))
		return a.u.i < b.u.i ? -1 : a.u.i > b.u.i;
	if (sign_a != pv_jinja_int_sign(b))
		return sign_a < pv_jinja_int_sign(b) ? -1 : 1;
	order = compare_magnitudes(look(&room[0], a), look(&room[1], b));
	order = order < 0 ? -1 : order > 0;
	return sign_a < 0 ? -order : order;
}

int pv_jinja_int_cmp_double(pv_jinja_value a, double f)
{
	double whole;

	if (isinf(f))
		return f > 0 ? -1 : 1;
	if (a.type == PV_JINJA_BIG) {
		double nearest = pv_jinja_int_to_double(a);

		if (nearest != f)
			return nearest < f ? -1 : 1;
		return pv_jinja_limbs_cmp_double(a.u.big->limbs, a.u.big->count,
						 fabs(f)) *
		       (a.u.big->is_negative ? -1 : 1);
	}
	if (f >= 9223372036854775808.0)
		return -1;
	if (f < -9223372036854775808.0)
		return 1;
	whole = floor(f);
	if (a.u.i != (int64_t)whole)
		return a.u.i < (int64_t)whole ? -1 : 1;
	return f > whole ? -1 : 0;
}

double pv_jinja_int_to_double(pv_jinja_value a)
{
	if (a.type != PV_JINJA_BIG)
		return (double)a.u.i;
	return pv_jinja_limbs_to_double((pv_jinja_limbs){
		a.u.big->limbs, a.u.big->count, a.u.big->is_negative });
}

int pv_jinja_int_ratio(double *out, pv_jinja_run *run, pv_jinja_value a,
		       pv_jinja_value b)
{
	const int64_t exact = (int64_t)1 << 53;
	mp_limb_t room[2];
	pv_jinja_limbs x = look(&room[0], a);
	pv_jinja_limbs y = look(&room[1], b);
	mp_limb_t *work;
	int rc;

	if (pv_jinja_is_small(a) && pv_jinja_is_small(b) && a.u.i <= exact &&
	    a.u.i >= -exact && b.u.i <= exact && b.u.i >= -exact) {
		*out = (double)a.u.i / (double)b.u.i;
		return PV_OK;
	}
	rc = pv_jinja_alloc(&work, run,
			    (x.count + y.count + 4) * 6 * sizeof(*work));
	if (rc >= 0)
		rc = pv_jinja_spend(run, (x.count + y.count) * 2);
	if (rc < 0)
		return rc;
	*out = pv_jinja_limbs_ratio(work, x, y);
	if (isinf(*out))
		return pv_jinja_raise(run, PV_JINJA_OVERFLOW_ERROR,
				      "integer division result too large for a "
				      "float");
	return PV_OK;
}

int pv_jinja_int_from_double(pv_jinja_value *out, pv_jinja_run *run, double f)
{
	pv_jinja_big *big = NULL;
	double fraction;
	int exponent;
	uint64_t mantissa;
	size_t shift;
	int rc;

	f = trunc(f);
	if (f >= -9223372036854775808.0 && f < 9223372036854775808.0) {
		*out = pv_jinja_int((int64_t)f);
		return PV_OK;
	}
	fraction = frexp(fabs(f), &exponent);
	mantissa = (uint64_t)ldexp(fraction, 53);
	shift = (size_t)exponent - 53;
	rc = new_big(&big, run, shift / PV_JINJA_LIMB_BITS + 2);
	if (rc < 0 || !big)
		return rc;
	memset(big->limbs, 0,
	       (shift / PV_JINJA_LIMB_BITS + 2) * sizeof(mp_limb_t));
	big->limbs[shift / PV_JINJA_LIMB_BITS] = mantissa
						 << shift % PV_JINJA_LIMB_BITS;
	if (shift % PV_JINJA_LIMB_BITS)
		big->limbs[shift / PV_JINJA_LIMB_BITS + 1] =
			mantissa >>
			(PV_JINJA_LIMB_BITS - shift % PV_JINJA_LIMB_BITS);
	settle(out, big, shift / PV_JINJA_LIMB_BITS + 2, f < 0);
	return PV_OK;
}

uint64_t pv_jinja_int_hash(pv_jinja_value a)
{
	uint64_t bits;
	double f;

	if (a.type != PV_JINJA_BIG) {
		bits = (uint64_t)a.u.i * 0x9E3779B97F4A7C15u;
		return bits ^ (bits >> 32);
	}
	/* As the double it may be equal to. */
	f = pv_jinja_int_to_double(a);
	memcpy(&bits, &f, sizeof(bits));
	bits *= 0x9E3779B97F4A7C15u;
	return bits ^ (bits >> 32);
}

/* --- text ----------------------------------------------------------------------------- */

enum {
	MAX_DIGITS = 4300 /* CPython's sys.int_info.default_max_str_digits */
};

static int fail_digits(pv_jinja_run *run)
{
	return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
			      "Exceeds the limit (%d digits) for integer string "
			      "conversion",
			      MAX_DIGITS);
}

static void put_small(pv_buf *out, int64_t value, unsigned base)
{
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char text[66];
	size_t at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[left % base];
		left /= base;
	} while (left);
	if (value < 0)
		text[--at] = '-';
	pv_buf_put(out, text + at, sizeof(text) - at);
}

int pv_jinja_put_int(pv_buf *out, pv_jinja_run *run, pv_jinja_value a, int base)
{
	unsigned char *digits;
	mp_limb_t *copy;
	size_t bits;
	size_t count;
	int rc;

	if (pv_jinja_is_small(a)) {
		put_small(out, a.u.i, (unsigned)base);
		return PV_OK;
	}
	bits = pv_jinja_int_bits(a);
	/* 4301 digits have at least 14283 bits, 4300 at most 14285. */
	if (base == 10 && bits > 14285)
		return fail_digits(run);
	rc = pv_jinja_alloc(&digits, run, bits + 2);
	if (rc >= 0)
		rc = pv_jinja_alloc_array(&copy, run, a.u.big->count + 1,
					  sizeof(*copy));
	if (rc >= 0)
		rc = pv_jinja_spend(run, a.u.big->count);
	if (rc < 0)
		return rc;
	memcpy(copy, a.u.big->limbs, a.u.big->count * sizeof(*copy));
	count = mpn_get_str(digits, base, copy, (mp_size_t)a.u.big->count);
	if (base == 10 && count > MAX_DIGITS)
		return fail_digits(run);
	if (a.u.big->is_negative)
		pv_buf_putc(out, '-');
	for (size_t i = 0; i < count; i++)
		digits[i] = (unsigned char)"0123456789abcdef"[digits[i]];
	pv_buf_put(out, digits, count);
	return PV_OK;
}

static unsigned char digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned char)(c - '0');
	return (unsigned char)((c | 0x20) - 'a' + 10);
}

int pv_jinja_int_from_digits(pv_jinja_value *out, pv_jinja_run *run,
			     const char *digits, size_t len, int base,
			     int is_negative)
{
	unsigned char *values = NULL;
	pv_jinja_big *big = NULL;
	size_t count;
	int rc;

	while (len && *digits == '0') {
		digits++;
		len--;
	}
	if (!len) {
		*out = pv_jinja_int(0);
		return PV_OK;
	}
	/* A digit of base 36 has less than 6 bits. */
	rc = new_big(&big, run, len * 6 / PV_JINJA_LIMB_BITS + 1);
	if (rc >= 0)
		rc = pv_jinja_alloc(&values, run, len);
	if (rc >= 0)
		rc = pv_jinja_spend(run, len * len / 512);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < len; i++)
		values[i] = digit_of(digits[i]);
	count = (size_t)mpn_set_str(big->limbs, values, len, base);
	settle(out, big, count, is_negative);
	return PV_OK;
}
