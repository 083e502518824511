/* SPDX-License-Identifier: MIT
 *
 * Tokens of JSON pointers: "~0" is "~", "~1" is "/".
 */
#include "schema/pointer.h"

void pv_pointer_put(pv_buf *out, pv_str key)
{
	pv_buf_putc(out, '/');
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] == '~')
			pv_buf_puts(out, "~0");
		else if (key.ptr[i] == '/')
			pv_buf_puts(out, "~1");
		else
			pv_buf_putc(out, key.ptr[i]);
	}
}

/* Whether a token stands for the key. */
static int is_token_of(pv_str token, pv_str key)
{
	size_t at = 0;

	for (size_t i = 0; i < token.len; i++, at++) {
		char c = token.ptr[i];
		char next = pv_str_at(token, i + 1);

		if (c == '~' && (next == '0' || next == '1')) {
			c = next == '0' ? '~' : '/';
			i++;
		}
		if (at == key.len || key.ptr[at] != c)
			return 0;
	}
	return at == key.len;
}

const pv_value *pv_pointer_step(const pv_value *at, pv_str *pointer)
{
	pv_str token = { pointer->ptr + 1, 0 };
	unsigned idx;

	while (token.len + 1 < pointer->len && token.ptr[token.len] != '/')
		token.len++;
	pointer->ptr += token.len + 1;
	pointer->len -= token.len + 1;
	if (at->kind == PV_VALUE_OBJECT)
		for (size_t i = 0; i < at->count; i++)
			if (is_token_of(token, at->as.members[i].key))
				return &at->as.members[i].value;
	if (at->kind != PV_VALUE_ARRAY || (token.len > 1 && token.ptr[0] == '0') ||
	    pv_str_to_uint(&idx, token, UINT32_MAX / 2) < 0 || idx >= at->count)
		return NULL;
	return &at->as.items[idx];
}
