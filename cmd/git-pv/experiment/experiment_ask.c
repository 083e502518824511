/* SPDX-License-Identifier: MIT
 *
 * See experiment_ask.h.
 */
#include "experiment/experiment_ask.h"

#include <stdio.h>
#include <string.h>

#include <pv/results.h>

#include "base/fail.h"
#include "base/json.h"
#include "experiment/experiment_variant.h"
#include "experiment/experiment_verbs.h"
#include "repo/tracking.h"

struct asking {
	experiment_create_options *opts;
	pv_strlist *answers;
	pv_cli *cli;
};

typedef int check_fn(struct asking *it, const char *answer);

/* --- questions ------------------------------------------------------------ */

static int keep(const char **out, struct asking *it, const char *text)
{
	int rc = pv_strlist_add(it->answers, text, &it->cli->err);

	*out = rc == PV_OK ? it->answers->items[it->answers->count - 1] : NULL;
	return rc;
}

/* Asks until the answer is one that can be; `*out` is "" for none. */
static int ask(const char **out, struct asking *it, const char *question,
	       const char *otherwise, check_fn *check)
{
	pv_cli *cli = it->cli;
	pv_buf line = { 0 };
	int rc;

	do {
		pv_error_clear(&cli->err);
		rc = ask_line(&line, cli, question, otherwise);
		if (rc != PV_OK)
			break;
		rc = cli_check_utf8(cli, "the answer", pv_buf_text(&line),
				    line.len);
		if (rc == PV_OK && line.len)
			rc = check(it, pv_buf_text(&line));
		if (rc < 0)
			cli_warn(cli, "%s", cli->err.message);
	} while (rc < 0 && rc != PV_ENOMEM);
	if (rc == PV_OK)
		rc = keep(out, it, pv_buf_text(&line));
	pv_buf_dispose(&line);
	return rc;
}

/* An option that was not given; an empty answer leaves it so. */
static int ask_option(const char **option, struct asking *it,
		      const char *question, const char *otherwise,
		      check_fn *check)
{
	const char *answer = NULL;
	int rc;

	if (*option)
		return PV_OK;
	rc = ask(&answer, it, question, otherwise, check);
	if (rc == PV_OK && *answer)
		*option = answer;
	return rc;
}

/* --- the prompt ----------------------------------------------------------- */

/* Whether the prompt loads there. */
static int check_spec(struct asking *it, const char *prompt, const char *spec)
{
	const pv_experiment_variant variant = { .name = spec, .spec = spec };
	const pv_experiment experiment = { .prompt = prompt,
					   .variants = &variant,
					   .variant_count = 1 };
	experiment_prompt read = { { 0 } };
	int rc = experiment_prompt_read(&read, it->cli, &experiment, 0);

	experiment_prompt_dispose(&read);
	return rc;
}

static int check_prompt(struct asking *it, const char *answer)
{
	return check_spec(it, answer, "HEAD");
}

/* The only prompt there is. */
struct only {
	pv_buf id;
	int count;
};

static int see_prompt(const char *id, const char *path, const pv_oid *blob,
		      void *payload)
{
	struct only *it = payload;

	(void)path;
	(void)blob;
	pv_buf_clear(&it->id);
	if (++it->count == 1)
		pv_buf_puts(&it->id, id);
	return it->count > 1;
}

static int ask_prompt(struct asking *it)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	struct only only = { { 0 }, 0 };
	pv_cli *cli = it->cli;
	int rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);

	if (rc == PV_OK && head.commit.hex[0])
		rc = pv_prompt_each(cli->store, &cli->settings, &head,
				    see_prompt, &only, &cli->err);
	if (rc >= 0)
		rc = pv_buf_status(&only.id, &cli->err);
	while (rc == PV_OK && !it->opts->prompt)
		rc = ask_option(&it->opts->prompt, it, "prompt",
				pv_buf_text(&only.id), check_prompt);
	pv_buf_dispose(&only.id);
	return rc;
}

/* --- variants ------------------------------------------------------------- */

/* Where the spec begins: behind a name, if there is one. */
static const char *spec_of(const char *answer)
{
	size_t len = strcspn(answer, "=,/");

	return answer[len] == '=' ? answer + len + 1 : answer;
}

