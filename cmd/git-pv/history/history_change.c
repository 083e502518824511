/* SPDX-License-Identifier: MIT
 *
 * What becomes known late of executions: ratings, scores, tags. One row is
 * changed at a time, under the lock of the index.
 */
#include "history/history_verbs.h"

#include <string.h>

#include "base/str.h"
#include "history/history_print.h"

static int set_text(pv_execution *row, const char *field, const char *text,
		    pv_error *err)
{
	return text ? pv_execution_set(row, field, text, strlen(text), err)
		    : PV_OK;
}

struct scores {
	pv_buf json;
	const cli_list *given;
};

/* Members of the scores there are, without those that are given anew. */
static int keep_score(const char *key, const pv_json *member, void *payload)
{
	struct scores *scores = payload;
	const cli_list *given = scores->given;
	pv_buf *out = &scores->json;
	size_t len = strlen(key);
	pv_jsonw w;

	for (size_t i = 0; i < given->count; i++)
		if (!strncmp(given->items[i].value, key, len) &&
		    given->items[i].value[len] == '=')
			return 0;
	pv_buf_putc(out, out->len ? ',' : '{');
	pv_jsonw_init(&w, out);
	pv_jsonw_string(&w, key);
	pv_buf_putc(out, ':');
	return pv_json_dump(out, member, NULL);
}

static int set_scores(pv_execution *row, const cli_list *given, pv_error *err)
{
	const char *old = pv_execution_text(row, "scores");
	pv_json_doc *doc = NULL;
	struct scores scores = { .given = given };
	pv_buf *json = &scores.json;
	int rc = PV_OK;

	if (old)
		rc = pv_json_parse(&doc, old, strlen(old), err);
	if (doc)
		rc = pv_json_each(pv_json_root(doc), keep_score, &scores);
	for (size_t i = 0; i < given->count && rc == PV_OK; i++) {
		const char *equals = strchr(given->items[i].value, '=');
		pv_jsonw w;

		pv_buf_putc(json, json->len ? ',' : '{');
		pv_jsonw_init(&w, json);
		pv_jsonw_stringn(&w, given->items[i].value,
				 (size_t)(equals - given->items[i].value));
		pv_buf_printf(json, ":%s", equals + 1);
	}
	pv_buf_putc(json, '}');
	if (rc == PV_OK)
		rc = pv_buf_status(json, err);
	if (rc == PV_OK)
		rc = pv_execution_set_json(row, "scores", json->ptr, json->len,
					   err);
	pv_json_free(doc);
	pv_buf_dispose(json);
	return rc;
}

static int redact(pv_execution *row, const history_change *change, pv_error *err)
{
	return change->redaction
		       ? pv_execution_redact(row, change->redaction, err)
		       : PV_OK;
}

static int rate_row(pv_execution *row, void *payload, pv_error *err)
{
	history_change *change = payload;
	int rc = set_text(row, "quality", change->quality, err);

	if (rc == PV_OK)
		rc = set_text(row, "feedback", change->feedback, err);
	if (rc == PV_OK && change->scores.count)
		rc = set_scores(row, &change->scores, err);
	if (rc == PV_OK && change->scores.count)
		rc = score_rules_check(&change->rules, row, &change->undeclared,
				       err);
	return rc == PV_OK ? redact(row, change, err) : rc;
}

static int is_removed(const cli_list *removed, const char *tag)
{
	for (size_t i = 0; i < removed->count; i++)
		if (strcmp(removed->items[i].value, tag) == 0)
			return 1;
	return 0;
}

static int tag_row(pv_execution *row, void *payload, pv_error *err)
{
	const history_change *change = payload;
	const char *old = pv_execution_text(row, "tags");
	pv_json_doc *doc = NULL;
	pv_buf json = { 0 };
	int rc = PV_OK;
	pv_jsonw w;

	if (old)
		rc = pv_json_parse(&doc, old, strlen(old), err);
	pv_jsonw_init(&w, &json);
	pv_jsonw_array(&w);
	for (size_t i = 0; doc && i < pv_json_count(pv_json_root(doc)); i++) {
		const char *one =
			pv_json_text(pv_json_at(pv_json_root(doc), i), NULL);

		if (!is_removed(&change->removed, one))
			pv_jsonw_string(&w, one);
	}
	for (int i = 0; i < change->tag_count; i++)
		pv_jsonw_string(&w, change->tags[i]);
	pv_jsonw_array_end(&w);
	if (rc == PV_OK)
		rc = pv_buf_status(&json, err);
	if (rc == PV_OK)
		rc = pv_execution_set_json(row, "tags", json.ptr, json.len, err);
	if (rc == PV_OK)
		rc = redact(row, change, err);
	pv_json_free(doc);
	pv_buf_dispose(&json);
	return rc;
}

