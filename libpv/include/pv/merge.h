/* SPDX-License-Identifier: MIT
 *
 * The three-way merge of one file, pure: three texts in, the merged bytes or
 * conflict markers out. The same function stands behind the merge driver of
 * git, `git pv merge` and the merge of two commits in memory, which is here as
 * well and needs no working tree.
 */
#ifndef PV_MERGE_H
#define PV_MERGE_H

#include <pv/diff.h>
#include <pv/store.h>

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

/* What would have come of a field that is between markers only because of what
   is in conflict around it. */
enum pv_merge_taken {
	PV_MERGE_TAKES_NONE, /* it is in conflict itself */
	PV_MERGE_TAKES_OURS, /* theirs left it as it was, or has less of it */
	PV_MERGE_TAKES_THEIRS,
	PV_MERGE_TAKES_BOTH /* a file of which only git's lines clash */
};

/*
 * A field that both sides changed, each to something else, or that is between
 * the same markers; JSON texts, NULL where a side has no such field.
 */
typedef struct pv_merge_conflict {
	/*
	 * As ours counts; "" for the file as a whole, "body" for the text
	 * behind front matter (".body" beside a key of that name).
	 */
	const char *path;
	const char *base_json;
	const char *ours_json;
	const char *theirs_json;
	enum pv_merge_taken taken;
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
 * possible the result is the line merge with its markers. Without a base every
 * field that differs is in conflict. The same input always gives the same
 * bytes. PV_EUNSUPPORTED for binary contents (a NUL in
 * the first 8000 bytes) that both sides have changed, PV_EINVALID for a marker
 * size beyond 1000, PV_ELIMIT, PV_ENOMEM, PV_EGIT. The caller frees the merge.
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
 * pv_merge_new marks, so that each is one that pv_unmerged_settle knows. Where
 * it marks lines, or nothing, there is one row with the path "" and the texts
 * as values; `taken` tells the one from the other. Labels, style and marker size do not matter. PV_ENOMEM,
 * PV_ELIMIT, PV_EGIT. The caller frees the result.
 */
PV_API int pv_merge_conflicts_find(pv_merge_conflicts **out,
				   const pv_merge_input *input, pv_error *err);

/* Frees what pv_merge_conflicts_find gave; NULL is accepted. */
PV_API void pv_merge_conflicts_free(pv_merge_conflicts *conflicts);

/* The conflicts in the order of ours. There is at least one. */
PV_API size_t pv_merge_conflicts_count(const pv_merge_conflicts *conflicts);
PV_API const pv_merge_conflict *pv_merge_conflicts_at(
	const pv_merge_conflicts *conflicts, size_t idx);

/*
 * Appends the text `before` as it would be had only `fields` been changed to
 * what they are in `after`, another text of the same YAML: the bytes of a
 * field come along with its comments, every other byte stays. Paths are those
 * of pv_diff_texts: they count the elements of lists as `after` has them, of
 * elements that are gone as `before` has them. Merging the result in place of
 * `after` brings just these fields to a third text. PV_ENOTFOUND for a field
 * that is the same in both, with those that are not in the hint,
 * PV_EUNSUPPORTED for one that cannot be taken by itself, PV_EINVALID for a
 * malformed path, PV_ESYNTAX, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_merge_pick(pv_buf *out, const pv_merge_side *before,
			 const pv_merge_side *after, const char *const *fields,
			 size_t count, pv_error *err);

/* --- merging commits ----------------------------------------------------- */

typedef struct pv_commit_merge_options {
	const char *our_label; /* behind markers; NULL: "ours", "theirs" */
	const char *their_label;
	/*
	 * The folder of prompts. Where no attribute says how, they are merged
	 * by pv_merge_new, as are datasets and experiments in YAML, and
	 * pv.yaml. NULL: only attributes count.
	 */
	const char *prompts;
	int dry_run;         /* find out, but store nothing */
	int all_or_nothing;  /* store nothing when there are conflicts */
	int allow_unrelated; /* without a common ancestor, too */
} pv_commit_merge_options;

/* What it takes to have both commits in one. */
enum pv_commit_merge_kind {
	PV_COMMITS_UP_TO_DATE,   /* nothing: ours has theirs */
	PV_COMMITS_FAST_FORWARD, /* theirs has ours */
	PV_COMMITS_MERGED,       /* a commit of the merged tree */
	PV_COMMITS_IN_CONFLICT
};

/* A file as one side has it. */
typedef struct pv_merge_file_at {
	unsigned mode; /* as git has it; 0: no file */
	pv_oid blob;   /* hex "" for none */
} pv_merge_file_at;

/* A path in conflict, as the stages of an index. */
typedef struct pv_merge_path {
	const char *path;
	pv_merge_file_at base;
	pv_merge_file_at ours;
	pv_merge_file_at theirs;
} pv_merge_path;

typedef struct pv_commit_merge pv_commit_merge;

/*
 * Merges two commits in memory; only objects are written. Trees are merged as
 * `git merge-tree --write-tree` does it, renames included; each file that both
 * sides changed by pv_merge_new when its `merge` attribute is "pv", else by
 * git's line merge, or as union, binary, ... say. Attributes are those of our
 * commit and of the repository. A file whose attribute names another program
 * is in conflict, and ours. PV_ENOTFOUND when there is no common ancestor,
 * PV_EGIT, PV_EIO, PV_ELIMIT, PV_ECANCELED, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_commit_merge_new(pv_commit_merge **out, pv_store *store,
			       const pv_oid *ours, const pv_oid *theirs,
			       const pv_commit_merge_options *opts,
			       pv_error *err);

/* Frees the merge of two commits; NULL is accepted. */
PV_API void pv_commit_merge_free(pv_commit_merge *merge);

PV_API enum pv_commit_merge_kind pv_commit_merge_kind(const pv_commit_merge *merge);

/*
 * The tree of the result, with markers where there are conflicts. It may not
 * be stored, as the options say.
 */
PV_API const pv_oid *pv_commit_merge_tree(const pv_commit_merge *merge);

/*
 * The paths in conflict, in byte order. There may be a conflict without one:
 * a file that would have to follow its renamed folder to where something is.
 */
PV_API size_t pv_commit_merge_count(const pv_commit_merge *merge);
PV_API const pv_merge_path *pv_commit_merge_at(const pv_commit_merge *merge,
					       size_t idx);

/* What was decided in a file although both sides had changed it. */
typedef struct pv_commit_merge_note {
	const char *file;
	pv_merge_note note;
} pv_commit_merge_note;

PV_API size_t pv_commit_merge_note_count(const pv_commit_merge *merge);
PV_API const pv_commit_merge_note *pv_commit_merge_note_at(
	const pv_commit_merge *merge, size_t idx);

/* --- settling conflicts -------------------------------------------------- */

/* A file with conflict markers, whose conflicts are settled one by one. */
typedef struct pv_unmerged pv_unmerged;

/*
 * Takes `text`, the file as it stands now, which may have been edited since
 * the merge of `input` wrote it, and finds the fields that still have their
 * markers there, line by line as the merge puts them, whatever the labels.
 * Where the text is what a merge by lines left and nobody has touched since,
 * the merge by fields takes its place. Lines of the texts that look like
 * markers are told from markers by what the merge writes. The texts of `input`
 * are lent until the result is freed; its style is what the file is thought to
 * be written in, but may be another one. Errors as pv_merge_new.
 */
PV_API int pv_unmerged_new(pv_unmerged **out, const pv_merge_input *input,
			   const char *text, size_t len, pv_error *err);

/* Frees what pv_unmerged_new gave; NULL is accepted. */
PV_API void pv_unmerged_free(pv_unmerged *file);

/* The file as it is by now, NUL-terminated; borrowed until the next change. */
PV_API const char *pv_unmerged_text(const pv_unmerged *file, size_t *len_out);

/* Whether the merge by fields took the place of the text that was given. */
PV_API int pv_unmerged_is_anew(const pv_unmerged *file);

/* How many places have conflict markers, the merge's or others. */
PV_API size_t pv_unmerged_markers(const pv_unmerged *file);

/* At how many of these it is not known which fields they are of. */
PV_API size_t pv_unmerged_unknown(const pv_unmerged *file);

/* How many fields the merge could not decide, and which of them are left. */
PV_API size_t pv_unmerged_count(const pv_unmerged *file);
PV_API const pv_merge_conflict *pv_unmerged_at(const pv_unmerged *file,
					       size_t idx);
PV_API int pv_unmerged_is_left(const pv_unmerged *file, size_t idx);

/* How a conflict is settled. */
enum pv_settle_how {
	PV_SETTLE_OURS,
	PV_SETTLE_THEIRS,
	PV_SETTLE_UNION, /* both, ours first: lines, elements of lists */
	PV_SETTLE_VALUE, /* `value` is the field's value, as JSON */
	PV_SETTLE_LINES  /* `value` stands for what pv_unmerged_lines gives */
};

typedef struct pv_settle {
	enum pv_settle_how how;
	const char *field; /* NULL: all that is left; not with a value */
	const char *value;
	size_t len;
} pv_settle;

/*
 * Settles a field, or all conflicts, and touches nothing else of the text.
 * PV_ENOTFOUND for a field that was not in conflict, PV_ECONFLICT when its
 * markers are not there any more as the merge wrote them or cannot be told
 * from lines of an edited text, or a side of what git merged by lines would drop
 * what only the other one changed, PV_EUNSUPPORTED
 * where the result would not read back (both of two numbers, a value that
 * cannot be spliced in), PV_EINVALID for a malformed value or one with
 * markers in it, PV_ELIMIT, PV_ENOMEM. After a failure the text is unchanged.
 */
PV_API int pv_unmerged_settle(pv_unmerged *file, const pv_settle *settle,
			      pv_error *err);

/*
 * Appends the lines of a field in conflict, from its first marker to its
 * last. Errors as pv_unmerged_settle.
 */
PV_API int pv_unmerged_lines(pv_buf *out, pv_unmerged *file, const char *field,
			     pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
