/* SPDX-License-Identifier: MIT
 *
 * The rungs of the merge of one file above the line merge.
 */
#ifndef PV_MERGE_LADDER_H
#define PV_MERGE_LADDER_H

#include "merge/form.h"
#include "merge/job.h"

/* What kind of file it is, by its name and its contents. */
enum pv_merge_kind {
	PV_KIND_TEXT,
	PV_KIND_YAML,
	PV_KIND_FRONT /* front matter in YAML between "---" lines, then text */
};

/* The three texts without their forms. */
typedef struct pv_merge_texts {
	enum pv_merge_kind kind;
	int is_fit; /* for more than the line merge */
	int has_base;
	pv_str plain[PV_SIDES];
	pv_form forms[PV_SIDES];
	pv_form form; /* of the result */
} pv_merge_texts;

/*
 * Splits front matter off: the opening fence, the YAML, and from the closing
 * fence on the rest. 0 when there is none.
 */
int pv_ladder_split(pv_str parts[3], pv_str text);

/* Looks at three texts; they are borrowed. PV_ENOMEM. */
int pv_ladder_look(pv_merge_texts *out, pv_arena *arena,
		   const pv_merge_input *input, pv_error *err);

/*
 * Whether the result of a clean line merge may stand. Sets `*ok_out`.
 * PV_ENOMEM, PV_ELIMIT.
 */
int pv_ladder_check(int *ok_out, pv_arena *arena, const pv_merge_texts *texts,
		    pv_str result, pv_error *err);

/*
 * Merges by fields and words into `job`. PV_GIVE_UP when this is not the way:
 * the line merge has to do, then.
 */
int pv_ladder_merge(pv_merge_job *job, const pv_merge_texts *texts);

#endif
