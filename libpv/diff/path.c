/* SPDX-License-Identifier: MIT
 *
 * See path.h. Keys are bare or quoted as pv_yaml_path has them; that works
 * on nodes of one document, while a diff names places of two.
 */
#include "diff/path.h"

#include "base/json.h"

static int is_bare(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return 0;
	}
	return len > 0;
}

void pv_path_put_key(pv_buf *path, const pv_yaml_node *key)
{
	pv_jsonw json;

	if (path->len > 0)
		pv_buf_putc(path, '.');
	if (is_bare(key->text, key->len)) {
		pv_buf_put(path, key->text, key->len);
		return;
	}
	pv_jsonw_init(&json, path);
	pv_jsonw_stringn(&json, key->text, key->len);
}

void pv_path_put_index(pv_buf *path, size_t idx)
{
	pv_buf_putc(path, '[');
	pv_buf_putu(path, idx);
	pv_buf_putc(path, ']');
}
