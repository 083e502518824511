/* SPDX-License-Identifier: MIT
 *
 * The semantic diff of two states of a prompt: field by field, messages
 * aligned, text leaves line by line, with the derived bump and what breaks.
 * Pure: texts in, a diff out; printers turn it into terminal text or JSON.
 */
#ifndef PV_DIFF_H
#define PV_DIFF_H

#include <pv/prompt.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pv_change_kind {
	PV_CHANGE_ADDED,
	PV_CHANGE_REMOVED,
	PV_CHANGE_MODIFIED,
	PV_CHANGE_MOVED
};

/* One run of text: kept ('='), only in the old ('-') or in the new ('+'). */
typedef struct pv_diff_run {
	char op;
	const char *text;
	size_t len;
} pv_diff_run;

/* One changed field. */
typedef struct pv_field_change {
	const char *path; /* "model.temperature", "messages[0].content" */
	enum pv_change_kind kind;
	const char *old_json; /* NULL when added */
	const char *new_json; /* NULL when removed */
	const pv_diff_run *runs; /* lines, for text that changed; or NULL */
	size_t run_count;
} pv_field_change;

typedef struct pv_diff pv_diff;

/*
 * Compares two texts of a prompt file. NULL `before` or `after` stands for
 * "not there". A text that is no valid prompt is compared as one text leaf,
 * so a diff never fails on contents. PV_ENOMEM, PV_ELIMIT. The caller frees
 * the diff.
 */
PV_API int pv_diff_texts(pv_diff **out, const char *before, size_t before_len,
			 const char *after, size_t after_len, pv_error *err);

/* Frees a diff; NULL is accepted. */
PV_API void pv_diff_free(pv_diff *diff);

/* The changed fields in the order of the new text. */
PV_API size_t pv_diff_count(const pv_diff *diff);
PV_API const pv_field_change *pv_diff_at(const pv_diff *diff, size_t idx);

/* The derived version step and what breaks, see pv_prompt_impact. */
PV_API enum pv_bump pv_diff_bump(const pv_diff *diff);
PV_API const pv_report *pv_diff_breaking(const pv_diff *diff);

/* "added", "removed", "modified" or "moved"; static. */
PV_API const char *pv_change_kind_name(enum pv_change_kind kind);

/*
 * Appends one element of `diff --json`'s `prompts`: {id, status, bump,
 * breaking, changes}. PV_ENOMEM.
 */
PV_API int pv_diff_print_json(pv_buf *out, const pv_diff *diff, const char *id,
			      pv_error *err);

typedef struct pv_diff_print_options {
	int color; /* ANSI colours */
	int context; /* unchanged lines around a change; 0 means 3 */
	int stat; /* one line: counts only */
} pv_diff_print_options;

/* Appends the diff as people read it in a terminal. PV_ENOMEM. */
PV_API int pv_diff_print_text(pv_buf *out, const pv_diff *diff, const char *id,
			      const pv_diff_print_options *opts,
			      pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
