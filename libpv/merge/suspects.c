/* SPDX-License-Identifier: MIT
 *
 * Words are known by their bytes, values by where they are: both maps hold
 * keys only.
 */
#include "merge/suspects.h"

#include "diff/tokens.h"

static pv_str address_of(const void *const *tree)
{
	return (pv_str){ (const char *)tree, sizeof(*tree) };
}

int pv_suspects_add_word(pv_suspects *suspects, pv_str word, pv_error *err)
{
	return pv_map_set(&suspects->words, word, suspects, NULL, err);
}

int pv_suspects_add_tree(pv_suspects *suspects, const pv_tree *tree, pv_error *err)
{
	const void *address = tree;

	return pv_map_set(&suspects->trees, address_of(&address), suspects,
			  NULL, err);
}

size_t pv_suspects_count(const pv_suspects *suspects)
{
	return suspects->words.count + suspects->trees.count;
}

void pv_suspects_dispose(pv_suspects *suspects)
{
	pv_map_dispose(&suspects->words);
	pv_map_dispose(&suspects->trees);
}

static int has_word(pv_merge_job *job, const pv_part *part)
{
	pv_tokens words = { 0 };
	int rc = pv_tokens_add_words(&words,
				     pv_part_slice(part, part->lead, part->end),
				     job->err);
	int found = 0;

	if (rc < 0)
		job->chunks.status = rc;
	for (size_t i = 0; i < words.count && !found; i++)
		found = pv_map_find(&job->suspects->words, words.items[i]) !=
			NULL;
	pv_tokens_dispose(&words);
	return found;
}

static int has_tree(const pv_suspects *suspects, const pv_tree *tree)
{
	const void *address = tree;

	if (pv_map_find(&suspects->trees, address_of(&address)))
		return 1;
	for (size_t i = 0; i < tree->count; i++)
		if (has_tree(suspects, &tree->items[i]))
			return 1;
	return 0;
}

static int is_suspect(pv_merge_job *job, const pv_part *part)
{
	const pv_suspects *suspects = job->suspects;

	return has_tree(suspects, part->tree) ||
	       (suspects->words.count > 0 && has_word(job, part));
}

static int is_mapping(const pv_part *part)
{
	return part && part->count > 0 && part->node->kind == PV_YAML_MAPPING;
}

/* Whether its conflicts are those of the keys in it. */
static int is_taken_apart(const pv_merge_job *job, const pv_entry *entry)
{
	return (job->is_new || is_mapping(entry->sides[PV_BASE])) &&
	       is_mapping(entry->sides[PV_OURS]) &&
	       is_mapping(entry->sides[PV_THEIRS]);
}

/*
 * A value that is wrong may be so because of others that came or went: these
 * are suspect with it.
 */
int pv_suspects_has(pv_merge_job *job, const pv_entry *entry, int open)
{
	const pv_part *ours = entry->sides[PV_OURS];
	const pv_part *theirs = entry->sides[PV_THEIRS];

	if (job->width < PV_WIDTH_SUSPECTS || (!ours && !theirs) ||
	    (ours && theirs && pv_part_same(ours, theirs)) ||
	    (open && is_taken_apart(job, entry)))
		return 0;
	if (job->width > PV_WIDTH_SUSPECTS)
		return 1;
	for (size_t i = 0; i < PV_SIDES; i++)
		if (entry->sides[i] ? is_suspect(job, entry->sides[i])
				    : job->suspects->trees.count > 0)
			return 1;
	return 0;
}
