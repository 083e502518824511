/* SPDX-License-Identifier: MIT
 *
 * Two schemas compared, see proof.h. A claim about all values is proved, or a
 * witness against it is asked of both schemas as a whole; the reason is what
 * the validator finds wrong with it.
 */
#include "schema/compare.h"
#include "base/fail.h"
#include "base/mem.h"
#include "schema/proof.h"
#include "schema/schema.h"

enum {
	MAX_DEPTH = 16, /* of properties inside of each other */
	MAX_STEPS = 10 * PV_PROOF_STEPS
};

const char *pv_schema_answer_name(enum pv_schema_answer answer)
{
	static const char *const names[] = {
		[PV_SCHEMA_UNKNOWN] = "unknown",
		[PV_SCHEMA_COMPATIBLE] = "compatible",
		[PV_SCHEMA_BREAKING] = "breaking",
	};

	return names[answer];
}

void pv_schema_comparison_dispose(pv_schema_comparison *comparison)
{
	pv_buf_dispose(&comparison->reason);
	pv_buf_dispose(&comparison->schema_path);
	pv_buf_dispose(&comparison->instance_path);
	pv_buf_dispose(&comparison->witness);
	comparison->answer = PV_SCHEMA_UNKNOWN;
}

static int status_of(const pv_schema_comparison *out, pv_error *err)
{
	const pv_buf *all[] = { &out->reason, &out->schema_path,
				&out->instance_path, &out->witness };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int rc = pv_buf_status(all[i], err);

		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

/* --- answers -------------------------------------------------------------------- */

/* What `refusing` has against the witness. */
static int say_breaking(pv_schema_comparison *out, pv_proof *proof,
			const pv_node *refusing)
{
	pv_schema_result result = { { 0 }, NULL, 0, 0 };
	int rc;

	proof->run.result = &result;
	proof->run.steps = PV_PROOF_ASKED;
	(void)pv_ask(&proof->run, refusing, proof->witness, NULL, NULL);
	rc = proof->run.rc;
	proof->run.result = NULL;
	if (rc == PV_ELIMIT) {
		pv_error_clear(proof->err);
		rc = PV_OK;
	}
	if (rc == PV_OK && result.count) {
		pv_buf_puts(&out->reason, result.items[0].message);
		pv_buf_puts(&out->schema_path, result.items[0].schema_path);
		pv_buf_puts(&out->instance_path, result.items[0].instance_path);
	}
	pv_value_put(&out->witness, proof->witness);
	out->answer = PV_SCHEMA_BREAKING;
	pv_arena_dispose(&result.arena);
	pv_free(result.items);
	return rc;
}

static void say_unknown(pv_schema_comparison *out, const pv_proof *proof)
{
	out->answer = PV_SCHEMA_UNKNOWN;
	if (proof->is_dynamic)
		pv_buf_puts(&out->reason, "it is not known what a reference "
					  "that is searched for leads to");
	else if (!proof->steps || !proof->run.steps)
		pv_buf_puts(&out->reason, "comparing takes too many steps");
	else
		pv_buf_puts(&out->reason,
			    "it is not known whether this always holds");
	if (proof->stuck && proof->stuck->in)
		pv_node_path(&out->schema_path, proof->stuck,
			     proof->stuck_keyword);
}

/* --- comparing ------------------------------------------------------------------ */

/* A witness has to convince where nothing was taken apart. */
static int is_confirmed(pv_proof *proof, const pv_claim *claim)
{
	proof->steps = PV_PROOF_STEPS;
	proof->run.steps = PV_PROOF_ASKED;
	return pv_proof_try(proof, claim, proof->witness) == PV_ANSWER_FAILS;
}

static int conclude(pv_schema_comparison *out, pv_proof *proof,
		    const pv_claim *claim, const pv_node *refusing)
{
	enum pv_answer answer = pv_prove(proof, claim);

	if (proof->rc < 0)
		return proof->rc;
	if (answer == PV_ANSWER_FAILS && is_confirmed(proof, claim))
		return say_breaking(out, proof, refusing);
	if (proof->rc < 0)
		return proof->rc;
	if (answer == PV_ANSWER_HOLDS && !proof->is_dynamic)
		out->answer = PV_SCHEMA_COMPATIBLE;
	else
		say_unknown(out, proof);
	return PV_OK;
}

static int is_dynamic(const pv_schema *schema)
{
	return schema->compiler.dynamics.count > 0;
}

/* Two nodes of the schemas, which the claim is about: `all` as `any` says. */
struct pair {
	const pv_schema *from;
	const pv_schema *to;
	const pv_node *all;
	const pv_node *any;
};

/* Takes what it needs off `steps`. */
static int compare(pv_schema_comparison *out, const struct pair *pair,
		   size_t *steps, pv_error *err)
{
	pv_arena arena = { 0 };
	pv_proof proof = { .arena = &arena,
			   .run = { .steps = PV_PROOF_ASKED, .err = err },
			   .steps = *steps,
			   .looks = PV_PROOF_LOOKS,
			   .is_dynamic = is_dynamic(pair->from) ||
					 is_dynamic(pair->to),
			   .err = err };
	pv_claim claim = { { NULL, 0 }, { NULL, 0 }, NULL };
	int rc;

	pv_schema_comparison_dispose(out);
	pv_nodes_add(&proof, &claim.all, pair->all);
	pv_nodes_add(&proof, &claim.any, pair->any);
	rc = proof.rc < 0 ? proof.rc : conclude(out, &proof, &claim, pair->any);
	*steps = proof.steps;
	pv_matcher_dispose(&proof.run.matcher);
	pv_arena_dispose(&arena);
	return rc < 0 ? rc : status_of(out, err);
}

static struct pair pair_of(const pv_schema *old_schema,
			   const pv_schema *new_schema, enum pv_schema_side side)
{
	int is_output = side == PV_SCHEMA_OUTPUT;
	struct pair pair = { .from = is_output ? new_schema : old_schema,
			     .to = is_output ? old_schema : new_schema };

	pair.all = pair.from->root;
	pair.any = pair.to->root;
	return pair;
}

int pv_schema_compare(pv_schema_comparison *out, const pv_schema *old_schema,
		      const pv_schema *new_schema, enum pv_schema_side side,
		      pv_error *err)
{
	struct pair pair = pair_of(old_schema, new_schema, side);
	size_t steps = PV_PROOF_STEPS;

	return compare(out, &pair, &steps, err);
}

/* --- property by property ------------------------------------------------------- */

struct walk {
	const struct pv_schema_finds *finds;
	size_t steps; /* of all proofs */
	int depth;
	pv_error *err;
};

static int walk_pair(struct walk *walk, const struct pair *pair);

/* A proof that has run out of steps has used what it was given; each uses one. */
static size_t count_used(size_t given, size_t left)
{
	return left > 0 && left <= given ? given - left + 1 : given;
}

/* A part of the values that both nodes are about. */
static int look(struct walk *walk, struct pair pair)
{
	pv_schema_comparison found = { 0 };
	size_t given;
	size_t steps;
	int is_same = 0;
	int rc;

	if (!walk->steps || walk->depth == MAX_DEPTH)
		return PV_OK;
	given = walk->steps < PV_PROOF_STEPS ? walk->steps : PV_PROOF_STEPS;
	steps = given;
	rc = compare(&found, &pair, &steps, walk->err);
	walk->steps -= count_used(given, steps);
	is_same = found.answer == PV_SCHEMA_COMPATIBLE;
	if (rc == PV_OK && !is_same)
		rc = walk->finds->part(&found, walk->finds->payload, walk->err);
	pv_schema_comparison_dispose(&found);
	walk->depth++;
	if (rc == PV_OK && !is_same)
		rc = walk_pair(walk, &pair);
	walk->depth--;
	return rc;
}

/* `key` is asked for by one side only. */
static int report_required(struct walk *walk, const pv_node *node, pv_str key)
{
	pv_buf path = { 0 };
	int rc;

	pv_node_path(&path, node, "required");
	rc = pv_buf_status(&path, walk->err);
	if (rc == PV_OK)
		rc = walk->finds->required(pv_buf_text(&path), key,
					   walk->finds->payload, walk->err);
	pv_buf_dispose(&path);
	return rc;
}

static int walk_property(struct walk *walk, const struct pair *pair,
			 const pv_property *property)
{
	const pv_object_rules *rules = pair->all->object;
	size_t at = rules ? pv_property_find(rules, property->key, property->hash)
			  : SIZE_MAX;
	const pv_property *other = at == SIZE_MAX ? NULL : &rules->properties[at];
	struct pair part = *pair;
	int rc = PV_OK;

	if (property->is_required && !(other && other->is_required))
		rc = report_required(walk, pair->any, property->key);
	if (rc < 0 || !other || !other->node || !property->node)
		return rc;
	part.all = other->node;
	part.any = property->node;
	return look(walk, part);
}

static int walk_pair(struct walk *walk, const struct pair *pair)
{
	struct pair ends = *pair;
	const pv_object_rules *rules;
	int rc = PV_OK;

	ends.all = pv_node_end(pair->all);
	ends.any = pv_node_end(pair->any);
	rules = ends.all->types & PV_TYPE_OBJECT ? ends.any->object : NULL;
	for (size_t i = 0; rules && i < rules->property_count && rc == PV_OK; i++)
		rc = walk_property(walk, &ends, &rules->properties[i]);
	if (rc < 0 || !ends.all->array || !ends.all->array->items ||
	    !ends.any->array || !ends.any->array->items)
		return rc;
	ends.all = ends.all->array->items;
	ends.any = ends.any->array->items;
	return look(walk, ends);
}

int pv_schema_compare_parts(const struct pv_schema_finds *finds,
			    const pv_schema *old_schema,
			    const pv_schema *new_schema,
			    enum pv_schema_side side, pv_error *err)
{
	struct pair pair = pair_of(old_schema, new_schema, side);
	struct walk walk = { finds, MAX_STEPS, 0, err };

	return walk_pair(&walk, &pair);
}
