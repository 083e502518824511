/* SPDX-License-Identifier: MIT
 *
 * A list of findings: what checks, the prompt loader and importers notice
 * about an input. Finding problems is not a failure of the function that
 * looks for them, so it returns PV_OK and the caller asks the report.
 */
#ifndef PV_REPORT_H
#define PV_REPORT_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pv_severity {
	PV_SEVERITY_NOTE,
	PV_SEVERITY_WARNING,
	PV_SEVERITY_ERROR
};

typedef struct pv_finding {
	enum pv_severity severity;
	const char *rule; /* stable name, e.g. "unknown-key"; static */
	const char *file; /* path as the user gave it; "" when unknown */
	int line;         /* 1-based, 0 when unknown */
	int column;       /* 1-based, in code points, 0 when unknown */
	const char *message;
	const char *hint; /* "" when there is none */
} pv_finding;

typedef struct pv_report pv_report;

/* A new, empty report; the caller frees it. PV_ENOMEM. */
PV_API int pv_report_new(pv_report **out, pv_error *err);

/* Frees a report and its findings; NULL is accepted. */
PV_API void pv_report_free(pv_report *report);

/*
 * Adds a copy of `finding` (`rule` is not copied: it must be static). A NULL
 * report swallows the finding. PV_ENOMEM; PV_ELIMIT after
 * PV_REPORT_MAX findings.
 */
PV_API int pv_report_add(pv_report *report, const pv_finding *finding,
			 pv_error *err);

/* How many findings a report may hold. */
enum {
	PV_REPORT_MAX = 100000
};

/* The number of findings. */
PV_API size_t pv_report_count(const pv_report *report);

/* The number of findings of `severity` or worse. */
PV_API size_t pv_report_count_at(const pv_report *report,
				 enum pv_severity severity);

/* The finding at `idx` (below the count), borrowed until the next add. */
PV_API const pv_finding *pv_report_at(const pv_report *report, size_t idx);

/* "note", "warning" or "error"; static. */
PV_API const char *pv_severity_name(enum pv_severity severity);

#ifdef __cplusplus
}
#endif

#endif
