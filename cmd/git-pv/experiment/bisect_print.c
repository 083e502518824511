/* SPDX-License-Identifier: MIT
 *
 * `git pv bisect`: what was found, for people and as JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/bisect.h"

enum {
	SHOWN = 10,
	PLACES = 16
};

static const double sure = 0.95;
static const double least_shown = 0.005;

/* A commit as it is told of. */
struct told {
	pv_commit commit;
	pv_buf version;
};

static int tell(struct told *out, bisect_view *it, size_t at)
{
	const bisect_commit *from = it->order[at];
	const history_row row = { .id = it->id,
				  .commit = from->oid,
				  .blob = from->blob,
				  .change = *from->blob.hex ? "modified"
							    : "removed" };
	int rc = pv_store_commit_read(&out->commit, it->cli->store, &from->oid,
				      &it->cli->err);

	return rc == PV_OK ? history_version(&out->version, &it->versions, &row)
			   : rc;
}

static void told_dispose(struct told *told)
{
	pv_commit_dispose(&told->commit);
	pv_buf_dispose(&told->version);
}

static int is_found(const bisect_view *it)
{
	return it->found.status == PV_STATS_KNOWN &&
	       it->found.most < it->count && it->chances[it->found.most] >= sure;
}

/* --- order ---------------------------------------------------------------- */

struct ranked {
	double chance;
	size_t place;
};

static int by_chance(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->chance > y->chance || x->chance < y->chance)
		return x->chance > y->chance ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Suspects, the likeliest first; pv_free it. */
static int rank(struct ranked **out, size_t *count_out, const bisect_view *it)
{
	struct ranked *ranked = pv_calloc(it->count + 1, sizeof(*ranked));

	*out = ranked;
	*count_out = 0;
	if (!ranked)
		return pv_fail_nomem(&it->cli->err);
	for (size_t i = 0; i < it->count; i++)
		if (it->order[i]->is_suspect)
			ranked[(*count_out)++] =
				(struct ranked){ it->chances[i], i };
	qsort(ranked, *count_out, sizeof(*ranked), by_chance);
	return PV_OK;
}

/* Steps that halve what is likely: as many at the least. */
static int64_t steps_left(const bisect_view *it)
{
	int64_t steps = 0;

	for (size_t left = it->found.likely; left > 1; left = (left + 1) / 2)
		steps++;
	return it->found.has_next && !steps ? 1 : steps;
}

/* --- JSON ----------------------------------------------------------------- */

static void json_commit(pv_jsonw *w, const struct told *told)
{
	pv_jsonw_member(w, "commit", told->commit.oid.hex);
	pv_jsonw_member(w, "version",
			told->version.len ? told->version.ptr : NULL);
	pv_jsonw_member(w, "subject", told->commit.subject);
}

static int json_row(pv_jsonw *w, bisect_view *it, const struct ranked *row)
{
	const pv_culprit_state *state = &it->order[row->place]->state;
	struct told told = { 0 };
	int rc = tell(&told, it, row->place);

	if (rc == PV_OK) {
		pv_jsonw_object(w);
		json_commit(w, &told);
		figures_real(w, "chance", row->chance, 1);
		pv_jsonw_key(w, "n");
		pv_jsonw_int(w, state->n);
		figures_real(w, "mean", state->mean, state->n > 0);
		pv_jsonw_object_end(w);
	}
	told_dispose(&told);
	return rc;
}

static int json_next(pv_jsonw *w, bisect_view *it)
{
	struct told told = { 0 };
	int rc = PV_OK;

	pv_jsonw_key(w, "next");
	if (!it->found.has_next) {
		pv_jsonw_null(w);
		return PV_OK;
	}
	rc = tell(&told, it, it->found.next);
	if (rc == PV_OK) {
		pv_jsonw_object(w);
		json_commit(w, &told);
		pv_jsonw_key(w, "executions");
		pv_jsonw_int(w, it->found.next_count);
		pv_jsonw_object_end(w);
	}
	told_dispose(&told);
	return rc;
}

static void json_effect(pv_jsonw *w, const bisect_view *it)
{
	const pv_culprit *found = &it->found;

	pv_jsonw_key(w, "effect");
	if (found->status != PV_STATS_KNOWN || found->most == it->count) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_object(w);
	figures_real(w, "from", found->from, 1);
	figures_real(w, "to", found->to, 1);
	figures_real(w, "difference", found->effect, 1);
	pv_jsonw_key(w, "interval");
	pv_jsonw_array(w);
	pv_jsonw_real(w, found->interval.low);
	pv_jsonw_real(w, found->interval.high);
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
}

static void json_head(pv_jsonw *w, const bisect_view *it)
{
	pv_jsonw_member(w, "id", it->id);
	pv_jsonw_member(w, "metric", it->metric.name);
	pv_jsonw_member(w, "unit", figures_unit(&it->metric));
	pv_jsonw_member(w, "direction", it->is_rise ? "rise" : "drop");
	figures_real(w, "least", it->drop, 1);
	pv_jsonw_member(w, "since", it->since);
	pv_jsonw_key(w, "executions");
	pv_jsonw_int(w, it->executions);
	pv_jsonw_key(w, "found");
	pv_jsonw_bool(w, is_found(it));
	figures_real(w, "none", it->found.none, 1);
}

