/* SPDX-License-Identifier: MIT
 *
 * Schoolbook arithmetic on limbs, and correct rounding to doubles.
 */
#include "jinja/value/limbs.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 double_limb;

void pv_jinja_limbs_copy(mp_limb_t *out, pv_jinja_limbs from, size_t size)
{
	memset(out, 0, size * sizeof(*out));
	if (from.count)
		memcpy(out, from.ptr, from.count * sizeof(*out));
}

size_t pv_jinja_limbs_bits(pv_jinja_limbs limbs)
{
	if (!limbs.count)
		return 0;
	return limbs.count * PV_JINJA_LIMB_BITS -
	       (size_t)__builtin_clzl(limbs.ptr[limbs.count - 1]);
}

void pv_jinja_limbs_mul(mp_limb_t *out, pv_jinja_limbs a, pv_jinja_limbs b)
{
	const mp_size_t count = (mp_size_t)a.count;

	out[a.count] = mpn_mul_1(out, a.ptr, count, b.ptr[0]);
	for (size_t i = 1; i < b.count; i++)
		out[a.count + i] = mpn_addmul_1(out + i, a.ptr, count, b.ptr[i]);
}

/* The quotient digit for the top of `top`, at most one too large (Knuth D3). */
static mp_limb_t guess_digit(const mp_limb_t *top, mp_limb_t first,
			     mp_limb_t second)
{
	double_limb pair = ((double_limb)top[0] << 64) | top[-1];
	double_limb digit;
	double_limb rest;

	if (top[0] >= first)
		return ~(mp_limb_t)0;
	digit = pair / first;
	rest = pair % first;
	while (rest >> 64 == 0 && digit * second > ((rest << 64) | top[-2])) {
		digit--;
		rest += first;
	}
	return (mp_limb_t)digit;
}

/* Algorithm D of Knuth's volume 2, 4.3.1, on normalised operands. */
static void divide_long(mp_limb_t *quotient, mp_limb_t *work, size_t work_count,
			const mp_limb_t *divisor, size_t count)
{
	for (size_t i = work_count - count; i-- > 0;) {
		mp_limb_t *at = work + i;
		mp_limb_t digit = guess_digit(at + count, divisor[count - 1],
					      divisor[count - 2]);
		mp_limb_t borrow =
			mpn_submul_1(at, divisor, (mp_size_t)count, digit);

		while (at[count] < borrow) {
			digit--;
			borrow -= mpn_add_n(at, at, divisor, (mp_size_t)count);
		}
		at[count] -= borrow;
		quotient[i] = digit;
	}
}

void pv_jinja_limbs_divide(mp_limb_t *quotient, mp_limb_t *remainder,
			   mp_limb_t *room, pv_jinja_limbs a, pv_jinja_limbs b)
{
	mp_limb_t *divisor = room + a.count + 1;
	unsigned shift;

	if (a.count < b.count) {
		pv_jinja_limbs_copy(remainder, a, a.count);
		return;
	}
	if (b.count == 1) {
		remainder[0] = mpn_divrem_1(quotient, 0, a.ptr,
					    (mp_size_t)a.count, b.ptr[0]);
		return;
	}
	shift = (unsigned)__builtin_clzl(b.ptr[b.count - 1]);
	pv_jinja_limbs_copy(room, a, a.count + 1);
	pv_jinja_limbs_copy(divisor, b, b.count);
	if (shift) {
		mpn_lshift(room, room, (mp_size_t)a.count + 1, shift);
		mpn_lshift(divisor, divisor, (mp_size_t)b.count, shift);
	}
	divide_long(quotient, room, a.count + 1, divisor, b.count);
	memcpy(remainder, room, b.count * sizeof(*remainder));
	if (shift)
		mpn_rshift(remainder, remainder, (mp_size_t)b.count, shift);
}

