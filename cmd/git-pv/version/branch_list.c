/* SPDX-License-Identifier: MIT
 *
 * See branch_list.h. Commits and prompts are counted from where a branch left
 * the default branch: what a merge into it would bring.
 */
#include "version/branch_list.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/layout.h"

/* The prompts of a commit, by id; ids and their states side by side. */
struct prompts {
	pv_cli *cli;
	pv_oid commit; /* hex "" before any */
	pv_strlist ids;
	pv_strlist blobs;
};

struct row {
	char *name;
	pv_commit tip;
	pv_divergence from_default;
	size_t prompts; /* that differ from where the branch left */
};

struct listing {
	pv_cli *cli;
	pv_buf current;  /* HEAD's branch */
	pv_oid main_tip; /* of the default branch; hex "": there is none */
	struct prompts base;
	struct row *rows;
	size_t count;
	size_t cap;
};

/* --- what there is -------------------------------------------------------- */

/* One that leads nowhere does not hide the others. */
static int skip_broken(pv_cli *cli, int rc, const char *name)
{
	if (rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	cli_warn(cli, "the branch \"%s\" is broken: %s", name, cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int add_row(const char *refname, const pv_oid *oid, void *payload)
{
	struct listing *list = payload;
	pv_cli *cli = list->cli;
	const char *name = refname + strlen("refs/heads/");
	struct row *row;
	int rc;

	/* Environments have a branch that nobody works on. */
	if (!strcmp(refname, PV_ENVIRONMENT_REF) &&
	    strcmp(pv_buf_text(&list->current), name) != 0)
		return PV_OK;
	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0)
		return pv_fail_nomem(&cli->err);
	row = &list->rows[list->count];
	*row = (struct row){ .from_default.tip = *oid };
	rc = pv_store_commit_read(&row->tip, cli->store, oid, &cli->err);
	if (rc < 0) {
		pv_commit_dispose(&row->tip);
		return skip_broken(cli, rc, name);
	}
	list->count++;
	if (strcmp(name, cli->settings.default_branch) == 0)
		list->main_tip = *oid;
	row->name = pv_strdup(name);
	return row->name ? PV_OK : pv_fail_nomem(&cli->err);
}

/* --- what differs --------------------------------------------------------- */

static int add_prompt(const char *id, const char *path, const pv_oid *blob,
		      void *payload)
{
	struct prompts *all = payload;
	pv_error *err = &all->cli->err;
	int rc = pv_strlist_add(&all->ids, id, err);

	(void)path;
	return rc == PV_OK ? pv_strlist_add(&all->blobs, blob->hex, err) : rc;
}

static void prompts_dispose(struct prompts *all)
{
	pv_strlist_dispose(&all->ids);
	pv_strlist_dispose(&all->blobs);
	all->commit.hex[0] = '\0';
}

/* Those of a commit, unless it is the one they are of. */
static int prompts_load(struct prompts *all, const pv_oid *commit)
{
	pv_cli *cli = all->cli;
	const pv_point at = { PV_AT_COMMIT, *commit };
	int rc;

	if (strcmp(all->commit.hex, commit->hex) == 0)
		return PV_OK;
	prompts_dispose(all);
	rc = pv_prompt_each(cli->store, &cli->settings, &at, add_prompt, all,
			    &cli->err);
	if (rc == PV_OK)
		all->commit = *commit;
	return rc;
}

static size_t count_different(const struct prompts *a, const struct prompts *b)
{
	size_t different = 0;
	size_t i = 0;
	size_t j = 0;

	while (i < a->ids.count && j < b->ids.count) {
		int order = strcmp(a->ids.items[i], b->ids.items[j]);

		if (order)
			different++;
		else
			different += strcmp(a->blobs.items[i],
					    b->blobs.items[j]) != 0;
		i += order <= 0;
		j += order >= 0;
	}
	return different + (a->ids.count - i) + (b->ids.count - j);
}

/* Where histories have nothing in common, from the default branch itself. */
static int count_prompts(struct listing *list, struct row *row)
{
	pv_cli *cli = list->cli;
	struct prompts tip = { .cli = cli };
	pv_oid base;
	int rc;

	if (!row->from_default.ahead)
		return PV_OK;
	rc = pv_store_merge_base(&base, cli->store, &list->main_tip,
				 &row->tip.oid, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		base = list->main_tip;
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = prompts_load(&list->base, &base);
	if (rc == PV_OK)
		rc = prompts_load(&tip, &row->tip.oid);
	if (rc == PV_OK)
		row->prompts = count_different(&list->base, &tip);
	prompts_dispose(&tip);
	return rc;
}

static int compare(struct listing *list)
{
	pv_cli *cli = list->cli;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < list->count; i++)
		rc = count_prompts(list, &list->rows[i]);
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		cli_warn(cli, "what the branches change is not known: %s",
			 cli->err.message);
		pv_error_clear(&cli->err);
		list->main_tip.hex[0] = '\0';
		rc = PV_OK;
	}
	return rc;
}

static int diverge(struct listing *list)
{
	pv_cli *cli = list->cli;
	pv_divergence *all = pv_calloc(list->count + 1, sizeof(*all));
	int rc;

	if (!all)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < list->count; i++)
		all[i] = list->rows[i].from_default;
	rc = pv_store_divergence(all, list->count, cli->store, &list->main_tip,
				 &cli->err);
	for (size_t i = 0; i < list->count; i++)
		list->rows[i].from_default = all[i];
	pv_free(all);
	return rc;
}

