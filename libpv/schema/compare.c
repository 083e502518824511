/* SPDX-License-Identifier: MIT
 *
 * Two schemas compared, see proof.h. A claim about all values is proved, or a
 * witness against it is asked of both schemas as a whole; the reason is what
 * the validator finds wrong with it.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "schema/proof.h"
#include "schema/schema.h"

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
			const pv_schema *refusing)
{
	pv_schema_result result = { { 0 }, NULL, 0, 0 };
	int rc;

	proof->run.result = &result;
	proof->run.steps = PV_PROOF_ASKED;
	(void)pv_ask(&proof->run, refusing->root, proof->witness, NULL, NULL);
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
		    const pv_claim *claim, const pv_schema *refusing)
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

int pv_schema_compare(pv_schema_comparison *out, const pv_schema *old_schema,
		      const pv_schema *new_schema, enum pv_schema_side side,
		      pv_error *err)
{
	int is_output = side == PV_SCHEMA_OUTPUT;
	const pv_schema *from = is_output ? new_schema : old_schema;
	const pv_schema *to = is_output ? old_schema : new_schema;
	pv_arena arena = { 0 };
	pv_proof proof = { .arena = &arena,
			   .run = { .steps = PV_PROOF_ASKED, .err = err },
			   .steps = PV_PROOF_STEPS,
			   .looks = PV_PROOF_LOOKS,
			   .is_dynamic = is_dynamic(from) || is_dynamic(to),
			   .err = err };
	pv_claim claim = { { NULL, 0 }, { NULL, 0 }, NULL };
	int rc;

	pv_schema_comparison_dispose(out);
	pv_nodes_add(&proof, &claim.all, from->root);
	pv_nodes_add(&proof, &claim.any, to->root);
	rc = proof.rc < 0 ? proof.rc : conclude(out, &proof, &claim, to);
	pv_matcher_dispose(&proof.run.matcher);
	pv_arena_dispose(&arena);
	return rc < 0 ? rc : status_of(out, err);
}
