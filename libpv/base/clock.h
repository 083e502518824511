/* SPDX-License-Identifier: MIT
 *
 * Time, injected: whoever needs "now" takes a pv_clock, so tests can stop it.
 * Inside, time is microseconds since 1970-01-01 UTC; outside, RFC 3339 text.
 */
#ifndef PV_BASE_CLOCK_H
#define PV_BASE_CLOCK_H

#include <pv/error.h>

typedef struct pv_clock {
	int64_t (*now)(void *payload); /* NULL: the system clock */
	void *payload;
} pv_clock;

/* Microseconds since the epoch; a NULL clock is the system's. */
int64_t pv_clock_now(const pv_clock *clock);

/* Ample room for "2026-11-20T10:00:00.123Z", so that gcc sees it fits. */
enum {
	PV_TIME_TEXT = 64
};

/* UTC with milliseconds, as JSON output has it. Years 0 to 9999. */
void pv_time_format(char out[PV_TIME_TEXT], int64_t micros);
/* Local time of a git signature: "2026-11-20 10:00:00 +0100". */
void pv_time_format_offset(char out[PV_TIME_TEXT], int64_t seconds,
			   int offset_minutes);
/* Reads RFC 3339 text. PV_EINVALID. */
int pv_time_parse(int64_t *micros_out, const char *text, pv_error *err);

/*
 * How long "90s", "15m", "24h", "7d" or "2w" is, in microseconds; 0 for what is
 * none of that or longer than a million of them.
 */
int64_t pv_time_span(const char *text);

#endif
