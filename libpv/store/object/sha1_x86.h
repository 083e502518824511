/* SPDX-License-Identifier: MIT
 *
 * SHA-1 with the processor's own instructions, where it has them.
 */
#ifndef PV_STORE_SHA1_X86_H
#define PV_STORE_SHA1_X86_H

#include <stddef.h>
#include <stdint.h>

/* Whether this processor has them; never for another kind of processor. */
int pv_sha1_x86_has(void);

/* Adds blocks of 64 bytes to the state. Only where there are instructions. */
void pv_sha1_x86_add(uint32_t state[5], const unsigned char *blocks,
		     size_t count);

#endif
