/* SPDX-License-Identifier: MIT
 *
 * The SHA extensions of x86, see sha1_x86.h: four rounds an instruction. The
 * state is kept as they want it, a to d in one register with a on top, e on
 * top of another.
 */
#include "store/object/sha1_x86.h"

#if defined(__x86_64__) && defined(__GNUC__)

# include <cpuid.h>
# include <immintrin.h>
# include <stdatomic.h>

enum {
	HAS_SSSE3 = 1 << 9, /* of leaf 1, in ecx */
	HAS_SSE41 = 1 << 19,
	HAS_SHA = 1 << 29, /* of leaf 7, in ebx */
	GROUPS = 20        /* of four rounds */
};

enum answer {
	ANSWER_UNKNOWN,
	ANSWER_NO,
	ANSWER_YES
};

static int ask(void)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & HAS_SSSE3) ||
	    !(c & HAS_SSE41))
		return 0;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & HAS_SHA);
}

/* Asked once: in a virtual machine each cpuid is a trip to the host, which
 * takes longer than hashing a prompt. Threads that ask at once get the same
 * answer. */
int pv_sha1_x86_has(void)
{
	static atomic_int answer = ANSWER_UNKNOWN;

	if (atomic_load(&answer) == ANSWER_UNKNOWN)
		atomic_store(&answer, ask() ? ANSWER_YES : ANSWER_NO);
	return atomic_load(&answer) == ANSWER_YES;
}

/* The words of all rounds, the first of each group on top. */
__attribute__((target("sha,sse4.1"))) static void lay_out(__m128i words[GROUPS],
							  const unsigned char *block)
{
	const __m128i order =
		_mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);

	for (int i = 0; i < 4; i++) {
		words[i] = _mm_loadu_si128(
			(const __m128i *)(const void *)(block + 16 * (size_t)i));
		words[i] = _mm_shuffle_epi8(words[i], order);
	}
	for (int i = 4; i < GROUPS; i++) {
		__m128i sum = _mm_sha1msg1_epu32(words[i - 4], words[i - 3]);

		sum = _mm_xor_si128(sum, words[i - 2]);
		words[i] = _mm_sha1msg2_epu32(sum, words[i - 1]);
	}
}

/* Four rounds; their function has to be a constant of the instruction. */
__attribute__((target("sha,sse4.1"))) static inline __m128i add_four(__m128i abcd,
								     __m128i e,
								     int group)
{
	switch (group / 5) {
	case 0:
		return _mm_sha1rnds4_epu32(abcd, e, 0);
	case 1:
		return _mm_sha1rnds4_epu32(abcd, e, 1);
	case 2:
		return _mm_sha1rnds4_epu32(abcd, e, 2);
	default:
		return _mm_sha1rnds4_epu32(abcd, e, 3);
	}
}

__attribute__((target("sha,sse4.1"))) void pv_sha1_x86_add(
	uint32_t state[5], const unsigned char *blocks, size_t count)
{
	__m128i abcd = _mm_set_epi32((int)state[0], (int)state[1],
				     (int)state[2], (int)state[3]);
	__m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);
	__m128i words[GROUPS];

	for (; count; count--, blocks += 64) {
		__m128i start = abcd;
		__m128i start_e = e;
		__m128i before = abcd;

		lay_out(words, blocks);
		abcd = add_four(abcd, _mm_add_epi32(e, words[0]), 0);
		for (int i = 1; i < GROUPS; i++) {
			e = _mm_sha1nexte_epu32(before, words[i]);
			before = abcd;
			abcd = add_four(abcd, e, i);
		}
		e = _mm_sha1nexte_epu32(before, start_e);
		abcd = _mm_add_epi32(abcd, start);
	}
	state[0] = (uint32_t)_mm_extract_epi32(abcd, 3);
	state[1] = (uint32_t)_mm_extract_epi32(abcd, 2);
	state[2] = (uint32_t)_mm_extract_epi32(abcd, 1);
	state[3] = (uint32_t)_mm_extract_epi32(abcd, 0);
	state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

#else

int pv_sha1_x86_has(void)
{
	return 0;
}

void pv_sha1_x86_add(uint32_t state[5], const unsigned char *blocks, size_t count)
{
	(void)state, (void)blocks, (void)count;
}

#endif
