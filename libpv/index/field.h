/* SPDX-License-Identifier: MIT
 *
 * The fields of an execution: one table says what each is called, what it may
 * hold, in which unit it is kept and where. Reading, writing, storing and
 * filtering all go by it; a new field is a row here, one in field.c, a column
 * in a migration and a line in schemas/execution.schema.json.
 */
#ifndef PV_INDEX_FIELD_H
#define PV_INDEX_FIELD_H

#include <stdint.h>

#include "base/str.h"

/* In the order JSON has them. */
enum pv_field {
	PV_FIELD_ID,
	PV_FIELD_TS,
	PV_FIELD_PROMPT_ID,
	PV_FIELD_VERSION,
	PV_FIELD_COMMIT,
	PV_FIELD_BLOB,
	PV_FIELD_DIRTY,
	PV_FIELD_ENVIRONMENT,
	PV_FIELD_EXPERIMENT,
	PV_FIELD_EPOCH,
	PV_FIELD_VARIANT,
	PV_FIELD_UNIT,
	PV_FIELD_SESSION,
	PV_FIELD_PARENT,
	PV_FIELD_BATCH,
	PV_FIELD_DATASET,
	PV_FIELD_CASE,
	PV_FIELD_FRAMEWORK,
	PV_FIELD_TEMPLATE,
	PV_FIELD_PROVIDER,
	PV_FIELD_MODEL,
	PV_FIELD_RESPONSE_MODEL,
	PV_FIELD_PARAMS,
	PV_FIELD_INPUT,
	PV_FIELD_RENDERED,
	PV_FIELD_OUTPUT,
	PV_FIELD_REQUEST,
	PV_FIELD_RESPONSE,
	PV_FIELD_OUTPUT_CHARS,
	PV_FIELD_TOKENS_IN,
	PV_FIELD_TOKENS_OUT,
	PV_FIELD_TOKENS,
	PV_FIELD_TOKENS_CACHED,
	PV_FIELD_TOKENS_REASONING,
	PV_FIELD_LATENCY_MS,
	PV_FIELD_TTFT_MS,
	PV_FIELD_COST_USD,
	PV_FIELD_PRICES,
	PV_FIELD_STATUS,
	PV_FIELD_SUCCESS,
	PV_FIELD_ERROR_TYPE,
	PV_FIELD_ERROR_MESSAGE,
	PV_FIELD_FINISH_REASON,
	PV_FIELD_SOURCE,
	PV_FIELD_QUALITY,
	PV_FIELD_SCORES,
	PV_FIELD_FEEDBACK,
	PV_FIELD_TAGS,
	PV_FIELD_METADATA,
	PV_FIELD_COUNT
};

/* What a field holds. Text and JSON are kept as text, the others as int64. */
enum pv_field_kind {
	PV_KIND_ID,     /* a UUIDv7 */
	PV_KIND_TIME,   /* RFC 3339; microseconds */
	PV_KIND_TEXT,   /* text of at most `max` bytes */
	PV_KIND_OID,    /* 40 hex digits */
	PV_KIND_ANY,    /* text, or any other JSON */
	PV_KIND_OBJECT, /* a JSON object */
	PV_KIND_SCORES, /* a JSON object of numbers */
	PV_KIND_TAGS,   /* a JSON array of texts, sorted, none twice */
	/* Numbers, as times are, from here on. */
	PV_KIND_NUMBER, /* a decimal, kept times 10 to the `scale` */
	PV_KIND_BOOL,
	PV_KIND_CHOICE /* 1 + the place in `choices` */
};

/* Where a backend keeps it. */
enum pv_field_place {
	PV_PLACE_ROW,  /* a column of the execution */
	PV_PLACE_DIM,  /* a column of what it shares with others */
	PV_PLACE_BODY, /* a text kept once, the execution refers to it */
	PV_PLACE_NONE  /* derived from another field */
};

typedef struct pv_field_row {
	const char *name;   /* in JSON */
	const char *column; /* in tables */
	enum pv_field_kind kind;
	enum pv_field_place place;
	int scale;    /* numbers: digits kept behind the point */
	int is_whole; /* numbers: nothing but zeros may be behind those */
	int64_t min;  /* numbers: as kept */
	int64_t max;  /* numbers: as kept; texts: bytes */
	const char *const *choices;
} pv_field_row;

extern const pv_field_row pv_field_rows[PV_FIELD_COUNT];

/* Asked for each field of each row: not worth a call. */
static inline const pv_field_row *pv_field_at(enum pv_field field)
{
	return &pv_field_rows[field];
}

/* The field of a name, or -1. */
int pv_field_find(pv_str name);
/* Whether values of the kind are numbers inside. */
static inline int pv_kind_is_number(enum pv_field_kind kind)
{
	return kind == PV_KIND_TIME || kind >= PV_KIND_NUMBER;
}

enum pv_status {
	PV_STATUS_OK = 1,
	PV_STATUS_ERROR
};

#endif
