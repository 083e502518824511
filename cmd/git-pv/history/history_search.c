/* SPDX-License-Identifier: MIT
 *
 * `git pv history search`: full text. It first lets the search see what was
 * recorded since; where that cannot be written or somebody else is at it, it
 * searches what there is and says how far that goes.
 */
#include "history/history_verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/utf8.h"
#include "history/history_print.h"
#include "prompt/search_words.h"
#include "ui/progress.h"
#include "ui/snippet.h"

enum {
	LIMIT = 20,
	STEP = 1000
};

/* --- drawing level -------------------------------------------------------- */

int history_drain(pv_cli *cli, pv_executions *index)
{
	size_t left = 0;
	size_t total;
	progress bar;
	int rc = pv_executions_drain(&left, index, STEP, &cli->err);

	total = left + STEP;
	progress_start(&bar, cli, "Reading what is new", total);
	while (rc == PV_OK && left) {
		progress_step(&bar, total > left ? total - left : 0);
		rc = pv_executions_drain(&left, index, STEP, &cli->err);
	}
	progress_end(&bar);
	return rc;
}

static int open_drained(pv_executions **out, pv_cli *cli)
{
	int rc = tracking_open(out, cli, 1);

	if (rc < 0)
		return rc;
	pv_executions_free(*out);
	rc = tracking_open(out, cli, 0);
	if (rc == PV_OK)
		rc = history_drain(cli, *out);
	if (rc != PV_EIO && rc != PV_ELOCKED)
		return rc;
	/* What cannot be written now can be read all the same. */
	pv_error_clear(&cli->err);
	pv_executions_free(*out);
	return tracking_open(out, cli, 1);
}

/* --- hits ----------------------------------------------------------------- */

struct results {
	pv_cli *cli;
	size_t count;
	char last[64];
};

/* The execution, and behind its members those of the hit. */
static int put_json(pv_cli *cli, const pv_executions_hit *hit)
{
	pv_jsonw w;
	int rc = history_print_json(cli, hit->row);

	if (rc < 0)
		return rc;
	pv_buf_truncate(&cli->out, cli->out.len - 1);
	pv_jsonw_init(&w, &cli->out);
	cli_puts(cli, ",\"relevance\":");
	pv_jsonw_real(&w, hit->relevance);
	cli_puts(cli, ",\"snippet\":");
	pv_jsonw_init(&w, &cli->out);
	rc = snippet_json(&w, hit->snippet, &cli->err);
	cli_puts(cli, "}");
	return rc;
}

static int print_hit(const pv_executions_hit *hit, void *payload)
{
	struct results *it = payload;
	pv_cli *cli = it->cli;
	int rc;

	snprintf(it->last, sizeof(it->last), "%s",
		 pv_execution_text(hit->row, "id"));
	if (cli->json) {
		cli_puts(cli, it->count++ ? "," : "");
		return put_json(cli, hit);
	}
	it->count++;
	rc = history_print_line(cli, hit->row);
	if (rc == PV_OK && hit->snippet[0]) {
		cli_puts(cli, "    ");
		snippet_print(cli, hit->snippet);
		cli_puts(cli, "\n");
	}
	return rc;
}

/* --- the verb ------------------------------------------------------------- */

static void put_state(pv_cli *cli, const pv_executions_found *found)
{
	char time[PV_TIME_TEXT] = "";

	if (found->indexed_to)
		pv_time_format(time, found->indexed_to);
	if (cli->json) {
		pv_jsonw w;

		cli_puts(cli, "],\"indexed_to\":");
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_string(&w, time[0] ? time : NULL);
		cli_printf(cli, ",\"pending\":%zu,\"order\":\"%s\"}",
			   found->pending,
			   found->is_newest_first ? "newest" : "relevance");
		return;
	}
	if (found->pending)
		cli_warn(cli, "%zu executions are not searched yet",
			 found->pending);
	cli_note(cli, "indexed to %s", time[0] ? time : "the start");
}

/* Without an index nothing is found. */
static int search(struct results *it, pv_executions *index,
		  const pv_executions_search *asked)
{
	pv_cli *cli = it->cli;
	pv_executions_found found = { 0 };
	int rc = PV_OK;

	if (cli->json) {
		pv_jsonw w;

		cli_puts(cli, "{\"query\":");
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_string(&w, asked->text);
		cli_puts(cli, ",\"hits\":[");
	}
	if (index)
		rc = pv_executions_search_texts(&found, index, asked, print_hit,
						it, &cli->err);
	if (rc < 0) {
		search_words_place(cli, asked->text);
		return rc;
	}
	put_state(cli, &found);
	if (found.is_newest_first && !asked->newest_first)
		cli_hint(cli, "so many fit that the last recorded come first; "
			      "more words or filters let the best come first");
	if (!cli->json && it->count && it->count == asked->query->limit)
		cli_hint(cli, "\"--after %s\" shows more", it->last);
	return PV_OK;
}

/* NULL without one, which is said. */
static int open_to_search(pv_executions **out, pv_cli *cli)
{
	int rc = open_drained(out, cli);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	cli_hint(cli, "nothing is recorded yet; \"git pv record\" does");
	return PV_OK;
}

int history_search(pv_cli *cli, const history_filter *filter, int is_newest,
		   int count, char **words)
{
	struct results it = { .cli = cli };
	pv_executions_search asked = { .newest_first = is_newest };
	pv_executions *index = NULL;
	history_query query;
	pv_buf text = { 0 };
	int rc = history_query_read(&query, cli, filter, LIMIT);

	asked.query = &query.query;
	if (rc == PV_OK && !count)
		rc = cli_usage_error(cli, "search needs words");
	if (rc == PV_OK)
		rc = search_words_join(&text, cli, count, words);
	asked.text = pv_buf_text(&text);
	if (rc == PV_OK)
		rc = open_to_search(&index, cli);
	if (rc == PV_OK)
		rc = search(&it, index, &asked);
	pv_executions_free(index);
	pv_buf_dispose(&text);
	history_query_dispose(&query);
	return rc;
}