/* --- printing ------------------------------------------------------------- */

static void number(pv_jsonw *w, const struct listing *list, const char *key,
		   size_t value)
{
	pv_jsonw_key(w, key);
	if (list->main_tip.hex[0])
		pv_jsonw_int(w, (int64_t)value);
	else
		pv_jsonw_null(w);
}

static int is_current(const struct listing *list, const struct row *row)
{
	return strcmp(row->name, pv_buf_text(&list->current)) == 0;
}

static int is_default(const struct listing *list, const struct row *row)
{
	return strcmp(row->name, list->cli->settings.default_branch) == 0;
}

static void row_json(pv_jsonw *w, const struct listing *list,
		     const struct row *row)
{
	char date[PV_TIME_TEXT];

	pv_time_format(date, row->tip.committer.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", row->name);
	pv_jsonw_member(w, "commit", row->tip.oid.hex);
	pv_jsonw_key(w, "current");
	pv_jsonw_bool(w, is_current(list, row));
	pv_jsonw_key(w, "default");
	pv_jsonw_bool(w, is_default(list, row));
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "subject", row->tip.subject);
	number(w, list, "ahead", row->from_default.ahead);
	number(w, list, "behind", row->from_default.behind);
	number(w, list, "prompts_changed", row->prompts);
	pv_jsonw_object_end(w);
}

/* "[ahead 2, behind 1, 3 prompts]", in the words of git branch -v. */
static void put_distance(cli_layout *line, const struct listing *list,
			 const struct row *row)
{
	const pv_divergence *by = &row->from_default;
	char ahead[64] = "";
	char behind[32] = "";
	char text[sizeof(ahead) + sizeof(behind) + 8];

	if (!list->main_tip.hex[0] || (!by->ahead && !by->behind))
		return;
	if (by->ahead)
		snprintf(ahead, sizeof(ahead), "ahead %zu%s", by->ahead,
			 by->behind ? ", " : "");
	if (by->behind)
		snprintf(behind, sizeof(behind), "behind %zu", by->behind);
	snprintf(text, sizeof(text), "[%s%s]", ahead, behind);
	layout_text(line, text);
	line->due--;
	if (!by->ahead)
		return;
	snprintf(text, sizeof(text), "%zu prompt%s", row->prompts,
		 row->prompts == 1 ? "" : "s");
	layout_text(line, text);
}

static void row_text(const struct listing *list, const struct row *row,
		     size_t width)
{
	int current = is_current(list, row);
	char date[PV_TIME_TEXT];
	char day[11];
	cli_layout line;

	pv_time_format(date, row->tip.committer.when * 1000000);
	snprintf(day, sizeof(day), "%.10s", date);
	layout_begin(&line, list->cli);
	cli_puts(list->cli, current ? "* " : "  ");
	line.column = 2;
	line.due = 2;
	layout_cell(&line, current ? CLI_COLOR_NEW : CLI_COLOR_BOLD, row->name,
		    layout_share(&line, width));
	snprintf(date, sizeof(date), "%.7s", row->tip.oid.hex);
	layout_cell(&line, CLI_COLOR_RESET, date, 0);
	layout_cell(&line, CLI_COLOR_RESET, day, 0);
	put_distance(&line, list, row);
	layout_text(&line, row->tip.subject);
	layout_end(&line);
}

static void print(struct listing *list)
{
	size_t width = 0;
	pv_jsonw w;

	for (size_t i = 0; i < list->count; i++) {
		size_t columns = layout_columns(list->cli, list->rows[i].name);

		width = columns > width ? columns : width;
	}
	if (list->cli->json) {
		pv_jsonw_init(&w, &list->cli->out);
		pv_jsonw_array(&w);
	}
	for (size_t i = 0; i < list->count; i++)
		if (list->cli->json)
			row_json(&w, list, &list->rows[i]);
		else
			row_text(list, &list->rows[i], width > 40 ? 40 : width);
	if (list->cli->json)
		pv_jsonw_array_end(&w);
}

int branch_list(pv_cli *cli)
{
	struct listing list = { .cli = cli, .base.cli = cli };
	int rc = pv_store_head(&list.current, NULL, cli->store, &cli->err);

	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, "refs/heads/", add_row,
				       &list, &cli->err);
	if (rc == PV_OK && list.main_tip.hex[0])
		rc = diverge(&list);
	if (rc == PV_OK && list.main_tip.hex[0])
		rc = compare(&list);
	if (rc == PV_OK)
		print(&list);
	for (size_t i = 0; i < list.count; i++) {
		pv_free(list.rows[i].name);
		pv_commit_dispose(&list.rows[i].tip);
	}
	pv_free(list.rows);
	prompts_dispose(&list.base);
	pv_buf_dispose(&list.current);
	return rc;
}
