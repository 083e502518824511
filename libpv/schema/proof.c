/* SPDX-License-Identifier: MIT
 *
 * Claims, see proof.h: limits, what is plain, and one kind after the other.
 */
#include "schema/proof.h"

#include "base/fail.h"
#include "base/mem.h"

/* --- limits and lists ---------------------------------------------------------- */

int pv_proof_go(pv_proof *proof, size_t steps)
{
	if (proof->rc < 0 || proof->steps < steps ||
	    proof->arena->total > PV_PROOF_ROOM) {
		proof->steps = 0;
		return 0;
	}
	proof->steps -= steps;
	return 1;
}

int pv_proof_look(pv_proof *proof, size_t looks)
{
	if (proof->looks < looks) {
		proof->looks = 0;
		proof->steps = 0;
		return 0;
	}
	proof->looks -= looks;
	return 1;
}

void *pv_proof_alloc(pv_proof *proof, size_t size)
{
	void *room = proof->rc < 0 ? NULL : pv_arena_calloc(proof->arena, size);

	if (!room && proof->rc == PV_OK)
		proof->rc = pv_fail_nomem(proof->err);
	return room;
}

const pv_node *pv_node_end(const pv_node *node)
{
	return node->alias ? node->alias : node;
}

int pv_nodes_has(const pv_nodes *list, const pv_node *node)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == node)
			return 1;
	return 0;
}

/* A new array each time: cases that were copied share the old one. */
void pv_nodes_add(pv_proof *proof, pv_nodes *list, const pv_node *node)
{
	const pv_node **items;

	node = pv_node_end(node);
	if (!pv_proof_look(proof, 2 * list->count) || pv_nodes_has(list, node))
		return;
	items = pv_proof_alloc(proof,
			       (list->count + 1) * sizeof(const pv_node *));
	if (!items)
		return;
	if (list->count)
		memcpy(items, list->items, list->count * sizeof(const pv_node *));
	items[list->count++] = node;
	list->items = items;
}

/* --- asking the validator -------------------------------------------------------- */

/* What a limit or a lack of memory means for the proof. */
static int settle(pv_proof *proof)
{
	int rc = proof->run.rc;

	proof->run.rc = PV_OK;
	if (rc == PV_OK)
		return 1;
	if (rc == PV_ENOMEM)
		proof->rc = rc;
	else
		pv_error_clear(proof->err);
	return 0;
}

int pv_proof_ask(pv_proof *proof, const pv_node *node, const pv_value *value)
{
	int is_valid;

	if (!pv_proof_go(proof, 1))
		return -1;
	is_valid = pv_decide(&proof->run, node, value, NULL);
	return settle(proof) ? is_valid : -1;
}

int pv_proof_matches(pv_proof *proof, const pv_pattern *pattern, pv_str text)
{
	int is_found;

	if (!pv_proof_go(proof, 1))
		return -1;
	is_found = pv_ask_pattern(&proof->run, pattern, text);
	return settle(proof) ? is_found : -1;
}

enum pv_answer pv_proof_try(pv_proof *proof, const pv_claim *claim,
			    const pv_value *value)
{
	enum pv_answer answer = PV_ANSWER_FAILS;

	if (!value)
		return PV_ANSWER_UNKNOWN;
	for (size_t i = 0; i < claim->all.count; i++) {
		int is = pv_proof_ask(proof, claim->all.items[i], value);

		if (!is)
			return PV_ANSWER_HOLDS;
		if (is < 0)
			answer = PV_ANSWER_UNKNOWN;
	}
	for (size_t i = 0; i < claim->any.count; i++) {
		int is = pv_proof_ask(proof, claim->any.items[i], value);

		if (is > 0)
			return PV_ANSWER_HOLDS;
		if (is < 0)
			answer = PV_ANSWER_UNKNOWN;
	}
	if (answer == PV_ANSWER_FAILS)
		proof->witness = value;
	return answer;
}

int pv_nodes_share(pv_proof *proof, const pv_nodes *all, const pv_nodes *any)
{
	if (!pv_proof_look(proof, all->count * any->count))
		return 0;
	for (size_t i = 0; i < any->count; i++)
		for (size_t j = 0; j < all->count; j++)
			if (pv_node_same_rules(proof, all->items[j],
					       any->items[i]))
				return 1;
	return 0;
}

/* --- claims --------------------------------------------------------------------- */

static int is_list_same(const pv_nodes *a, const pv_nodes *b)
{
	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (!pv_nodes_has(b, a->items[i]))
			return 0;
	return 1;
}

/* A claim is used for parts of the values it is about. */
static int is_open(const pv_claim *claim)
{
	for (const pv_claim *at = claim->outer; at; at = at->outer)
		if (is_list_same(&at->all, &claim->all) &&
		    is_list_same(&at->any, &claim->any))
			return 1;
	return 0;
}

static int is_plain(pv_proof *proof, const pv_claim *claim)
{
	for (size_t i = 0; i < claim->all.count; i++)
		if (pv_node_is_never(claim->all.items[i]))
			return 1;
	for (size_t i = 0; i < claim->any.count; i++)
		if (pv_node_is_always(claim->any.items[i]))
			return 1;
	return pv_nodes_share(proof, &claim->all, &claim->any);
}

enum pv_answer pv_prove(pv_proof *proof, const pv_claim *claim)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;

	if (!pv_proof_go(proof, 1) || proof->depth == PV_PROOF_DEPTH)
		return PV_ANSWER_UNKNOWN;
	if (is_plain(proof, claim) || is_open(claim))
		return PV_ANSWER_HOLDS;
	proof->depth++;
	for (unsigned type = 1; type < PV_TYPE_ANY && answer != PV_ANSWER_FAILS;
	     type *= 2) {
		pv_case it = { .claim = claim,
			       .type = type,
			       .all = claim->all,
			       .any = claim->any };

		answer = pv_answer_both(answer, pv_prove_case(proof, it));
	}
	proof->depth--;
	return proof->rc < 0 ? PV_ANSWER_UNKNOWN : answer;
}

enum pv_answer pv_proof_part(pv_proof *proof, const pv_case *of,
			     const pv_nodes *all, const pv_nodes *any)
{
	static const pv_nodes none = { NULL, 0 };
	pv_claim claim = { *all, any ? *any : none, of->claim };

	return pv_prove(proof, &claim);
}

const pv_value *pv_proof_sample(pv_proof *proof, const pv_case *of,
				const pv_nodes *all, const pv_nodes *but)
{
	int quiet = proof->quiet;
	const pv_node *stuck = proof->stuck;
	const char *keyword = proof->stuck_keyword;
	enum pv_answer answer;

	proof->quiet = 0;
	answer = pv_proof_part(proof, of, all, but);
	proof->quiet = quiet;
	proof->stuck = stuck;
	proof->stuck_keyword = keyword;
	return answer == PV_ANSWER_FAILS ? proof->witness : NULL;
}
