/* SPDX-License-Identifier: MIT
 *
 * The three-way merge of one file, pure: three texts in, the merged bytes or
 * conflict markers out. The same function stands behind the merge driver of
 * git, `git pv merge` and merges in bare repositories.
 */
#ifndef PV_MERGE_H
#define PV_MERGE_H

#include <pv/diff.h>

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
 * A field that both sides changed, each to something else; JSON texts, NULL
 * where a side has no such field.
 */
typedef struct pv_merge_conflict {
	const char *path; /* as ours counts; "" for the file as a whole */
	const char *base_json;
	const char *ours_json;
	const char *theirs_json;
	/*
	 * Words, base against either side, when all three are texts: kept and
	 * new runs together are that side. Set by pv_merge_conflicts_find.
	 */
	const pv_diff_run *our_words;
	size_t our_word_count;
	const pv_diff_run *their_words;
	size_t their_word_count;
} pv_merge_conflict;

/*
 * A version or date that both sides raised: the higher one stands. JSON texts.
 */
typedef struct pv_merge_note {
	const char *path;
	const char *taken_json;
	const char *dropped_json;
} pv_merge_note;

/* Which rung of the ladder settled a merge. */
enum pv_merge_rung {
	PV_MERGE_BY_LINES,  /* git's own line merge */
	PV_MERGE_BY_FIELDS, /* fields of YAML, words of texts */
	PV_MERGE_UNSETTLED  /* git's line merge, with its conflicts */
};

typedef struct pv_merge pv_merge;

/*
 * Merges three texts. Where git's line merge (zealous Myers) is clean and
 * loses nothing the result is git's, byte for byte. Otherwise YAML is merged
 * field by field and text word by word, spliced together from the bytes of
 * the three sides, and read again to see that nothing is lost; fields that
 * contradict each other have markers around just them. Where that is not
 * possible the result is the line merge with its markers. The same input
 * always gives the same bytes. PV_EUNSUPPORTED for binary contents (a NUL in
 * the first 8000 bytes), PV_EINVALID for a marker size beyond 1000, PV_ELIMIT,
 * PV_ENOMEM, PV_EGIT. The caller frees the merge.
 */
PV_API int pv_merge_new(pv_merge **out, const pv_merge_input *input,
			pv_error *err);

/* Frees a merge; NULL is accepted. */
PV_API void pv_merge_free(pv_merge *merge);

/* The merged text, NUL-terminated; borrowed. */
PV_API const char *pv_merge_text(const pv_merge *merge, size_t *len_out);

/* How many places have conflict markers; 0 when the merge is clean. */
PV_API size_t pv_merge_markers(const pv_merge *merge);

PV_API enum pv_merge_rung pv_merge_rung(const pv_merge *merge);

/* What was decided although both sides had changed it. */
PV_API size_t pv_merge_note_count(const pv_merge *merge);
PV_API const pv_merge_note *pv_merge_note_at(const pv_merge *merge, size_t idx);

/*
 * Appends the merge to `out` and sets `*conflicts_out` to the number of
 * conflicting places. For binary contents `out` gets ours. Errors as
 * pv_merge_new.
 */
PV_API int pv_merge_file(pv_buf *out, size_t *conflicts_out,
			 const pv_merge_input *input, pv_error *err);

typedef struct pv_merge_conflicts pv_merge_conflicts;

/*
 * Finds the fields in which two sides contradict each other: those that
 * pv_merge_new marks, or where it can only mark lines, those that differ when
 * the three texts are compared as data (see pv_diff_texts for how lists are
 * aligned). Where there is no field to name there is one row with the path ""
 * and the texts as values: when a side lacks the file or is no YAML, and when
 * only the lines clash, not the fields. Labels, style and marker size do not
 * matter. PV_ENOMEM, PV_ELIMIT, PV_EGIT. The caller frees the result.
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
