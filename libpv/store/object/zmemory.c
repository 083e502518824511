/* SPDX-License-Identifier: MIT
 *
 * zlib's memory, see zmemory.h.
 */
#include "store/object/zmemory.h"

#include "base/mem.h"

static void *allocate(void *payload, unsigned count, unsigned size)
{
	(void)payload;
	return pv_calloc(count, size);
}

static void release(void *payload, void *ptr)
{
	(void)payload;
	pv_free(ptr);
}

void pv_zmemory_set(z_stream *stream)
{
	stream->zalloc = allocate;
	stream->zfree = release;
}
