/* SPDX-License-Identifier: MIT
 *
 * Numbers in git's binary files, whatever their alignment.
 */
#ifndef PV_STORE_BIG_ENDIAN_H
#define PV_STORE_BIG_ENDIAN_H

#include <stdint.h>

static inline uint32_t pv_read32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t pv_read64(const unsigned char *at)
{
	return (uint64_t)pv_read32(at) << 32 | pv_read32(at + 4);
}

#endif
