/* SPDX-License-Identifier: MIT
 *
 * Any bytes as the message of a commit: a trailer that is found is a part of
 * the block, the block is a part of the message, and whoever goes through all
 * of them finds the same value last.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pv/store.h>

#include "base/mem.h"
#include "store/commit/trailer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[] = { "Pv-Prompt", "Pv-Checks", "Reviewed-by", "x" };

/* The last value that a walk meets. */
struct last {
	const char *key;
	pv_str value;
};

static int on_trailer(const char *key, size_t key_len, const char *value,
		      size_t len, void *payload)
{
	struct last *last = payload;

	if (strlen(last->key) == key_len &&
	    !strncasecmp(last->key, key, key_len)) {
		last->value.ptr = value;
		last->value.len = len;
	}
	return 0;
}

static int is_within(pv_str part, pv_str whole)
{
	return part.ptr >= whole.ptr && part.len <= whole.len &&
	       (size_t)(part.ptr - whole.ptr) <= whole.len - part.len;
}

static void look(pv_str message, pv_str block, const char *key)
{
	pv_str value = pv_trailer_in(block, key);
	struct last last = { .key = key };

	if (value.ptr &&
	    (!is_within(value, block) || pv_str_trim(value).len != value.len))
		abort();
	if (pv_trailer_each(message.ptr, on_trailer, &last) != 0 ||
	    last.value.ptr != value.ptr || last.value.len != value.len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_buf text = { 0 };
	pv_str message;
	pv_str block;

	pv_buf_put(&text, (const char *)data, size);
	message = pv_str_of(pv_buf_text(&text));
	block = pv_trailer_block(message.ptr);
	if (block.len && !is_within(block, message))
		abort();
	for (size_t i = 0; i < pv_array_len(keys); i++)
		look(message, block, keys[i]);
	pv_buf_dispose(&text);
	return 0;
}
