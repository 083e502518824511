/* SPDX-License-Identifier: MIT
 *
 * One field followed from a state to the one before.
 */
#include <assert.h>
#include <string.h>

#include "diff/path.h"
#include "diff/units_part.h"

static void put_step(pv_buf *path, const pv_units_part *part, size_t idx)
{
	assert(part->items);
	if (pv_tree_is_mapping(part->tree))
		pv_path_put_key(path, part->items[idx].tree->key);
	else
		pv_path_put_index(path, idx);
}

void pv_units_path(pv_buf *out, const pv_units *units, size_t idx)
{
	const pv_units_part *part = units->root;

	while (part && part->tree->count) {
		size_t i = pv_units_child(part, idx);

		put_step(out, part, i);
		part = &part->items[i];
	}
}

/* Whether the steps so far lead to `wanted`, or on the way to it. */
static int leads_to(const pv_buf *path, const char *wanted)
{
	char next;

	if (strncmp(pv_buf_text(path), wanted, path->len) != 0)
		return 0;
	next = wanted[path->len];
	return !next || next == '.' || next == '[';
}

int pv_units_find(const pv_units_part **out, const pv_units *units,
		  const char *path, pv_error *err)
{
	const pv_units_part *part = units->root;
	size_t wanted = strlen(path);
	pv_buf at = { 0 };
	int rc;

	while (part && at.len < wanted) {
		const pv_units_part *next = NULL;
		size_t len = at.len;

		for (size_t i = 0; !next && i < part->tree->count; i++) {
			pv_buf_truncate(&at, len);
			put_step(&at, part, i);
			if (leads_to(&at, path))
				next = &part->items[i];
		}
		part = next;
	}
	rc = pv_buf_status(&at, err);
	*out = rc == PV_OK ? part : NULL;
	pv_buf_dispose(&at);
	return rc;
}

int pv_units_equal(const pv_units_part *a, const pv_units_part *b)
{
	return pv_tree_cmp(a->tree, b->tree) == 0;
}

size_t pv_units_range(size_t *count_out, const pv_units_part *field)
{
	*count_out = field->count;
	return field->first;
}
