/* SPDX-License-Identifier: MIT
 *
 * The list of findings of pv/report.h; texts live in one arena.
 */
#include <pv/report.h>

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"

struct pv_report {
	pv_arena arena;
	pv_finding *items;
	size_t count;
	size_t cap;
};

int pv_report_new(pv_report **out, pv_error *err)
{
	*out = pv_calloc(1, sizeof(**out));
	return *out ? PV_OK : pv_fail_nomem(err);
}

void pv_report_free(pv_report *report)
{
	if (!report)
		return;
	pv_arena_dispose(&report->arena);
	pv_free(report->items);
	pv_free(report);
}

static const char *keep(pv_report *report, const char *text)
{
	if (!text || !*text)
		return "";
	return pv_arena_dup(&report->arena, text, strlen(text));
}

int pv_report_add(pv_report *report, const pv_finding *finding, pv_error *err)
{
	pv_finding *copy;

	if (!report)
		return PV_OK;
	if (report->count >= PV_REPORT_MAX)
		return pv_fail(err, PV_ELIMIT, "more than %d findings",
			       PV_REPORT_MAX);
	if (pv_array_reserve(&report->items, &report->cap, report->count + 1,
			     sizeof(*report->items)) < 0)
		return pv_fail_nomem(err);
	copy = &report->items[report->count];
	*copy = *finding;
	copy->file = keep(report, finding->file);
	copy->message = keep(report, finding->message);
	copy->hint = keep(report, finding->hint);
	if (!copy->file || !copy->message || !copy->hint)
		return pv_fail_nomem(err);
	report->count++;
	return PV_OK;
}

size_t pv_report_count(const pv_report *report)
{
	return report->count;
}

size_t pv_report_count_at(const pv_report *report, enum pv_severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += report->items[i].severity >= severity;
	return count;
}

const pv_finding *pv_report_at(const pv_report *report, size_t idx)
{
	return &report->items[idx];
}

const char *pv_severity_name(enum pv_severity severity)
{
	static const char *const names[] = {
		[PV_SEVERITY_NOTE] = "note",
		[PV_SEVERITY_WARNING] = "warning",
		[PV_SEVERITY_ERROR] = "error",
	};

	return names[severity];
}
