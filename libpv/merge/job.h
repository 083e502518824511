/* SPDX-License-Identifier: MIT
 *
 * The merge of three YAML texts part by part, shared by the files that know
 * about mappings, lists and scalars. Steps return PV_OK, a failure, or
 * PV_GIVE_UP: this cannot be put together, let the caller make it a conflict.
 */
#ifndef PV_MERGE_JOB_H
#define PV_MERGE_JOB_H

#include <pv/merge.h>

#include "merge/chunk.h"
#include "merge/order.h"
#include "merge/part.h"

enum {
	PV_GIVE_UP = 1
};

/* The same entry on three sides; NULL where a side lacks it. */
typedef struct pv_entry {
	const pv_part *sides[PV_SIDES];
} pv_entry;

/* A field in conflict, and where it comes from. */
typedef struct pv_field {
	const pv_tree *trees[PV_SIDES];
	pv_merge_conflict row;
} pv_field;

/* A scalar that stands as one side has it, while the other's is given up. */
typedef struct pv_settled {
	pv_str sides[PV_SIDES]; /* with their keys */
	enum pv_side taken;
	const struct pv_settled *next;
} pv_settled;

/* The least that a conflict takes in of what both sides have changed. */
typedef enum pv_width {
	PV_WIDTH_LINES,
	PV_WIDTH_PARTS,    /* lines of a text that only blank ones part */
	PV_WIDTH_LEAF,     /* all of a scalar */
	PV_WIDTH_LIST,     /* all of the outermost list, too */
	PV_WIDTH_SUSPECTS, /* and each key that has to do with a failure */
	PV_WIDTH_ALL,      /* and each that is not the same on both sides */
	PV_WIDTHS
} pv_width;

typedef struct pv_merge_job {
	pv_arena *arena;
	pv_width width;
	struct pv_suspects *suspects; /* what has gone wrong so far, or NULL */
	pv_chunks chunks;
	int is_new;     /* there is no base: whatever differs is in conflict */
	pv_str pending; /* "- ", where the first entry will go on */
	pv_buf path;    /* of the entry at work */
	pv_field *fields;
	size_t field_count;
	size_t field_cap;
	pv_merge_note *notes;
	size_t note_count;
	size_t note_cap;
	const pv_settled *settled; /* the latest first */
	pv_error *err;
} pv_merge_job;

/* How far a job has come. */
typedef struct pv_job_mark {
	pv_chunk_mark chunks;
	pv_str pending;
	size_t field_count;
	size_t note_count;
	const pv_settled *settled;
} pv_job_mark;

/* Merges three roots into `job`. PV_GIVE_UP, PV_ENOMEM, PV_ELIMIT. */
int pv_job_run(pv_merge_job *job, const pv_entry *roots);
void pv_job_dispose(pv_merge_job *job);
/* Takes back all that was put, and what was put since a mark. */
void pv_job_reset(pv_merge_job *job);
pv_job_mark pv_job_here(const pv_merge_job *job);
void pv_job_rewind(pv_merge_job *job, const pv_job_mark *mark);

/* One entry, wherever it comes from, at `column`. */
int pv_job_entry(pv_merge_job *job, const pv_entry *entry, size_t column);

/* An entry as a conflict. PV_GIVE_UP where it cannot stand between markers. */
int pv_job_contradict(pv_merge_job *job, const pv_entry *entry, size_t column);

/* --- entries.c --- */
/* The entries of three mappings or lists, from `column` on. */
int pv_job_entries(pv_merge_job *job, const pv_entry *parents, size_t column);

/*
 * The order of all entries of three mappings or lists. `*clash_out` is set
 * when it matters in which order both sides add entries in one place.
 * PV_GIVE_UP when both sides have orders of their own.
 */
int pv_entries_order(pv_order *out, int *clash_out, pv_merge_job *job,
		     const pv_entry *parents);
/*
 * Whether the run of additions that begins at `from` is in conflict: where the
 * order matters (`clash`) with such of both sides, or with one that may be what
 * the other side has deleted. Sets `*end_out` to where it ends.
 */
int pv_entries_clash(size_t *end_out, const pv_order *order, size_t from,
		     int clash);
/* The three of one row of an order. */
pv_entry pv_entries_at(const pv_entry *parents, const pv_triple *triple);
/* Appends the step to an entry to the path. */
void pv_entries_step(pv_merge_job *job, const pv_entry *entry,
		     const pv_triple *triple);

/* --- flow.c --- */
/*
 * Fills the entries of a collection in brackets or braces in. PV_GIVE_UP for
 * any other, and for one with comments or values that are not written in it.
 */
