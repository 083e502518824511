/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share: a merge at work. The trees are walked
 * (walk.c), which makes a record for each path that is not the same in all of
 * them; renamed files are found (rename.c, similar.c), then renamed folders
 * (folder.c, move.c); records of renamed files are brought together
 * (settle.c), and each record is decided (decide.c, content.c). join.c runs
 * it all and writes the tree.
 */
#ifndef PV_STORE_JOIN_PARTS_H
#define PV_STORE_JOIN_PARTS_H

#include "base/arena.h"
#include "base/map.h"
#include "store/join/attr.h"
#include "store/join/join.h"
#include "store/object/tree_read.h"

/* Sets of stages. */
enum {
	PV_JOIN_IN_BASE = 1 << PV_JOIN_BASE,
	PV_JOIN_IN_OURS = 1 << PV_JOIN_OURS,
	PV_JOIN_IN_THEIRS = 1 << PV_JOIN_THEIRS,
	PV_JOIN_IN_SIDES = PV_JOIN_IN_OURS | PV_JOIN_IN_THEIRS,
	PV_JOIN_IN_ALL = PV_JOIN_IN_BASE | PV_JOIN_IN_SIDES
};

/* The record of a path. */
typedef struct pv_join_path {
	const char *path;
	pv_tree_item stages[PV_JOIN_STAGES];
	const char *names[PV_JOIN_STAGES]; /* what it is called there */
	unsigned files;                    /* the stages that have a file, */
	unsigned folders;                  /* a folder, */
	unsigned match;                    /* and that are the same */
	unsigned is_mixed : 1;             /* both files and folders */
	unsigned is_unsure : 1;            /* a conflict about the path */
	unsigned is_settled : 1;           /* `result` is final and clean */
	unsigned is_taken : 1;             /* a whole folder is the result */
	unsigned is_vacant : 1;            /* moved elsewhere */
	unsigned is_kept : 1;              /* there is something below it */
	unsigned is_conflict : 1;
	pv_tree_item result; /* mode 0: nothing */
} pv_join_path;

/* How much it matters what a removed file has become. */
enum pv_join_relevance {
	PV_JOIN_IRRELEVANT,
	PV_JOIN_FOR_PLACE, /* to tell where its folder went */
	PV_JOIN_FOR_TEXT   /* the other side changed it */
};

/* A file that one side added or removed. */
typedef struct pv_join_change {
	const char *path; /* of an added one: where it will be */
	pv_tree_item item;
	enum pv_join_relevance relevance; /* of a removed one */
	unsigned is_used : 1;             /* the other end is known */
	struct pv_join_change *from;      /* of an added one that was renamed */
	pv_str text;                  /* where the store lacks it; or NULL */
	const struct pv_spans *spans; /* NULL until it is compared */
} pv_join_change;

typedef struct pv_join_changes {
	pv_join_change **items;
	size_t count;
	size_t cap;
} pv_join_changes;

/* Whether it has to be known where a removed folder went. */
enum pv_join_need {
	PV_JOIN_NOT_NEEDED,
	PV_JOIN_ABOVE_NEEDED, /* that of a folder above it */
	PV_JOIN_NEEDED
};

/* How many files of a folder went to another one. */
typedef struct pv_join_count {
	struct pv_join_count *next;
	const char *folder;
	size_t files;
} pv_join_count;

/* A folder that one side no longer has. */
typedef struct pv_join_gone {
	struct pv_join_gone *next;
	const char *path;
	enum pv_join_need need;
	pv_join_count *counts;
	size_t unknown;    /* files that may yet turn up */
	const char *guess; /* where most of the identical ones went */
	const char *moved; /* where it went; NULL: nowhere */
} pv_join_gone;

/* What one side did. */
typedef struct pv_join_side {
	pv_join_changes removed;
	pv_join_changes added;
	size_t relevant; /* of the removed ones */
	pv_map gone;     /* folders, to pv_join_gone */
	pv_join_gone *first_gone;
	pv_map targets; /* where folders move files, to the places' takers */
} pv_join_side;

/* A renamed file that still counts. */
typedef struct pv_join_move {
	const char *from;
	const char *to;
	unsigned side;
	size_t serial;
} pv_join_move;

/* A blob that the merge made. */
typedef struct pv_join_blob {
	git_oid id;
	pv_buf text;
} pv_join_blob;

enum pv_join_moving {
	PV_JOIN_MOVES_CONFLICT, /* git's default */
	PV_JOIN_MOVES_FOLLOW,
	PV_JOIN_MOVES_NOTHING
};

/* The settings of git that matter. */
typedef struct pv_join_config {
	int finds_renames;
	size_t rename_limit;
	enum pv_join_moving moving; /* files into renamed folders */
} pv_join_config;

