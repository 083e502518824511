/* SPDX-License-Identifier: MIT
 *
 * `git pv history show --session S`: the executions of a session as a chain,
 * each behind its parent: which iteration it is, what is another than before,
 * and how well it did.
 */
#include "history/history_verbs.h"

#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "repo/prompts.h"

/* One execution of the chain. */
struct link {
	pv_execution *row;
	const struct link *parent; /* in the session, or NULL */
	const struct link *before; /* what it is compared with, or NULL */
	int64_t iteration;
	int is_placed;
	pv_buf change;
};

struct chain {
	pv_cli *cli;
	struct link *items; /* oldest first */
	size_t count;
	size_t cap;
	struct link **order; /* parents first */
	size_t placed;
	struct link **stack;
	pv_map ids;
	int has_parents;
};

static void chain_dispose(struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		pv_execution_free(chain->items[i].row);
		pv_buf_dispose(&chain->items[i].change);
	}
	pv_free(chain->items);
	pv_free(chain->order);
	pv_free(chain->stack);
	pv_map_dispose(&chain->ids);
}

/* --- gathering ------------------------------------------------------------ */

static int copy_row(pv_execution **out, const pv_execution *row, pv_error *err)
{
	pv_buf json = { 0 };
	int rc = pv_execution_json(&json, row, err);

	if (rc == PV_OK)
		rc = pv_execution_parse(out, json.ptr, json.len, err);
	pv_buf_dispose(&json);
	return rc;
}

static int gather(const pv_execution *row, void *payload)
{
	struct chain *chain = payload;
	pv_error *err = &chain->cli->err;
	struct link *item;

	if (pv_array_reserve(&chain->items, &chain->cap, chain->count + 1,
			     sizeof(*chain->items)) < 0)
		return pv_fail_nomem(err);
	item = &chain->items[chain->count];
	memset(item, 0, sizeof(*item));
	if (copy_row(&item->row, row, err) < 0)
		return err->code;
	chain->count++;
	return PV_OK;
}

static int find_parents(struct chain *chain)
{
	pv_error *err = &chain->cli->err;
	int rc = PV_OK;

	for (size_t i = 0; i < chain->count && rc == PV_OK; i++) {
		struct link *item = &chain->items[i];

		rc = pv_map_set(&chain->ids,
				pv_str_of(pv_execution_text(item->row, "id")),
				item, NULL, err);
	}
	for (size_t i = 0; i < chain->count && rc == PV_OK; i++) {
		struct link *item = &chain->items[i];
		const char *id = pv_execution_text(item->row, "parent");

		if (id)
			item->parent = pv_map_find(&chain->ids, pv_str_of(id));
		chain->has_parents |= item->parent != NULL;
	}
	return rc;
}

/* --- order ---------------------------------------------------------------- */

/*
 * Puts what is on the way up to somebody placed, from the top down. Who is on
 * the way already is met again in a circle of parents, which ends there.
 */
static void place(struct chain *chain, struct link *item)
{
	size_t depth = 0;

	while (item && !item->is_placed) {
		item->is_placed = 1;
		chain->stack[depth++] = item;
		item = item->parent ? &chain->items[item->parent - chain->items]
				    : NULL;
	}
	while (depth)
		chain->order[chain->placed++] = chain->stack[--depth];
}

static int put_in_order(struct chain *chain)
{
	chain->order = pv_calloc(chain->count, sizeof(struct link *));
	chain->stack = pv_calloc(chain->count, sizeof(struct link *));
	if (!chain->order || !chain->stack)
		return pv_fail_nomem(&chain->cli->err);
	for (size_t i = 0; i < chain->count; i++)
		place(chain, &chain->items[i]);
	return PV_OK;
}

/* --- what is to be said of each ------------------------------------------- */

/* The member of an execution's metadata; the document is the caller's. */
static const pv_json *read_own(pv_json_doc **doc, const struct link *item,
			       const char *name)
{
	const char *text = pv_execution_text(item->row, "metadata");

	*doc = NULL;
	if (!text || pv_json_parse(doc, text, strlen(text), NULL) < 0)
		return NULL;
	return pv_json_get(pv_json_root(*doc), name);
}

/* As its metadata have it, else one more than before. */
static void count_iteration(const struct chain *chain, struct link *item,
			    size_t place)
{
	int64_t next = item->parent ? item->parent->iteration + 1 : 1;
	pv_json_doc *doc;

	if (!chain->has_parents)
		next = (int64_t)place + 1;
	item->iteration = pv_json_int(read_own(&doc, item, "iteration"), next);
	pv_json_free(doc);
}

/* " to " between two short values; of long ones that they differ has to do. */
static int put_changed(pv_buf *out, const char *name, const pv_buf *old,
		       const pv_buf *new)
{
	pv_buf_printf(out, "%s%s", out->len ? ", " : "", name);
	if (old->len < 40 && new->len < 40 && old->len &&new->len)
		pv_buf_printf(out, " %s to %s", old->ptr, new->ptr);
	return PV_OK;
}

