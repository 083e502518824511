/* SPDX-License-Identifier: MIT
 *
 * SHA-256 as FIPS 180-4 sections 4.1.2, 5.1.1 and 6.2 describe it.
 */
#include "base/hash.h"

#include <string.h>

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return (x >> n) | (x << (32 - n));
}

static void expand_schedule(uint32_t w[64], const unsigned char *block)
{
	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[i * 4] << 24 |
		       (uint32_t)block[i * 4 + 1] << 16 |
		       (uint32_t)block[i * 4 + 2] << 8 | block[i * 4 + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15];
		uint32_t b = w[i - 2];

		w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)) +
		       w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10));
	}
}

static void compress(pv_sha256 *sha, const unsigned char *block)
{
	uint32_t w[64];
	uint32_t s[8];

	expand_schedule(w, block);
	memcpy(s, sha->state, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t choose = (s[4] & s[5]) ^ (~s[4] & s[6]);
		uint32_t major = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
		uint32_t one =
			s[7] +
			(rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
			choose + round_constants[i] + w[i];
		uint32_t two =
			(rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
			major;

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += one;
		s[0] = one + two;
	}
	for (int i = 0; i < 8; i++)
		sha->state[i] += s[i];
}

void pv_sha256_init(pv_sha256 *sha)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372,
					   0xa54ff53a, 0x510e527f, 0x9b05688c,
					   0x1f83d9ab, 0x5be0cd19 };

	memset(sha, 0, sizeof(*sha));
	memcpy(sha->state, start, sizeof(start));
}

void pv_sha256_update(pv_sha256 *sha, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t held = (size_t)(sha->total % sizeof(sha->block));

	sha->total += len;
	while (len) {
		size_t take = sizeof(sha->block) - held;

		if (take > len)
			take = len;
		memcpy(sha->block + held, bytes, take);
		bytes += take;
		len -= take;
		held += take;
		if (held == sizeof(sha->block)) {
			compress(sha, sha->block);
			held = 0;
		}
	}
}

void pv_sha256_final(char out[PV_SHA256_HEX], pv_sha256 *sha)
{
	static const char digits[] = "0123456789abcdef";
	static const unsigned char padding[64] = { 0x80 };
	uint64_t bits = sha->total * 8;
	size_t held = (size_t)(sha->total % 64);
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - i * 8));
	pv_sha256_update(sha, padding, held < 56 ? 56 - held : 120 - held);
	pv_sha256_update(sha, length, sizeof(length));
	for (size_t i = 0; i < 32; i++) {
		uint32_t byte = sha->state[i / 4] >> (24 - i % 4 * 8) & 0xFF;

		out[i * 2] = digits[byte >> 4];
		out[i * 2 + 1] = digits[byte & 15];
	}
	out[64] = '\0';
}
