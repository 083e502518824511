/* SPDX-License-Identifier: MIT
 *
 * Marks as bits, see marks.h.
 */
#include "schema/marks.h"

#include "base/fail.h"
#include "base/mem.h"

enum {
	WORD = 64
};

int pv_marks_init(pv_marks *marks, const pv_value *value, pv_error *err)
{
	memset(marks, 0, sizeof(*marks));
	if (value->kind != PV_VALUE_ARRAY && value->kind != PV_VALUE_OBJECT)
		return PV_OK;
	marks->count = value->count;
	if (marks->count <= WORD)
		return PV_OK;
	marks->many = pv_calloc(marks->count / WORD + 1, sizeof(*marks->many));
	return marks->many ? PV_OK : pv_fail_nomem(err);
}

void pv_marks_dispose(pv_marks *marks)
{
	pv_free(marks->many);
	memset(marks, 0, sizeof(*marks));
}

void pv_marks_set(pv_marks *marks, size_t idx)
{
	if (!marks)
		return;
	if (marks->many)
		marks->many[idx / WORD] |= (uint64_t)1 << idx % WORD;
	else
		marks->few |= (uint64_t)1 << idx % WORD;
}

void pv_marks_set_all(pv_marks *marks)
{
	if (marks)
		marks->is_all = 1;
}

int pv_marks_has(const pv_marks *marks, size_t idx)
{
	uint64_t word = marks->many ? marks->many[idx / WORD] : marks->few;

	return marks->is_all || (word >> idx % WORD & 1);
}

void pv_marks_add(pv_marks *marks, const pv_marks *from)
{
	if (!marks)
		return;
	marks->is_all |= from->is_all;
	marks->few |= from->few;
	for (size_t i = 0; from->many && i <= from->count / WORD; i++)
		marks->many[i] |= from->many[i];
}
