/* SPDX-License-Identifier: MIT
 *
 * Hashes of 32 bits that spread units over slots; messages are in parts, so
 * that nothing is copied or allocated. No one may rely on them for secrecy.
 */
#ifndef PV_EXPERIMENT_SPREAD_H
#define PV_EXPERIMENT_SPREAD_H

#include <stdint.h>

#include "base/hash.h"

/* MurmurHash3 x86 32 (Appleby 2011, public domain). */
uint32_t pv_murmur3(const pv_hash_part *parts, size_t count, uint32_t seed);
/* FNV-1a, 32 bits (Fowler, Noll and Vo). */
uint32_t pv_fnv1a(const pv_hash_part *parts, size_t count);
/* The first four bytes as a big-endian number. */
uint32_t pv_md5_head(const pv_hash_part *parts, size_t count);
uint32_t pv_sha256_head(const pv_hash_part *parts, size_t count);

/* The first 15 hexadecimal digits of a sha1 over 16^15 - 1. */
double pv_sha1_share(const unsigned char digest[PV_SHA1_BYTES]);

/* A part that is a text. */
pv_hash_part pv_part_of(const char *text);

#endif