/* Only where there is one: changing begins none. */
static int open_old(pv_executions **out, pv_cli *cli)
{
	int rc = tracking_open(out, cli, 1);

	pv_executions_free(*out);
	*out = NULL;
	return rc == PV_OK ? tracking_open(out, cli, 0) : rc;
}

static int print_one(pv_cli *cli, pv_executions *index, const char *id)
{
	pv_execution *row = NULL;
	int rc = pv_executions_get(&row, index, id, &cli->err);

	if (rc == PV_OK)
		rc = history_print_json(cli, row);
	pv_execution_free(row);
	return rc;
}

static int amend(pv_cli *cli, const char *id,
		 int (*fn)(pv_execution *row, void *payload, pv_error *err),
		 history_change *change)
{
	pv_executions *index = NULL;
	int rc = open_old(&index, cli);

	if (rc == PV_OK && change->scores.count)
		rc = score_rules_declare(&change->rules, index, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_amend(index, id, fn, change, &cli->err);
	if (rc == PV_OK && cli->json)
		rc = print_one(cli, index, id);
	pv_executions_free(index);
	return rc;
}

static int check_scores(pv_cli *cli, const cli_list *scores)
{
	for (size_t i = 0; i < scores->count; i++)
		if (!strchr(scores->items[i].value, '='))
			return cli_usage_error(cli, "--score needs NAME=N");
	return PV_OK;
}

int history_rate(pv_cli *cli, history_change *change, const char *id)
{
	int rc = check_scores(cli, &change->scores);

	if (rc == PV_OK && !change->quality && !change->feedback &&
	    !change->scores.count)
		rc = cli_usage_error(cli, "rate needs --quality, --feedback or "
					  "--score");
	if (rc == PV_OK && change->scores.count)
		rc = score_rules_load(&change->rules, cli);
	if (rc == PV_OK)
		rc = tracking_redaction(&change->redaction, cli);
	if (rc == PV_OK)
		rc = amend(cli, id, rate_row, change);
	if (rc == PV_OK)
		score_rules_tell(cli, &change->undeclared);
	pv_strlist_dispose(&change->undeclared);
	score_rules_dispose(&change->rules);
	pv_redaction_free(change->redaction);
	return rc;
}

/* --- tags of many --------------------------------------------------------- */

static int keep_id(const pv_execution *row, void *payload)
{
	return pv_strlist_add(payload, pv_execution_text(row, "id"), NULL);
}

/* One by one, so that nobody who records waits for all of them. */
static int tag_each(pv_cli *cli, pv_executions *index, const pv_strlist *ids,
		    history_change *change)
{
	int rc = PV_OK;

	if (cli->json)
		cli_puts(cli, "[");
	for (size_t i = 0; i < ids->count && rc == PV_OK; i++) {
		rc = pv_executions_amend(index, ids->items[i], tag_row, change,
					 &cli->err);
		if (rc == PV_ENOTFOUND) /* somebody deleted it meanwhile */
			rc = PV_OK;
		else if (rc == PV_OK && cli->json) {
			cli_puts(cli, i ? "," : "");
			rc = print_one(cli, index, ids->items[i]);
		}
	}
	if (cli->json)
		cli_puts(cli, "]");
	if (rc == PV_OK)
		cli_note(cli, "%zu tagged", ids->count);
	return rc;
}

static int tag_chosen(pv_cli *cli, history_change *change,
		      const history_filter *filter)
{
	pv_executions *index = NULL;
	pv_strlist ids = { 0 };
	history_query query;
	int rc = history_query_read(&query, cli, filter, 0);

	if (rc == PV_OK)
		rc = open_old(&index, cli);
	if (rc == PV_OK)
		rc = pv_executions_list(index, &query.query, keep_id, &ids,
					&cli->err);
	if (rc == PV_OK)
		rc = tag_each(cli, index, &ids, change);
	pv_executions_free(index);
	pv_strlist_dispose(&ids);
	history_query_dispose(&query);
	return rc;
}

int history_tag(pv_cli *cli, history_change *change,
		const history_filter *filter, int count, char **args)
{
	int is_many = history_filter_is_given(filter);
	int rc;

	if (!is_many && !count)
		return cli_usage_error(cli, "tag needs an id or filters");
	change->tags = args + !is_many;
	change->tag_count = count - !is_many;
	if (!change->tag_count && !change->removed.count)
		return cli_usage_error(cli, "tag needs a tag");
	rc = tracking_redaction(&change->redaction, cli);
	if (rc == PV_OK)
		rc = is_many ? tag_chosen(cli, change, filter)
			     : amend(cli, args[0], tag_row, change);
	pv_redaction_free(change->redaction);
	return rc;
}
