/* SPDX-License-Identifier: MIT
 *
 * JSON Schema: compile once, validate many. Drafts 2020-12, 2019-09 and 7,
 * chosen by $schema. Numbers are exact whatever their size. The network is
 * never asked: documents that a schema refers to come from a callback.
 *
 * A schema and data are immutable: threads share them, each with a
 * pv_schema_result of its own.
 */
#ifndef PV_SCHEMA_H
#define PV_SCHEMA_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pv_schema pv_schema;
typedef struct pv_schema_data pv_schema_data;
typedef struct pv_schema_result pv_schema_result;

/* How to read a schema. A zeroed struct is the default. */
typedef struct pv_schema_options {
	/* 2020, 2019 or 7, for documents without $schema; 0 is 2020. */
	int draft;
	/* Whether "format" is checked; else it is a note for readers. */
	int assert_formats;
	/* What the schema's relative references are relative to; may be NULL. */
	const char *uri;
	/*
	 * Appends the text of the document at an absolute URI. PV_ENOTFOUND when
	 * it is not known; other failures end the compilation. May be NULL.
	 */
	int (*load)(pv_buf *out, const char *uri, void *payload, pv_error *err);
	void *payload;
} pv_schema_options;

/* Limits of one validation, ending in PV_ELIMIT. */
enum {
	PV_SCHEMA_MAX_STEPS = 10000000, /* schemas asked and values compared */
	PV_SCHEMA_MAX_DEPTH = 2000,     /* schemas inside of each other */
	PV_SCHEMA_MAX_FINDINGS = 1000   /* then no more are collected */
};

/*
 * Compiles the JSON text of a schema, and every schema that it refers to;
 * `options` may be NULL. The text is copied. PV_ESYNTAX with line and column,
 * PV_ESCHEMA for what is JSON and no schema, with its place as the error's
 * source or in its message, PV_EUNSUPPORTED for other drafts, PV_ELIMIT,
 * PV_ENOMEM. The caller frees the schema.
 */
PV_API int pv_schema_new(pv_schema **out, const char *json, size_t len,
			 const pv_schema_options *options, pv_error *err);

/* Frees a schema; NULL is accepted. */
PV_API void pv_schema_free(pv_schema *schema);

/*
 * Reads a JSON text; it is copied. PV_ESYNTAX with line and column, also for
 * equal keys in an object; PV_ELIMIT, PV_ENOMEM. The caller frees the data.
 */
PV_API int pv_schema_data_new(pv_schema_data **out, const char *json,
			      size_t len, pv_error *err);

/* Frees data; NULL is accepted. */
PV_API void pv_schema_data_free(pv_schema_data *data);

/* One place at which data are not as the schema demands. */
typedef struct pv_schema_finding {
	const char *instance_path; /* JSON pointer (RFC 6901); "" is all of it */
	const char *schema_path; /* where the keyword stands: "#/properties/a/type" */
	const char *keyword; /* "type" */
	const char *message; /* "`a.b` must be a string, not a number" */
} pv_schema_finding;

/* An empty result. PV_ENOMEM. The caller frees it. */
PV_API int pv_schema_result_new(pv_schema_result **out, pv_error *err);

/* Frees a result and its findings; NULL is accepted. */
PV_API void pv_schema_result_free(pv_schema_result *result);

/* How many findings there are; 0 for valid data. */
PV_API size_t pv_schema_result_count(const pv_schema_result *result);

/* The finding at `idx` (below the count), borrowed from the result. */
PV_API const pv_schema_finding *pv_schema_result_at(const pv_schema_result *result,
						    size_t idx);

/*
 * Whether data are valid: `*valid` is set to 1 or 0. `result` gets the
 * findings in place of its former ones; NULL asks for the answer alone, which
 * is faster. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_schema_validate(int *valid, const pv_schema *schema,
			      const pv_schema_data *data,
			      pv_schema_result *result, pv_error *err);

/* --- two schemas ---------------------------------------------------------- */

/* Who relies on what a schema says. */
enum pv_schema_side {
	PV_SCHEMA_INPUT, /* callers: what was valid before has to be after */
	PV_SCHEMA_OUTPUT /* readers: what is valid after has to have been before */
};

enum pv_schema_answer {
	PV_SCHEMA_UNKNOWN,    /* nobody knows: to be taken for breaking */
	PV_SCHEMA_COMPATIBLE, /* shown for each instance there is */
	PV_SCHEMA_BREAKING    /* there is an instance */
};

/* The answer; `{ 0 }` is ready. */
typedef struct pv_schema_comparison {
	enum pv_schema_answer answer;
	pv_buf reason; /* "`queue` must be one of billing, tech" */
	/* The keyword that refuses, or could not be judged: "#/maximum". */
	pv_buf schema_path;
	pv_buf instance_path; /* JSON pointer into the witness */
	pv_buf witness;       /* JSON of an instance that breaks; else empty */
} pv_schema_comparison;

/*
 * Compares what two schemas mean, which were compiled with the same options.
 * Never says compatible where it is not, nor breaking without a witness that
 * one schema accepts and the other refuses; what would take more than some
 * milliseconds is unknown. `out` gets the answer in place of a former one.
 * PV_ENOMEM. The caller disposes `out`.
 */
PV_API int pv_schema_compare(pv_schema_comparison *out,
			     const pv_schema *old_schema,
			     const pv_schema *new_schema,
			     enum pv_schema_side side, pv_error *err);

/* Frees what the answer holds; a zeroed one is fine. */
PV_API void pv_schema_comparison_dispose(pv_schema_comparison *comparison);

/* "compatible", "breaking" or "unknown". */
PV_API const char *pv_schema_answer_name(enum pv_schema_answer answer);

/* --- a schema of data --------------------------------------------------------- */

/* What instances have in common so far. */
typedef struct pv_schema_inference pv_schema_inference;

/* Nothing seen yet. PV_ENOMEM. The caller frees it. */
PV_API int pv_schema_infer_new(pv_schema_inference **out, pv_error *err);

/* Frees an inference; NULL is accepted. */
PV_API void pv_schema_infer_free(pv_schema_inference *inference);

/*
 * Takes in one instance, a JSON text, which is not kept. PV_ESYNTAX with line
 * and column, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_schema_infer_add(pv_schema_inference *inference, const char *json,
			       size_t len, pv_error *err);

/*
 * Appends a schema (2020-12, compact JSON) that each instance so far is valid
 * for: types, integers apart from numbers, members that were always there,
 * formats that every string has, enums of a few strings seen again and again.
 * Unknown members stay allowed. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_schema_infer_json(pv_buf *out, const pv_schema_inference *inference,
				pv_error *err);

/* --- JSON in a text ----------------------------------------------------------- */

/* Where JSON stands in a text. */
typedef struct pv_schema_spot {
	size_t offset; /* bytes before it */
	size_t len;    /* bytes */
	int line;      /* of its first byte, from 1 */
	int column;    /* in code points, from 1 */
} pv_schema_spot;

/*
 * Finds the JSON that a model wrote: all of the text, what is in a fence of
 * Markdown, or an object or array between sentences. Of several it takes the
 * first that is valid, else the first; `schema` may be NULL, and then any is.
 * At most 100 are held against the schema. PV_ENOTFOUND when there is none, with
 * line and column where the first thing that begins as JSON breaks off;
 * PV_ELIMIT, also for a text that has too many beginnings of JSON; PV_ENOMEM.
 * The caller frees the data.
 */
PV_API int pv_schema_extract(pv_schema_data **out, pv_schema_spot *spot,
			     const pv_schema *schema, const char *text,
			     size_t len, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
