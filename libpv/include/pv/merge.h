/* SPDX-License-Identifier: MIT
 *
 * The three-way merge of one file, pure: three texts in, the merged bytes or
 * conflict markers out. The same function stands behind the merge driver of
 * git, `git pv merge` and merges in bare repositories.
 */
#ifndef PV_MERGE_H
#define PV_MERGE_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One side of a merge; NULL `text` where the file does not exist. */
typedef struct pv_merge_side {
	const char *text;
	size_t len;
	const char *label; /* behind the markers; NULL for the default */
} pv_merge_side;

/* What stands between conflict markers; git's merge.conflictStyle. */
enum pv_merge_style {
	PV_MERGE_STYLE_MERGE, /* both sides */
	PV_MERGE_STYLE_DIFF3, /* the base, too */
	PV_MERGE_STYLE_ZDIFF3 /* the same, common lines moved out */
};

typedef struct pv_merge_input {
	pv_merge_side base;
	pv_merge_side ours;
	pv_merge_side theirs;
	int marker_size; /* 0 means 7 */
	enum pv_merge_style style;
	int lines_only;   /* do not go beyond the line merge */
	const char *path; /* of the file in the repository; may be NULL */
} pv_merge_input;

/*
 * Appends the merge to `out` and sets `*conflicts_out` to the number of
 * conflicting places (0: clean). The line merge is git's own (zealous Myers),
 * byte for byte. PV_EUNSUPPORTED for binary contents (a NUL in the first 8000
 * bytes): `out` then holds ours. PV_EINVALID for a marker size beyond 1000,
 * PV_ENOMEM, PV_EGIT.
 */
PV_API int pv_merge_file(pv_buf *out, size_t *conflicts_out,
			 const pv_merge_input *input, pv_error *err);

/*
 * A field that both sides changed, each to something else; JSON texts, NULL
 * where a side has no such field.
 */
typedef struct pv_merge_conflict {
	const char *path; /* as ours counts; "" for the file as a whole */
	const char *base_json;
	const char *ours_json;
	const char *theirs_json;
} pv_merge_conflict;

typedef struct pv_merge_conflicts pv_merge_conflicts;

/*
 * Finds the fields in which two sides contradict each other, comparing the
 * three texts as data (see pv_diff_texts for how lists are aligned). Where
 * there is no field to name there is one row with the path "" and the texts
 * as values: when a side lacks the file or is no YAML, and when only the
 * lines clash, not the fields. Labels, style and marker size do not matter.
 * PV_ENOMEM, PV_ELIMIT. The caller frees the result.
 */
PV_API int pv_merge_conflicts_find(pv_merge_conflicts **out,
				   const pv_merge_input *input, pv_error *err);

/* Frees what pv_merge_conflicts_find gave; NULL is accepted. */
PV_API void pv_merge_conflicts_free(pv_merge_conflicts *conflicts);

/* The conflicts in the order of ours. There is at least one. */
PV_API size_t pv_merge_conflicts_count(const pv_merge_conflicts *conflicts);
PV_API const pv_merge_conflict *pv_merge_conflicts_at(
	const pv_merge_conflicts *conflicts, size_t idx);

#ifdef __cplusplus
}
#endif

#endif
