/* SPDX-License-Identifier: MIT
 *
 * Many rows, recorded in groups of one transaction each: another thread writes
 * those that were handed on, while this one gathers the next.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "history/record.h"

enum {
	GROUP_BYTES = 8 << 20
};

/* On the thread of the writer, whose are the index and this group. */
static int write_group(size_t idx, void *payload, pv_error *err)
{
	record_groups *it = payload;
	record_group *group = &it->groups[idx];
	int rc = record_rows(&group->added, it->recorder, group->rows,
			     group->count, err);

	group->is_written = rc == PV_OK;
	return rc;
}

int record_groups_begin(record_groups *it, record_run *recorder)
{
	memset(it, 0, sizeof(*it));
	it->recorder = recorder;
	it->next = it->groups;
	/* With nobody to wait for, rows are put beside the index as they come. */
	it->slots = recorder->is_best_effort ? 1 : RECORD_GROUPS;
	return pv_follow_new(&it->writer, it->slots, write_group, it,
			     &recorder->cli->err);
}

int record_groups_add(record_groups *it, pv_execution *row, size_t bytes)
{
	record_group *group = it->next;

	if (pv_array_reserve(&group->rows, &group->cap, group->count + 1,
			     sizeof(pv_execution *)) < 0)
		return pv_fail_nomem(&it->recorder->cli->err);
	group->rows[group->count++] = row;
	group->bytes += bytes;
	return PV_OK;
}

int record_groups_is_full(const record_groups *it)
{
	size_t most = (size_t)it->recorder->settings.batch_size;

	return it->next->count >= most || it->next->bytes >= GROUP_BYTES;
}

/* Counts what is written, to make room for others. */
static void settle(record_groups *it, record_group *group)
{
	if (group->is_written) {
		it->added += group->added;
		it->present += group->count - group->added;
	}
	for (size_t i = 0; i < group->count; i++)
		pv_execution_free(group->rows[i]);
	group->count = 0;
	group->bytes = 0;
	group->is_written = 0;
}

int record_groups_hand_on(record_groups *it)
{
	int rc = record_keep(it->recorder);

	if (rc == PV_OK)
		rc = pv_follow_hand_on(it->writer, &it->recorder->cli->err);
	if (rc < 0)
		return rc;
	it->at = (it->at + 1) % it->slots;
	it->next = &it->groups[it->at];
	settle(it, it->next);
	return PV_OK;
}

int record_groups_wait(record_groups *it)
{
	int rc = pv_follow_wait(it->writer, &it->recorder->cli->err);

	for (size_t i = 0; i < it->slots && rc == PV_OK; i++)
		if (&it->groups[i] != it->next)
			settle(it, &it->groups[i]);
	return rc;
}

int record_groups_end(record_groups *it, int rc)
{
	pv_error why = { 0 };
	int last = pv_follow_end(it->writer, &why);

	if (rc == PV_OK && last < 0)
		it->recorder->cli->err = why;
	for (size_t i = 0; i < it->slots; i++) {
		settle(it, &it->groups[i]);
		pv_free(it->groups[i].rows);
	}
	return rc == PV_OK ? last : rc;
}