static int check_variant(struct asking *it, const char *answer)
{
	const char *spec = spec_of(answer);
	pv_buf text = { 0 };
	int rc;

	/* What is set behind it is looked at with all the rest. */
	pv_buf_put(&text, spec, strcspn(spec, ","));
	rc = pv_buf_status(&text, &it->cli->err);
	if (rc == PV_OK)
		rc = check_spec(it, it->opts->prompt, pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

/* "exp/concise" is "concise=exp/concise", the first one the control. */
static int add_variant(struct asking *it, const char *answer)
{
	const char *spec = spec_of(answer);
	const char *name = spec;
	const char *whole = answer;
	pv_buf text = { 0 };
	int rc;

	for (const char *at = spec; *at && *at != ','; at++)
		if (*at == '/')
			name = at + 1;
	if (spec == answer) {
		if (!it->opts->variants.count)
			pv_buf_puts(&text, "control");
		else
			pv_buf_put(&text, name, strcspn(name, ","));
		pv_buf_printf(&text, "=%s", spec);
		rc = pv_buf_status(&text, &it->cli->err);
		if (rc == PV_OK)
			rc = keep(&whole, it, pv_buf_text(&text));
		pv_buf_dispose(&text);
		if (rc != PV_OK)
			return rc;
	}
	return cli_list_add(&it->opts->variants, 0, whole, &it->cli->err);
}

/* Until there are two, and an empty answer. */
static int ask_variants(struct asking *it)
{
	const cli_list *list = &it->opts->variants;
	pv_cli *cli = it->cli;
	pv_buf branch = { 0 };
	int rc = pv_store_head(&branch, NULL, cli->store, &cli->err);

	while (rc == PV_OK) {
		const char *otherwise = "";
		const char *answer = "";

		if (!list->count)
			otherwise = cli->settings.default_branch;
		else if (list->count == 1 &&
			 strcmp(pv_buf_text(&branch),
				cli->settings.default_branch) != 0)
			otherwise = pv_buf_text(&branch);
		rc = ask(&answer, it,
			 !list->count       ? "control"
			 : list->count == 1 ? "variant, a branch or NAME=SPEC"
					    : "another variant, or nothing",
			 otherwise, check_variant);
		if (rc == PV_OK && *answer)
			rc = add_variant(it, answer);
		else if (list->count > 1)
			break;
	}
	pv_buf_dispose(&branch);
	return rc;
}

/* --- the rest ------------------------------------------------------------- */

static int check_number(struct asking *it, const char *answer)
{
	double number;

	return experiment_number(&number, it->cli, "min-sample", answer);
}

static int check_percent(struct asking *it, const char *answer)
{
	double number = 0;
	int rc = experiment_number(&number, it->cli, "coverage", answer);

	if (rc == PV_OK && (number < 0 || number > 100))
		rc = pv_fail(&it->cli->err, PV_EINVALID,
			     "\"%.40s\" is no percentage", answer);
	return rc;
}

static int check_metric(struct asking *it, const char *answer)
{
	char source[PV_RESULT_SOURCE];
	pv_result_metric metric;
	pv_buf name = { 0 };
	int rc;

	pv_buf_put(&name, answer, strcspn(answer, "="));
	rc = pv_buf_status(&name, &it->cli->err);
	if (rc == PV_OK)
		rc = pv_result_metric_read(&metric, source, pv_buf_text(&name),
					   &it->cli->err);
	pv_buf_dispose(&name);
	return rc;
}

/* Until an empty answer; the first may have something in its place. */
static int ask_metrics(cli_list *list, struct asking *it, const char *question,
		       const char *otherwise)
{
	const char *answer = otherwise;
	int rc = PV_OK;

	while (rc == PV_OK) {
		rc = ask(&answer, it,
			 list->count ? "another, or nothing" : question,
			 list->count ? "" : otherwise, check_metric);
		if (rc != PV_OK || !*answer)
			break;
		rc = cli_list_add(list, 0, answer, &it->cli->err);
	}
	return rc;
}

static int ask_sample(struct asking *it)
{
	const pv_json *least = NULL;
	pv_json_doc *doc = NULL;
	char otherwise[32];
	int rc = tracking_read_json(&doc, NULL, it->cli, "experiments");

	if (rc == PV_OK && doc)
		least = pv_json_get(pv_json_root(doc), "minimum_sample_size");
	(void)snprintf(otherwise, sizeof(otherwise), "%lld",
		       (long long)pv_json_int(least, 100));
	if (rc == PV_OK)
		rc = ask_option(&it->opts->min_sample, it,
				"least units of each variant", otherwise,
				check_number);
	pv_json_free(doc);
	return rc;
}

int experiment_ask(experiment_create_options *opts, pv_strlist *answers,
		   pv_cli *cli)
{
	struct asking asking = { opts, answers, cli };
	int rc = ask_prompt(&asking);

	if (rc == PV_OK)
		rc = ask_variants(&asking);
	if (rc == PV_OK)
		rc = ask_option(&opts->coverage, &asking,
				"per cent of the traffic", "100", check_percent);
	if (rc == PV_OK && !opts->metrics.count)
		rc = ask_metrics(&opts->metrics, &asking, "metric that decides",
				 "quality");
	if (rc == PV_OK && !opts->guardrails.count)
		rc = ask_metrics(&opts->guardrails, &asking,
				 "guardrail, or nothing", "");
	return rc == PV_OK ? ask_sample(&asking) : rc;
}