static int compare_field(struct link *item, const char *field, const char *name,
			 pv_error *err)
{
	pv_buf old = { 0 };
	pv_buf new = { 0 };
	int rc = pv_execution_value(&old, item->before->row, field, err);

	if (rc == PV_OK)
		rc = pv_execution_value(&new, item->row, field, err);
	if (rc == PV_OK && strcmp(old.ptr, new.ptr) != 0)
		rc = put_changed(&item->change, name, &old, &new);
	pv_buf_dispose(&old);
	pv_buf_dispose(&new);
	return rc;
}

static int compare(struct link *item, pv_error *err)
{
	static const char *const fields[][2] = {
		{ "prompt_id", "prompt" },     { "version", "version" },
		{ "variant", "variant" },      { "model", "model" },
		{ "params", "parameters" },    { "input", "input" },
		{ "rendered", "prompt text" },
	};
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(fields) && rc == PV_OK; i++)
		rc = compare_field(item, fields[i][0], fields[i][1], err);
	return rc == PV_OK ? pv_buf_status(&item->change, err) : rc;
}

/* In the words of who recorded it, else what is another than before. */
static int describe(struct link *item, pv_error *err)
{
	pv_json_doc *doc;
	size_t len = 0;
	const char *text = pv_json_text(read_own(&doc, item, "change"), &len);
	int rc = PV_OK;

	if (text)
		pv_buf_put(&item->change, text, len);
	if (text)
		rc = pv_buf_status(&item->change, err);
	else if (item->before)
		rc = compare(item, err);
	pv_json_free(doc);
	return rc;
}

static int tell_apart(struct chain *chain)
{
	int rc = PV_OK;

	for (size_t i = 0; i < chain->count && rc == PV_OK; i++) {
		struct link *item = chain->order[i];

		item->before = item->parent;
		if (!chain->has_parents && i)
			item->before = chain->order[i - 1];
		count_iteration(chain, item, i);
		rc = describe(item, &chain->cli->err);
	}
	return rc;
}

/* --- printing ------------------------------------------------------------- */

static int put_value(pv_jsonw *w, const struct link *item, const char *field,
		     pv_error *err)
{
	pv_buf value = { 0 };
	int rc = pv_execution_value(&value, item->row, field, err);

	pv_jsonw_key(w, field);
	if (rc == PV_OK)
		pv_jsonw_raw(w, value.ptr, value.len);
	pv_buf_dispose(&value);
	return rc;
}

static int link_json(pv_jsonw *w, const struct link *item, pv_error *err)
{
	static const char *const fields[] = { "id",        "parent",  "ts",
					      "prompt_id", "version", "model",
					      "status",    "quality", "scores",
					      "feedback" };
	int rc = PV_OK;

	pv_jsonw_object(w);
	pv_jsonw_key(w, "iteration");
	pv_jsonw_int(w, item->iteration);
	cli_text_json(w, "change", pv_buf_text(&item->change));
	for (size_t i = 0; i < pv_array_len(fields) && rc == PV_OK; i++)
		rc = put_value(w, item, fields[i], err);
	pv_jsonw_object_end(w);
	return rc;
}

static int print_json(const struct chain *chain)
{
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, &chain->cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < chain->count && rc == PV_OK; i++)
		rc = link_json(&w, chain->order[i], &chain->cli->err);
	pv_jsonw_array_end(&w);
	return rc;
}

static int print_score(pv_cli *cli, const struct link *item, const char *field,
		       const char *before)
{
	pv_buf value = { 0 };
	int rc = PV_OK;

	if (pv_execution_has(item->row, field)) {
		rc = pv_execution_value(&value, item->row, field, &cli->err);
		cli_puts(cli, before);
		cli_line(cli, pv_buf_text(&value));
	}
	pv_buf_dispose(&value);
	return rc;
}

static int print_line(pv_cli *cli, const struct link *item)
{
	int rc;

	cli_printf(cli, "%3lld  %s%s%s  ", (long long)item->iteration,
		   cli_color(cli, CLI_COLOR_META),
		   pv_execution_text(item->row, "id"),
		   cli_color(cli, CLI_COLOR_RESET));
	cli_line(cli, item->change.len ? item->change.ptr : "-");
	rc = print_score(cli, item, "quality", "  quality ");
	if (rc == PV_OK)
		rc = print_score(cli, item, "scores", "  ");
	cli_puts(cli, "\n");
	return rc;
}

static int print(const struct chain *chain)
{
	int rc = PV_OK;

	if (chain->cli->json)
		return print_json(chain);
	for (size_t i = 0; i < chain->count && rc == PV_OK; i++)
		rc = print_line(chain->cli, chain->order[i]);
	return rc;
}

int history_session(pv_cli *cli, pv_executions *index,
		    const pv_executions_query *query)
{
	pv_executions_query asked = *query;
	struct chain chain = { .cli = cli };
	int rc;

	asked.oldest_first = 1;
	rc = pv_executions_list(index, &asked, gather, &chain, &cli->err);
	if (rc == PV_OK && !chain.count)
		rc = pv_fail(&cli->err, PV_ENOTFOUND,
			     "no execution of that session is recorded");
	if (rc == PV_OK)
		rc = find_parents(&chain);
	if (rc == PV_OK)
		rc = put_in_order(&chain);
	if (rc == PV_OK)
		rc = tell_apart(&chain);
	if (rc == PV_OK)
		rc = print(&chain);
	chain_dispose(&chain);
	return rc;
}