static int print_json(bisect_view *it, const struct ranked *rows, size_t count)
{
	int rc = PV_OK;
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	json_head(&w, it);
	json_effect(&w, it);
	pv_jsonw_key(&w, "candidates");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = json_row(&w, it, &rows[i]);
	pv_jsonw_array_end(&w);
	if (rc == PV_OK)
		rc = json_next(&w, it);
	pv_jsonw_key(&w, "steps");
	pv_jsonw_int(&w, steps_left(it));
	pv_jsonw_object_end(&w);
	return rc;
}

/* --- text ----------------------------------------------------------------- */

static void print_told(pv_cli *cli, const struct told *told)
{
	cli_printf(cli, "%s%.7s%s ", cli_color(cli, CLI_COLOR_META),
		   told->commit.oid.hex, cli_color(cli, CLI_COLOR_RESET));
	if (told->version.len)
		cli_printf(cli, "%s ", told->version.ptr);
	cli_line(cli, told->commit.subject);
}

static int print_row(bisect_view *it, const struct ranked *row)
{
	const pv_culprit_state *state = &it->order[row->place]->state;
	char value[FIGURES_TEXT];
	struct told told = { 0 };
	int rc = tell(&told, it, row->place);

	if (rc == PV_OK) {
		figures_value(value, &it->metric, state->mean, state->n > 0);
		cli_printf(it->cli, "%5.1f %%  %*s %8lld  ", 100 * row->chance,
			   PLACES - 6, value, (long long)state->n);
		print_told(it->cli, &told);
		cli_puts(it->cli, "\n");
	}
	told_dispose(&told);
	return rc;
}

static void print_effect(const bisect_view *it)
{
	char from[FIGURES_TEXT];
	char to[FIGURES_TEXT];

	figures_value(from, &it->metric, it->found.from, 1);
	figures_value(to, &it->metric, it->found.to, 1);
	cli_printf(it->cli, "%s went from %s to %s", it->metric.name, from, to);
}

static int print_head(bisect_view *it)
{
	const pv_culprit *found = &it->found;
	const char *verb = it->is_rise ? "rose" : "fell";
	pv_cli *cli = it->cli;
	struct told told = { 0 };
	int rc = PV_OK;

	if (found->status != PV_STATS_KNOWN || found->most == it->count) {
		cli_printf(cli, "%s of %s: too few executions to say\n",
			   it->metric.name, it->id);
	} else if (is_found(it)) {
		rc = tell(&told, it, found->most);
		print_effect(it);
		cli_puts(cli, " with ");
		if (rc == PV_OK)
			print_told(cli, &told);
		cli_printf(cli, "\n%.1f %% sure\n\n",
			   100 * it->chances[found->most]);
	} else if (found->none >= sure) {
		cli_printf(cli,
			   "%s of %s: %.1f %% sure that it never %s so "
			   "much\n\n",
			   it->metric.name, it->id, 100 * found->none, verb);
	} else {
		cli_printf(cli, "%s of %s: not sure yet, %zu are likely\n\n",
			   it->metric.name, it->id, found->likely);
	}
	told_dispose(&told);
	return rc;
}

static int print_next(bisect_view *it)
{
	struct told told = { 0 };
	int64_t steps = steps_left(it);
	pv_cli *cli = it->cli;
	int rc = PV_OK;

	if (!it->found.has_next)
		return PV_OK;
	rc = tell(&told, it, it->found.next);
	if (rc == PV_OK) {
		cli_printf(cli, "\nnext: %lld more executions of ",
			   (long long)it->found.next_count);
		print_told(cli, &told);
		cli_printf(cli, "\nabout %lld such step%s will settle it\n",
			   (long long)steps, steps == 1 ? "" : "s");
	}
	told_dispose(&told);
	return rc;
}

static int print_text(bisect_view *it, const struct ranked *rows, size_t count)
{
	int rc = print_head(it);

	if (it->found.status == PV_STATS_KNOWN && count)
		cli_printf(it->cli, "%7s  %*s %8s  commit\n", "chance",
			   PLACES - 6, it->metric.name, "n");
	for (size_t i = 0; i < count && i < SHOWN && rc == PV_OK; i++)
		if (it->found.status == PV_STATS_KNOWN &&
		    rows[i].chance >= least_shown)
			rc = print_row(it, &rows[i]);
	if (rc == PV_OK && it->found.none >= least_shown &&
	    it->found.status == PV_STATS_KNOWN)
		cli_printf(it->cli, "%5.1f %%  %*s %8s  none of them\n",
			   100 * it->found.none, PLACES - 6, "", "");
	return rc == PV_OK ? print_next(it) : rc;
}

int bisect_print(bisect_view *it)
{
	struct ranked *rows = NULL;
	size_t count = 0;
	int rc = rank(&rows, &count, it);

	if (rc == PV_OK)
		rc = it->cli->json ? print_json(it, rows, count)
				   : print_text(it, rows, count);
	pv_free(rows);
	if (rc == PV_OK && !it->executions)
		figures_hint(it->cli, it->id);
	return rc == PV_OK && !is_found(it) ? 1 : rc;
}
