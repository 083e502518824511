/* SPDX-License-Identifier: MIT
 *
 * experiments/<id>.yaml read as a whole, see pv/experiment_file.h. The schema
 * is asked first, so that the readers of the parts meet what they expect.
 */
#include "experiment/file.h"

#include <stdio.h>
#include <string.h>

#include <pv/prompt.h>
#include <pv/schema.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/settings.h"

static const char *const statuses[PV_EXPERIMENT_STATUSES] = {
	"draft", "scheduled", "running", "paused", "stopped", "concluded"
};

static const char no_unit[] = "user";

const char *pv_experiment_status_name(enum pv_experiment_status status)
{
	return statuses[status];
}

int pv_experiment_status_of(enum pv_experiment_status *out, const char *name,
			    pv_error *err)
{
	for (int i = 0; i < PV_EXPERIMENT_STATUSES; i++)
		if (strcmp(name, statuses[i]) == 0) {
			*out = (enum pv_experiment_status)i;
			return PV_OK;
		}
	(void)pv_fail(err, PV_EINVALID, "no status is called \"%.60s\"", name);
	return pv_error_hint(err, PV_EINVALID,
			     "draft, scheduled, running, paused, stopped, "
			     "concluded");
}

long pv_experiment_variant_find(const pv_experiment *experiment, const char *name)
{
	for (size_t i = 0; i < experiment->variant_count; i++)
		if (strcmp(experiment->variants[i].name, name) == 0)
			return (long)i;
	return -1;
}

/* --- the schema ------------------------------------------------------------ */

static int refuse_first(const experiment_reader *reader,
			const pv_schema_result *result)
{
	const pv_schema_finding *first = pv_schema_result_at(result, 0);
	const pv_yaml_node *at;

	/* Behind a choice is what is wrong with the likeliest of it. */
	for (size_t i = 1; i < pv_schema_result_count(result) &&
			   strcmp(first->keyword, "anyOf") == 0;
	     i++)
		first = pv_schema_result_at(result, i);
	at = pv_yaml_follow_pointer(reader->root, first->instance_path);
	return pv_experiment_refuse(reader, at, "%.250s", first->message);
}

static int ask_schema(const experiment_reader *reader)
{
	const char *text = pv_text_experiment_schema_json;
	pv_schema_result *result = NULL;
	pv_schema_data *data = NULL;
	pv_schema *schema = NULL;
	pv_buf json = { 0 };
	int valid = 0;
	int rc = pv_schema_new(&schema, text, strlen(text), NULL, reader->err);

	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, reader->root, reader->err);
	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&json), json.len,
					reader->err);
	if (rc == PV_OK)
		rc = pv_schema_result_new(&result, reader->err);
	if (rc == PV_OK)
		rc = pv_schema_validate(&valid, schema, data, result,
					reader->err);
	if (rc == PV_OK && !valid)
		rc = refuse_first(reader, result);
	pv_schema_result_free(result);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	pv_buf_dispose(&json);
	return rc;
}

/* --- reading --------------------------------------------------------------- */

static int read_times(experiment_reader *reader)
{
	pv_experiment *to = reader->to;
	const struct {
		const char *key;
		int64_t *at;
	} times[] = { { "start", &to->start },
		      { "end", &to->end },
		      { "started_at", &to->started_at },
		      { "ended_at", &to->ended_at } };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(times) && rc == PV_OK; i++)
		rc = pv_experiment_time(times[i].at, reader,
					pv_experiment_node(reader->root,
							   times[i].key));
	if (rc == PV_OK && to->start && to->end && to->start >= to->end)
		rc = pv_experiment_refuse(reader,
					  pv_experiment_node(reader->root, "end"),
					  "the end is not after the start");
	return rc;
}

static int read_head(experiment_reader *reader)
{
	pv_experiment *to = reader->to;
	const pv_yaml_node *root = reader->root;
	const char *strategy = pv_experiment_text(root, "strategy");
	const char *status = pv_experiment_text(root, "status");
	const char *unit = pv_experiment_text(root, "unit");
	int rc = pv_id_check(pv_experiment_text(root, "prompt"), NULL);

	if (rc < 0)
		return pv_experiment_refuse(reader,
					    pv_experiment_node(root, "prompt"),
					    "\"%.128s\" is no id of a prompt",
					    pv_experiment_text(root, "prompt"));
	to->name = pv_experiment_text(root, "name");
	to->description = pv_experiment_text(root, "description");
	to->owner = pv_experiment_text(root, "owner");
	to->prompt = pv_experiment_text(root, "prompt");
	to->unit = unit ? unit : no_unit;
	if (strategy && strcmp(strategy, "random") == 0)
		to->strategy = PV_STRATEGY_RANDOM;
	if (status)
		(void)pv_experiment_status_of(&to->status, status, NULL);
	return read_times(reader);
}

static int read_all(experiment_reader *reader)
{
	int (*const parts[])(experiment_reader *) = {
		read_head,
		pv_experiment_read_variants,
		pv_experiment_read_plan,
		pv_experiment_read_metrics,
		pv_experiment_read_targeting,
		pv_experiment_read_epochs,
	};
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(parts) && rc == PV_OK; i++)
		rc = parts[i](reader);
	return rc;
}

static int parse(struct experiment_whole *whole, const char *source,
		 pv_str text, int is_final, pv_error *err)
{
	experiment_reader reader = { .whole = whole,
				     .to = &whole->experiment,
				     .arena = &whole->arena,
				     .source = source,
				     .err = err };
	pv_error why = { 0 };
	int rc = pv_yaml_parse(&whole->doc, text.ptr, text.len, NULL, &why);

	if (rc < 0) {
		if (err)
			*err = why;
		return pv_error_at(err, rc, source, why.line, why.column);
	}
	reader.root = pv_yaml_follow(pv_yaml_root(whole->doc));
	/* Before the schema, which cannot say what is wrong with a name. */
	rc = is_final ? pv_experiment_check_names(&reader) : PV_OK;
	if (rc == PV_OK && is_final)
		rc = ask_schema(&reader);
	if (rc == PV_OK)
		rc = read_all(&reader);
	return rc == PV_OK && is_final ? pv_experiment_check_sealed(&reader) : rc;
}

int pv_experiment_read(pv_experiment **out, const char *id, pv_str text,
		       int is_final, pv_error *err)
{
	struct experiment_whole *whole;
	char source[sizeof(err->source)];
	int rc = pv_id_check(id, err);

	*out = NULL;
	if (rc != PV_OK)
		return rc;
	whole = pv_calloc(1, sizeof(*whole));
	if (!whole)
		return pv_fail_nomem(err);
	(void)snprintf(source, sizeof(source), "experiments/%s.yaml", id);
	whole->experiment.id = pv_arena_dup(&whole->arena, id, strlen(id));
	rc = whole->experiment.id ? parse(whole, source, text, is_final, err)
				  : pv_fail_nomem(err);
	if (rc == PV_OK)
		*out = &whole->experiment;
	else
		pv_experiment_free(&whole->experiment);
	return rc;
}

int pv_experiment_parse(pv_experiment **out, const char *id, const char *text,
			size_t len, pv_error *err)
{
	const pv_str all = { text, len };

	return pv_experiment_read(out, id, all, 1, err);
}

void pv_experiment_free(pv_experiment *experiment)
{
	struct experiment_whole *whole = (void *)experiment;

	if (!whole)
		return;
	pv_slots_dispose(&whole->draft);
	pv_yaml_free(whole->doc);
	pv_arena_dispose(&whole->arena);
	pv_free(whole);
}
