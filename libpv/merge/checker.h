/* SPDX-License-Identifier: MIT
 *
 * What the parts of the check know of: check.c goes through the values,
 * check_lists.c through those of lists, which takes it back to the former;
 * check_fields.c knows what is in conflict and not to be looked at.
 */
#ifndef PV_MERGE_CHECKER_H
#define PV_MERGE_CHECKER_H

#include "merge/check.h"

/* Index of the result behind the three sides. */
enum {
	PV_RESULT = PV_SIDES,
	PV_FOUR = PV_SIDES + 1
};

enum {
	PV_CHECK_SEARCHES = 1 << 20 /* looked at for what was carried off */
};

struct pv_contested;

/*
 * A bit or two for each hash of a set: what has another one is not in it, and
 * need not be looked for.
 */
typedef struct pv_check_hashes {
	unsigned char *bits; /* NULL until somebody asks */
	size_t mask;         /* one less than how many there are: 2^n */
} pv_check_hashes;

typedef struct pv_checker {
	pv_arena *arena;
	size_t work;  /* left, to find out what elements were merged from */
	int guesses;  /* at work: each is about elements that may not belong */
	int is_exact; /* at work: what has a part of a field is not of it */
	size_t searches; /* left, to find what was carried off, in values */
	const pv_tree *const *roots; /* PV_SIDES; NULL when it is not looked for */
	pv_check_hashes hashes[PV_SIDES]; /* of all that is in the roots */
	size_t field_count;
	const pv_field **fields;        /* sorted by their three trees */
	struct pv_contested *contested; /* all of these, sorted */
	size_t contested_count;
	struct pv_suspects *suspects; /* NULL when nobody asks */
	int rc;
	pv_error *err;
} pv_checker;

/* The same value on all sides and in the result; NULL where it is not. */
typedef struct pv_four {
	const pv_tree *trees[PV_FOUR];
} pv_four;

/* --- check.c --- */
/* Whether the result is the base with the changes of both sides. */
int pv_check_is_merged(pv_checker *c, const pv_four *values);
/*
 * What guessing costs grows with the size of the result and no faster: where
 * that is not enough, nothing is known, and the merge does not stand.
 */
int pv_check_spend(pv_checker *c, size_t work);
/* The same for what costs nothing extra when it is looked at but once. */
int pv_check_spend_on_guess(pv_checker *c, size_t work);
/*
 * Whether one of the first `before` mappings has the key of `like`. Each is to
 * be looked at once: what is nested would be ever more often.
 */
int pv_check_is_seen(const pv_tree *const *maps, size_t before,
		     const pv_tree *like);
/* Whether a list of a line merge is base with the changes of both sides. */
int pv_check_is_list_of_lines(pv_checker *c, const pv_tree *const sides[PV_SIDES],
			      const pv_tree *result);
/* How many entries all four have, and one. */
size_t pv_check_count_entries(const pv_four *values);

/* --- check_lists.c --- */
int pv_check_is_list_merged(pv_checker *c, const pv_four *lists);

/* --- check_twice.c --- */
/* Whether the result has a name more often than any side. */
int pv_check_has_name_twice(pv_checker *c, const pv_four *lists);
/* Whether an element that both have added is there for each of them. */
int pv_check_is_doubled(pv_checker *c, const pv_four *lists,
			const long counts[PV_FOUR], const pv_tree *element);

/* --- check_moved.c --- */
/*
 * Whether something of base that both sides lack, or of which one lacks all
 * and the other a part, is in another place on just one of them. Both are
 * equal when neither is NULL.
 */
int pv_check_is_carried_off(pv_checker *c, const pv_tree *base,
			    const pv_tree *ours, const pv_tree *theirs);
/* The same for an element of a list that both lack, as a whole. */
int pv_check_is_elsewhere(pv_checker *c, const pv_tree *value);

/* --- check_fields.c --- */
/* There may be as many as there are entries: they have to be found quickly. */
int pv_check_sort_fields(pv_checker *c, const pv_field *fields);
int pv_check_is_field(const pv_checker *c, const pv_four *values);
/* One name of a field whose names contradict each other. */
int pv_check_is_name_of_field(const pv_checker *c, const pv_four *values);
/* Whether a tree is one of three that contradict each other. */
int pv_check_is_side_of_field(const pv_checker *c, const pv_tree *tree);
/* The same, or has one. */
int pv_check_is_contested(const pv_checker *c, const pv_tree *tree);

#endif