typedef struct pv_join {
	pv_store *store;
	const pv_join_options *opts;
	const pv_join_config *config;
	pv_attr_tree *attrs;
	const char *labels[PV_JOIN_STAGES];
	unsigned depth; /* 0: the merge that was asked for */
	git_oid trees[PV_JOIN_STAGES];
	int has_tree[PV_JOIN_STAGES];
	pv_arena arena;
	pv_map by_path;
	pv_join_path **paths;
	size_t path_count;
	size_t path_cap;
	pv_join_side sides[PV_JOIN_STAGES]; /* the first is not used */
	pv_join_move *moves;
	size_t move_count;
	size_t move_cap;
	pv_join_blob *blobs;
	size_t blob_count;
	size_t blob_cap;
	int has_mixed; /* some path is */
	int is_clean;
	pv_error *err;
} pv_join;

static inline int pv_join_is_folder(uint32_t mode)
{
	return mode == GIT_FILEMODE_TREE;
}

static inline int pv_join_is_regular(uint32_t mode)
{
	return (mode & 0170000) == 0100000;
}

/* Of the same kind: file, link or submodule. */
static inline int pv_join_is_alike(uint32_t a, uint32_t b)
{
	return (a & 0170000) == (b & 0170000);
}

/* 0 when either is missing. */
static inline int pv_join_is_same(const pv_tree_item *a, const pv_tree_item *b)
{
	return a->mode && a->mode == b->mode && git_oid_equal(&a->id, &b->id);
}

/* The length of a path's folder; 0 at the top. */
size_t pv_join_folder_len(const char *path, size_t len);

/* --- join.c: records ----------------------------------------------------- */

/* A copy in the arena; NULL when there is no memory, which `err` says then. */
char *pv_join_dup(pv_join *join, const char *text, size_t len);

/* The record of a path, or NULL. */
pv_join_path *pv_join_find(const pv_join *join, const char *path);

/* A new, empty record for a path in the arena. PV_ENOMEM. */
int pv_join_add(pv_join_path **out, pv_join *join, const char *path);

enum {
	PV_JOIN_HAS_FILE = 1,
	PV_JOIN_HAS_FOLDER = 2
};

/* What the trees have at a path, a set of the above. PV_EGIT, PV_ENOMEM. */
int pv_join_exists(int *kinds_out, pv_join *join, const char *path);

/* A path for what cannot stay at its own, "path~branch". PV_ENOMEM. */
int pv_join_aside(const char **out, pv_join *join, const char *path,
		  enum pv_join_stage stage);

/* Appends a blob. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM. */
int pv_join_read(pv_buf *out, pv_join *join, const git_oid *id);

/* --- the steps ----------------------------------------------------------- */

/* walk.c: makes the records, and says what each side added and removed. */
int pv_join_walk(pv_join *join);
/* rename.c: finds what a side renamed. */
int pv_join_find_renames(pv_join *join, enum pv_join_stage which);
/* move.c: decides which folders were renamed, and moves files into them. */
int pv_join_move_folders(pv_join *join);
/* settle.c: brings the records of renamed files together. */
int pv_join_settle(pv_join *join);
/* decide.c: decides each record. */
int pv_join_decide(pv_join *join);

/* --- similar.c ----------------------------------------------------------- */

enum {
	PV_JOIN_SCORE_MAX = 60000,
	PV_JOIN_SCORE_MIN = PV_JOIN_SCORE_MAX / 2
};

/*
 * How much of `from` is in `to`; less than the minimum: not worth knowing how
 * much. PV_EGIT, PV_ENOMEM.
 */
int pv_join_compare(int *score_out, pv_join *join, pv_join_change *from,
		    pv_join_change *to);

/* --- folder.c ------------------------------------------------------------ */

/* The record of a removed folder, or NULL. */
pv_join_gone *pv_join_gone_find(const pv_join_side *side, const char *path,
				size_t len);
/* Notes that a side has no such folder. PV_ENOMEM. */
int pv_join_gone_add(pv_join *join, enum pv_join_stage side, const char *path,
		     enum pv_join_need need);
/* Counts a renamed file for the folders it has left. PV_ENOMEM. */
int pv_join_gone_count(pv_join *join, pv_join_side *side, const char *from,
		       const char *to);
/* Sets the guesses by what was counted so far. */
void pv_join_gone_guess(pv_join_side *side);
/*
 * Forgets files that matter only for where their folders went, as far as that
 * cannot change any more.
 */
void pv_join_gone_cull(pv_join_side *side);

/* --- content.c ----------------------------------------------------------- */

/* Three versions of a file, any of which may lie elsewhere. */
typedef struct pv_join_versions {
	const char *path; /* for attributes */
	const pv_tree_item *stages[PV_JOIN_STAGES];
	const char *names[PV_JOIN_STAGES];
	unsigned wider; /* so much longer are the markers */
} pv_join_versions;

/*
 * Merges mode and content of a file on both sides, of one kind. 1 when there
 * are conflicts.
 */
int pv_join_contents(pv_tree_item *out, pv_join *join,
		     const pv_join_versions *versions);

#endif
