/* SPDX-License-Identifier: MIT
 *
 * The public calls: a schema with all that it was made of, data, a result.
 */
#include <pv/schema.h>

#include "base/fail.h"
#include "base/mem.h"
#include "schema/decide.h"
#include "schema/schema.h"

struct pv_schema_data {
	pv_arena arena;
	const pv_value *root;
};

/* Reads a copy of the text into the arena. */
static int read_copy(const pv_value **out, pv_arena *arena, const char *json,
		     size_t len, pv_error *err)
{
	pv_str text = { pv_arena_dup(arena, json, len), len };

	if (!text.ptr)
		return pv_fail_nomem(err);
	return pv_value_read(out, arena, text, err);
}

/* --- schemas ----------------------------------------------------------------------- */

static int draft_of(unsigned *out, const pv_schema_options *options, pv_error *err)
{
	switch (options->draft) {
	case 0:
	case 2020:
		*out = PV_DRAFT_2020;
		return PV_OK;
	case 2019:
		*out = PV_DRAFT_2019;
		return PV_OK;
	case 7:
		*out = PV_DRAFT_7;
		return PV_OK;
	default:
		return pv_error_hint(err,
				     pv_fail(err, PV_EUNSUPPORTED,
					     "draft %d is not known",
					     options->draft),
				     "drafts are 2020, 2019 and 7");
	}
}

static int compile(pv_schema *schema, const char *json, size_t len, pv_error *err)
{
	const char *given = schema->options.uri ? schema->options.uri : "";
	pv_str uri = pv_str_of(given);
	const pv_value *root = NULL;
	unsigned draft = 0;
	int rc = draft_of(&draft, &schema->options, err);

	schema->compiler.arena = &schema->arena;
	schema->compiler.err = err;
	schema->compiler.registry.arena = &schema->arena;
	schema->compiler.registry.options = &schema->options;
	schema->compiler.registry.err = err;
	if (rc == PV_OK)
		rc = read_copy(&root, &schema->arena, json, len, err);
	if (rc == PV_OK) {
		uri.ptr = pv_arena_dup(&schema->arena, given, uri.len);
		rc = uri.ptr ? PV_OK : pv_fail_nomem(err);
	}
	if (rc == PV_OK)
		rc = pv_compile(&schema->root, &schema->compiler, uri, root,
				draft);
	schema->compiler.err = NULL;
	schema->compiler.registry.err = NULL;
	return rc;
}

int pv_schema_new(pv_schema **out, const char *json, size_t len,
		  const pv_schema_options *options, pv_error *err)
{
	pv_schema *schema = pv_calloc(1, sizeof(*schema));
	int rc;

	if (!schema)
		return pv_fail_nomem(err);
	if (options)
		schema->options = *options;
	rc = compile(schema, json, len, err);
	if (rc < 0)
		pv_schema_free(schema);
	else
		*out = schema;
	return rc;
}

void pv_schema_free(pv_schema *schema)
{
	if (!schema)
		return;
	pv_compiler_dispose(&schema->compiler);
	pv_arena_dispose(&schema->arena);
	pv_free(schema);
}

/* --- data -------------------------------------------------------------------------- */

int pv_schema_data_new(pv_schema_data **out, const char *json, size_t len,
		       pv_error *err)
{
	pv_schema_data *data = pv_calloc(1, sizeof(*data));
	int rc;

	if (!data)
		return pv_fail_nomem(err);
	rc = read_copy(&data->root, &data->arena, json, len, err);
	if (rc < 0)
		pv_schema_data_free(data);
	else
		*out = data;
	return rc;
}

void pv_schema_data_free(pv_schema_data *data)
{
	if (!data)
		return;
	pv_arena_dispose(&data->arena);
	pv_free(data);
}

/* --- results ----------------------------------------------------------------------- */

int pv_schema_result_new(pv_schema_result **out, pv_error *err)
{
	*out = pv_calloc(1, sizeof(**out));
	return *out ? PV_OK : pv_fail_nomem(err);
}

static void clear(pv_schema_result *result)
{
	pv_arena_dispose(&result->arena);
	result->count = 0;
}

void pv_schema_result_free(pv_schema_result *result)
{
	if (!result)
		return;
	clear(result);
	pv_free(result->items);
	pv_free(result);
}

size_t pv_schema_result_count(const pv_schema_result *result)
{
	return result->count;
}

const pv_schema_finding *pv_schema_result_at(const pv_schema_result *result,
					     size_t idx)
{
	return &result->items[idx];
}

int pv_schema_validate(int *valid, const pv_schema *schema,
		       const pv_schema_data *data, pv_schema_result *result,
		       pv_error *err)
{
	pv_run run = { .result = result, .steps = PV_SCHEMA_MAX_STEPS, .err = err };
	int is_valid;

	if (result)
		clear(result);
	is_valid = result ? pv_ask(&run, schema->root, data->root, NULL, NULL)
			  : pv_decide(&run, schema->root, data->root, NULL);
	pv_matcher_dispose(&run.matcher);
	if (run.rc == PV_OK)
		*valid = is_valid;
	return run.rc;
}
