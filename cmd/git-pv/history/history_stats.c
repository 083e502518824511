/* SPDX-License-Identifier: MIT
 *
 * `git pv history stats`: the whole repository on one page. What is recorded
 * comes from the rollups; what prompts there are, and how many versions, from
 * git.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "history/history_verbs.h"
#include "repo/prompts.h"
#include "ui/figures.h"

enum {
	BUSIEST = 5
};

static const char *const statuses[PV_USAGE_STATUSES] = {
	"ok", "error", "timeout", "cancelled", "refused", "invalid-output"
};

/* A name and what it was used. */
struct use {
	char *name; /* owned */
	int64_t count;
};

struct stats {
	pv_cli *cli;
	pv_point at;
	pv_usages *prompts;
	pv_usages *models;
	size_t active;
	size_t inactive;
	size_t versions;
	struct use *tags;
	size_t tag_count;
	size_t tag_cap;
};

/* --- prompts -------------------------------------------------------------- */

static int count_tag(struct stats *it, const char *tag, int64_t count)
{
	struct use *use;

	for (size_t i = 0; i < it->tag_count; i++)
		if (strcmp(it->tags[i].name, tag) == 0) {
			it->tags[i].count += count;
			return PV_OK;
		}
	if (pv_array_reserve(&it->tags, &it->tag_cap, it->tag_count + 1,
			     sizeof(*it->tags)) < 0)
		return pv_fail_nomem(&it->cli->err);
	use = &it->tags[it->tag_count];
	use->count = count;
	use->name = pv_strdup(tag);
	if (!use->name)
		return pv_fail_nomem(&it->cli->err);
	it->tag_count++;
	return PV_OK;
}

static int count_versions(struct stats *it, const char *id)
{
	pv_version_list list = { 0 };
	int rc = pv_version_list_load(&list, it->cli->store, &it->cli->settings,
				      id, &it->cli->err);

	if (rc == PV_OK)
		it->versions += list.count;
	pv_version_list_dispose(&list);
	return rc;
}

static int each_prompt(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	struct stats *it = payload;
	const pv_usage *usage = figures_use_of(it->prompts, id);
	int64_t count = usage ? usage->executions : 0;
	cli_prompt entry = { 0 };
	int rc = cli_prompt_read(&entry, it->cli, &it->at, id, path, NULL);

	(void)blob;
	if (rc == PV_OK && (!entry.prompt || pv_prompt_is_active(entry.prompt)))
		it->active++;
	else if (rc == PV_OK)
		it->inactive++;
	for (size_t i = 0; rc == PV_OK && entry.prompt &&
			   i < pv_prompt_tag_count(entry.prompt);
	     i++)
		rc = count_tag(it, pv_prompt_tag(entry.prompt, i), count);
	cli_prompt_dispose(&entry);
	return rc == PV_OK ? count_versions(it, id) : rc;
}

/* --- order ---------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
	const struct use *x = a;
	const struct use *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The busiest groups; the names stay theirs. */
static size_t take_busiest(struct use out[BUSIEST], const pv_usages *usages)
{
	size_t count = 0;

	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);
		size_t at = count;

		if (!usage->key)
			continue;
		while (at > 0 && out[at - 1].count < usage->executions)
			at--;
		if (at == BUSIEST)
			continue;
		count += count < BUSIEST;
		memmove(out + at + 1, out + at, (count - 1 - at) * sizeof(*out));
		out[at].name = (char *)(size_t)usage->key;
		out[at].count = usage->executions;
	}
	return count;
}

/* --- printing ------------------------------------------------------------- */

static void put_count(pv_jsonw *w, const char *key, int64_t count)
{
	pv_jsonw_key(w, key);
	pv_jsonw_int(w, count);
}