int pv_flow_open(pv_part *out, pv_merge_job *job, const pv_part *part);
/* What stands before entry `idx` of an open one, which is not the first. */
pv_str pv_flow_gap(const pv_part *parent, size_t idx);
/* The bracket and the blanks behind it, and those before the other with it. */
pv_str pv_flow_opening(const pv_part *parent);
pv_str pv_flow_closing(const pv_part *parent);
/*
 * A value in brackets or braces on all sides, from its opening one to the
 * closing one. PV_GIVE_UP for any other.
 */
int pv_job_flow(pv_merge_job *job, const pv_entry *entry, size_t column);
/* A text whose root is in brackets or braces, as in JSON. */
int pv_job_run_flow(pv_merge_job *job, const pv_source sources[PV_SIDES]);

/* --- heads.c --- */
/*
 * Gives comments that ours and theirs both begin with to the mapping, and so on
 * down, where it does not begin with the same entry on all sides. A base that
 * is no mapping, or NULL, is left out.
 */
void pv_heads_share(pv_part *const maps[PV_SIDES]);
/*
 * Comments that the next entries of ours and theirs both begin with, from a row
 * of the order of two mappings on, when these are not the same: they are taken
 * from both, for the caller to put.
 */
pv_str pv_heads_between(const pv_entry *parents, const pv_order *order,
			size_t row, size_t column);

/* --- lists.c --- */
/*
 * Finds which entries of three lists are the same. `*clash_out` is set when
 * it matters in which order both sides add entries in one place.
 */
int pv_list_match(pv_matches *m, int *clash_out, pv_arena *arena,
		  const pv_entry *lists, pv_error *err);

/* --- scalars.c --- */
/*
 * The value of an entry that is no block collection, from the end of its head
 * on, with what follows it. `column` is the entry's.
 */
int pv_job_scalar(pv_merge_job *job, const pv_entry *entry, size_t column);
/* The same for a scalar in brackets or braces: only the value. */
int pv_job_flow_scalar(pv_merge_job *job, const pv_entry *entry);
/* The side whose value stands as data; PV_BASE when both changed it. */
enum pv_side pv_job_pick_data(const pv_entry *entry);
/* The side with the higher version or date where both raised it, or PV_BASE. */
enum pv_side pv_job_pick_risen(const pv_entry *entry);
/* Whether a value is a text of some words rather than a name. */
int pv_part_is_prose(const pv_part *part);

/* --- splice.c: what the steps put together --- */

/* Texts end to end, in the arena. Failures stay in job->chunks. */
pv_str pv_job_join(pv_merge_job *job, const pv_str *texts, size_t count);
/* What is in `buf`, which is emptied, in the arena. */
pv_str pv_job_keep(pv_merge_job *job, pv_buf *buf);
/* So many spaces. */
pv_str pv_job_spaces(pv_merge_job *job, size_t column);
/* A whole entry as it stands on its side, moved to `column`. */
pv_str pv_job_entry_text(pv_merge_job *job, const pv_part *part, size_t column);
/* Puts a whole entry. */
int pv_job_put_entry(pv_merge_job *job, const pv_part *part, size_t column);

/* Appends comments and blank lines; where both sides add some, both stay. */
int pv_job_notes(pv_merge_job *job, const pv_str sides[PV_SIDES]);
/* Appends to what is agreed, whatever is pending first. */
void pv_job_put(pv_merge_job *job, pv_str text);
/* Copies of text with the indentation changed; `is_head`: the first line
   keeps its own. NULL `ptr` when there is no memory. */
pv_str pv_job_indent(pv_merge_job *job, pv_str text, size_t from, size_t to,
		     int is_head);
/*
 * Adds three slices as a conflict at the place that is pending. The field it
 * belongs to has been recorded before.
 */
int pv_job_conflict(pv_merge_job *job, const pv_str sides[PV_SIDES]);
/* Records the field at the current path as in conflict. */
int pv_job_field(pv_merge_job *job, const pv_tree *const trees[PV_SIDES]);
/* The same for a text that is no value of YAML. */
int pv_job_text_field(pv_merge_job *job, const pv_str texts[PV_SIDES]);
/*
 * Remembers that `taken` stands of an entry of a mapping, where that is a scalar
 * of the same key on all sides, and changed.
 */
int pv_job_settle(pv_merge_job *job, const pv_entry *entry, enum pv_side taken);
/* Says what was decided at the current path. */
int pv_job_note(pv_merge_job *job, const pv_tree *taken, const pv_tree *dropped);
/*
 * The one of three texts that stands: what one side changed, or both alike;
 * PV_BASE when they contradict each other. `base` may lack its `ptr`.
 */
enum pv_side pv_job_pick(const pv_str sides[PV_SIDES]);

#endif