double pv_jinja_round_double(uint64_t mantissa, int has_more, long exponent)
{
	const long lowest = -1074;
	long drop = 11; /* 64 bits to 53 */
	uint64_t kept;
	uint64_t rest;
	uint64_t half;

	if (exponent + drop < lowest)
		drop = lowest - exponent;
	if (drop > 64)
		return 0.0;
	kept = drop > 63 ? 0 : mantissa >> drop;
	half = (uint64_t)1 << (drop - 1);
	rest = drop > 63 ? mantissa : mantissa & (((uint64_t)1 << drop) - 1);
	if (rest > half || (rest == half && (has_more || kept & 1)))
		kept++;
	if (exponent + drop > 1024)
		return INFINITY;
	return ldexp((double)kept, (int)(exponent + drop));
}

/* The highest 64 bits, whether there is more, and the exponent of bit 0. */
static uint64_t take_top(pv_jinja_limbs limbs, int *has_more, long *exponent)
{
	const mp_limb_t *top = limbs.ptr + limbs.count - 1;
	unsigned shift = (unsigned)__builtin_clzl(*top);
	uint64_t mantissa = *top << shift;

	*has_more = 0;
	*exponent = (long)(limbs.count - 1) * PV_JINJA_LIMB_BITS - (long)shift;
	if (limbs.count == 1)
		return mantissa;
	if (shift) {
		mantissa |= top[-1] >> (PV_JINJA_LIMB_BITS - shift);
		*has_more = top[-1] << shift != 0;
	} else {
		*has_more = top[-1] != 0;
	}
	for (size_t i = 0; i + 2 < limbs.count; i++)
		*has_more |= limbs.ptr[i] != 0;
	return mantissa;
}

double pv_jinja_limbs_to_double(pv_jinja_limbs limbs)
{
	uint64_t mantissa;
	int has_more;
	long exponent;
	double f;

	if (!limbs.count)
		return 0.0;
	mantissa = take_top(limbs, &has_more, &exponent);
	f = pv_jinja_round_double(mantissa, has_more, exponent);
	return limbs.is_negative ? -f : f;
}

double pv_jinja_limbs_ratio(mp_limb_t *room, pv_jinja_limbs a, pv_jinja_limbs b)
{
	/* a x 2^(64 x extra) / b has at least 65 bits. */
	const size_t extra = b.count + 2 > a.count ? b.count + 2 - a.count : 0;
	const size_t count = a.count + extra;
	mp_limb_t *dividend = room;
	mp_limb_t *quotient = dividend + count + 1;
	mp_limb_t *remainder = quotient + count + 1;
	mp_limb_t *work = remainder + b.count + 1;
	pv_jinja_limbs whole = { quotient, count - b.count + 1, 0 };
	uint64_t mantissa;
	int has_more;
	long exponent;
	double f;

	if (!a.count)
		return b.is_negative ? -0.0 : 0.0;
	memset(dividend, 0, extra * sizeof(*dividend));
	memcpy(dividend + extra, a.ptr, a.count * sizeof(*dividend));
	pv_jinja_limbs_divide(quotient, remainder, work,
			      (pv_jinja_limbs){ dividend, count, 0 }, b);
	while (whole.count && !quotient[whole.count - 1])
		whole.count--;
	mantissa = take_top(whole, &has_more, &exponent);
	for (size_t i = 0; i < b.count; i++)
		has_more |= remainder[i] != 0;
	f = pv_jinja_round_double(mantissa, has_more,
				  exponent - (long)extra * PV_JINJA_LIMB_BITS);
	return a.is_negative != b.is_negative ? -f : f;
}

int pv_jinja_limbs_cmp_double(const mp_limb_t *limbs, size_t count, double f)
{
	int exponent;
	uint64_t mantissa = (uint64_t)ldexp(frexp(f, &exponent), 64);
	pv_jinja_limbs other = { limbs, count, 0 };
	uint64_t top;
	int has_more;
	long lowest;

	if (pv_jinja_limbs_bits(other) != (size_t)exponent)
		return pv_jinja_limbs_bits(other) < (size_t)exponent ? -1 : 1;
	top = take_top(other, &has_more, &lowest);
	if (top != mantissa)
		return top < mantissa ? -1 : 1;
	return has_more;
}