static void put_uses(pv_jsonw *w, const char *key, const struct use *uses,
		     size_t count)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", uses[i].name);
		put_count(w, "executions", uses[i].count);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void print_json(const struct stats *it, const struct use *prompts,
		       size_t prompt_count, const struct use *models,
		       size_t model_count)
{
	const pv_usage *total = pv_usages_total(it->prompts);
	size_t tags = it->tag_count < BUSIEST ? it->tag_count : BUSIEST;
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	figures_window_json(&w, it->prompts);
	pv_jsonw_key(&w, "prompts");
	pv_jsonw_object(&w);
	put_count(&w, "active", (int64_t)it->active);
	put_count(&w, "inactive", (int64_t)it->inactive);
	pv_jsonw_object_end(&w);
	put_count(&w, "versions", (int64_t)it->versions);
	figures_members(&w, total);
	pv_jsonw_key(&w, "by_status");
	pv_jsonw_object(&w);
	for (size_t i = 0; i < PV_USAGE_STATUSES; i++)
		put_count(&w, statuses[i], total->by_status[i]);
	put_count(&w, "unknown", total->executions - total->judged);
	pv_jsonw_object_end(&w);
	put_uses(&w, "busiest_prompts", prompts, prompt_count);
	put_uses(&w, "models", models, model_count);
	put_uses(&w, "tags", it->tags, tags);
	pv_jsonw_object_end(&w);
}

static void print_uses(pv_cli *cli, const char *name, const struct use *uses,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[FIGURES_TEXT];

		figures_count(text, uses[i].count);
		cli_printf(cli, "%-12s %12s  ", i ? "" : name, text);
		cli_line(cli, uses[i].name);
		cli_puts(cli, "\n");
	}
}

static void print_line(pv_cli *cli, const char *name, int64_t count)
{
	char text[FIGURES_TEXT];

	figures_count(text, count);
	cli_printf(cli, "%-12s %12s\n", name, text);
}

static void print(const struct stats *it, const struct use *prompts,
		  size_t prompt_count, const struct use *models,
		  size_t model_count)
{
	const pv_usage *total = pv_usages_total(it->prompts);
	size_t tags = it->tag_count < BUSIEST ? it->tag_count : BUSIEST;
	pv_cli *cli = it->cli;
	char text[FIGURES_TEXT];

	print_line(cli, "prompts", (int64_t)it->active);
	if (it->inactive)
		print_line(cli, "inactive", (int64_t)it->inactive);
	print_line(cli, "versions", (int64_t)it->versions);
	print_line(cli, "executions", total->executions);
	for (size_t i = 0; i < PV_USAGE_STATUSES; i++)
		if (total->by_status[i]) {
			figures_count(text, total->by_status[i]);
			cli_printf(cli, "%-12s %12s  %s\n", "", text,
				   statuses[i]);
		}
	if (total->tokens.n)
		print_line(cli, "tokens", (int64_t)total->tokens.total);
	figures_usd(text, total->cost_usd.total, total->cost_usd.n > 0);
	if (total->cost_usd.n)
		cli_printf(cli, "%-12s %12s\n", "cost", text);
	print_uses(cli, "busiest", prompts, prompt_count);
	print_uses(cli, "models", models, model_count);
	print_uses(cli, "tags", it->tags, tags);
	if (!total->executions)
		figures_hint(cli, NULL);
}

/* --- the verb ------------------------------------------------------------- */

static int read_all(struct stats *it, const history_query *asked)
{
	pv_usage_query query = { .matches = asked->query.matches,
				 .match_count = asked->query.match_count,
				 .since = asked->query.since,
				 .until = asked->query.until,
				 .by = "model" };
	pv_cli *cli = it->cli;
	int rc = figures_read(&it->models, cli, &query, NULL);

	query.by = "prompt_id";
	if (rc == PV_OK)
		rc = figures_read(&it->prompts, cli, &query, NULL);
	if (rc == PV_OK)
		rc = cli_point(&it->at, cli, NULL);
	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &it->at,
				    each_prompt, it, &cli->err);
	return rc;
}

int history_stats(pv_cli *cli, const history_filter *filter)
{
	struct use prompts[BUSIEST + 1];
	struct use models[BUSIEST + 1];
	struct stats it = { .cli = cli };
	history_query asked;
	int rc = history_query_read(&asked, cli, filter, 0);

	if (rc == PV_OK)
		rc = read_all(&it, &asked);
	if (rc == PV_OK) {
		size_t prompt_count = take_busiest(prompts, it.prompts);
		size_t model_count = take_busiest(models, it.models);

		if (it.tag_count)
			qsort(it.tags, it.tag_count, sizeof(*it.tags), by_count);
		if (cli->json)
			print_json(&it, prompts, prompt_count, models,
				   model_count);
		else
			print(&it, prompts, prompt_count, models, model_count);
	}
	history_query_dispose(&asked);
	for (size_t i = 0; i < it.tag_count; i++)
		pv_free(it.tags[i].name);
	pv_free(it.tags);
	pv_usages_free(it.models);
	pv_usages_free(it.prompts);
	return rc;
}
