/* SPDX-License-Identifier: MIT
 *
 * git pv list: the prompts at a point, as a table, as JSON, or in a format of
 * the caller's. Inactive prompts come last, under a heading of their own. A
 * prompt that does not load is listed as such.
 */
#include "prompt/lifetime.h"
#include "prompt/list_filter.h"
#include "repo/git_rows.h"
#include "repo/prompts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "ui/figures.h"
#include "ui/layout.h"

struct list_options {
	list_filter filter;
	const char *at;
	const char *format;
	int sort; /* 1 + index of the choice */
	int tree;
	int history;
	int usage;
};

#define FIELD(name) offsetof(struct list_options, name)

enum sort {
	SORT_NAME = 1,
	SORT_UPDATED
};

static const char *const sorts[] = { "name", "updated", NULL };

static const cli_option options[] = {
	{ 0, "at", CLI_STRING, FIELD(at), "REV", "list the prompts of a commit" },
	{ 0, "tag", CLI_LIST, FIELD(filter.tags), "TAG",
	  "only prompts with this tag; may be repeated" },
	{ 0, "category", CLI_STRING, FIELD(filter.category), "NAME",
	  "only prompts of this category" },
	{ 0, "owner", CLI_STRING, FIELD(filter.owner), "NAME",
	  "only prompts of this owner" },
	{ 0, "type", CLI_STRING, FIELD(filter.type), "WORD",
	  "only prompts of this type, such as chat" },
	{ 0, "provider", CLI_STRING, FIELD(filter.provider), "NAME",
	  "only prompts for models of this provider" },
	{ 0, "model", CLI_STRING, FIELD(filter.model), "NAME",
	  "only prompts for this model" },
	{ 0, "match", CLI_STRING, FIELD(filter.match), "TEXT",
	  "only prompts with this in id, name, description, goal or tags" },
	{ 0, "uses", CLI_STRING, FIELD(filter.uses), "ID",
	  "only prompts that include this one" },
	{ 0, "active", CLI_MODE, FIELD(filter.state), NULL,
	  "only prompts that are active", NULL, LIST_ACTIVE },
	{ 0, "inactive", CLI_MODE, FIELD(filter.state), NULL,
	  "only prompts that are not active", NULL, LIST_INACTIVE },
	{ 0, "all", CLI_MODE, FIELD(filter.state), NULL,
	  "both, which is the default", NULL, LIST_ALL },
	{ 0, "sort", CLI_ENUM, FIELD(sort), "ORDER",
	  "by name, or updated: newest first; else by id", sorts },
	{ 0, "tree", CLI_FLAG, FIELD(tree), NULL, "show folders as a tree" },
	{ 0, "history", CLI_FLAG, FIELD(history), NULL,
	  "say when each was changed last" },
	{ 0, "usage", CLI_FLAG, FIELD(usage), NULL,
	  "tell how often each was used, when last, and how it went" },
	{ 0, "format", CLI_STRING, FIELD(format), "TEXT",
	  "print TEXT for each, with %(id) %(version) ..." },
	{ 0 },
};

#undef FIELD

const cli_usage cmd_list_usage = {
	.synopsis = { "git pv list [PREFIX] [--at REV] [--tag TAG]... "
		      "[--category NAME] [--owner NAME] [--type WORD] "
		      "[--provider NAME] [--model NAME] [--match TEXT] [--uses ID] "
		      "[--active | --inactive | --all] [--sort ORDER] [--tree] "
		      "[--history] [--usage] [--format TEXT] [--json]" },
	.examples = { "git pv list support/",
		      "git pv list --tag production --at main",
		      "git pv list --format '%(id) %(version)'" },
	.options = options,
	.args = "PREFIX",
	.max_args = 1,
};

/* One prompt that passed the filters; texts are owned. */
struct row {
	char *id;
	char *path;
	char *name;
	char *description;
	char *category;
	char *owner;
	char *type;
	char *model;
	char *version;
	char *error; /* why it does not load, or NULL */
	pv_strlist tags;
	pv_oid blob;
	pv_oid commit;
	int is_active;
	lifetime life;
};

struct listing {
	pv_cli *cli;
	const struct list_options *opts;
	const char *prefix; /* "" for all */
	pv_point at;
	pv_version_index *versions;
	pv_usages *use; /* NULL: not known, or not asked for */
	struct row *rows;
	size_t count;
	size_t cap;
	int has_prompts; /* those that are not wanted included */
};

static void row_dispose(struct row *row)
{
	pv_free(row->id);
	pv_free(row->path);
	pv_free(row->name);
	pv_free(row->description);
	pv_free(row->category);
	pv_free(row->owner);
	pv_free(row->type);
	pv_free(row->model);
	lifetime_dispose(&row->life);
	pv_free(row->version);
	pv_free(row->error);
	pv_strlist_dispose(&row->tags);
}

static int copy_fields(struct row *row, const cli_prompt *entry, pv_error *err)
{
	const pv_prompt *prompt = entry->prompt;
	int rc = PV_OK;

	row->id = pv_strdup(entry->id);
	row->path = pv_strdup(entry->path);
	row->name = pv_strdup(prompt ? pv_prompt_name(prompt) : "");
	row->description = pv_strdup(prompt ? pv_prompt_description(prompt) : "");
	row->category = pv_strdup(prompt ? pv_prompt_category(prompt) : "");
	row->owner = pv_strdup(prompt ? pv_prompt_owner(prompt) : "");
	row->type = pv_strdup(prompt ? pv_prompt_type(prompt) : "");
	row->model = pv_strdup(prompt ? pv_prompt_model(prompt) : "");
	if (!row->id || !row->path || !row->name || !row->description ||
	    !row->category || !row->owner || !row->type || !row->model)
		return pv_fail_nomem(err);
	row->blob = entry->blob;
	row->is_active = !prompt || pv_prompt_is_active(prompt);
	if (!prompt) {
		row->error = pv_strdup(entry->failure.message);
		return row->error ? PV_OK : pv_fail_nomem(err);
	}
	for (size_t i = 0; i < pv_prompt_tag_count(prompt) && rc == PV_OK; i++)
		rc = pv_strlist_add(&row->tags, pv_prompt_tag(prompt, i), err);
	return rc;
}

static int describe(struct row *row, struct listing *list)
{
	pv_cli *cli = list->cli;
	pv_buf version = { 0 };
	int rc;

	rc = pv_version_index_describe(&version, list->versions, row->id,
				       &list->at, &row->blob, &cli->err);
	/* What does not load announces no version. */
	if (row->error && strchr(pv_buf_text(&version), '+'))
		pv_buf_clear(&version);
	if (rc == PV_OK) {
		row->version = pv_strdup(pv_buf_text(&version));
		if (!row->version)
			rc = pv_fail_nomem(&cli->err);
	}
	pv_buf_dispose(&version);
	if (rc == PV_OK)
		rc = cli_prompt_commit(&row->commit, cli, &list->at, row->path,
				       &row->blob);
	return rc;
}

static int add_row(struct listing *list, const cli_prompt *entry)
{
	pv_error *err = &list->cli->err;
	struct row *row;
	int rc;

	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0)
		return pv_fail_nomem(err);
	row = &list->rows[list->count++];
	memset(row, 0, sizeof(*row));
	rc = copy_fields(row, entry, err);
	return rc == PV_OK ? describe(row, list) : rc;
}

static int each_prompt(const char *id, const char *path, const pv_oid *blob,
		       void *payload)
{
	struct listing *list = payload;
	cli_prompt entry = { 0 };
	int rc;

	(void)blob;
	list->has_prompts = 1;
	if (!pv_str_has_prefix(id, list->prefix))
		return PV_OK;
	rc = cli_prompt_read(&entry, list->cli, &list->at, id, path, NULL);
	if (rc == PV_OK && list_filter_wants(&list->opts->filter, &entry))
		rc = add_row(list, &entry);
	cli_prompt_dispose(&entry);
	return rc;
}

static void print_json(const struct listing *list)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &list->cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < list->count; i++) {
		const struct row *row = &list->rows[i];

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "id", row->id);
		cli_text_json(&w, "name", row->name);
		cli_text_json(&w, "version", row->version);
		cli_oid_json(&w, "commit", &row->commit);
		cli_oid_json(&w, "blob", &row->blob);
		pv_jsonw_member(&w, "path", row->path);
		cli_text_json(&w, "category", row->category);
		pv_jsonw_key(&w, "tags");
		pv_jsonw_array(&w);
		for (size_t j = 0; j < row->tags.count; j++)
			pv_jsonw_string(&w, row->tags.items[j]);
		pv_jsonw_array_end(&w);
		cli_text_json(&w, "type", row->type);
		pv_jsonw_key(&w, "active");
		pv_jsonw_bool(&w, row->is_active);
		cli_text_json(&w, "model", row->model);
		pv_jsonw_key(&w, "provider");
		list_provider_json(&w, row->model);
		cli_text_json(&w, "owner", row->owner);
		cli_text_json(&w, "description", row->description);
		lifetime_members(&w, &row->life);
		if (list->opts->usage)
			figures_use_members(&w, list->use, row->id);
		if (row->error)
			pv_jsonw_member(&w, "error", row->error);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

static size_t widest(const struct listing *list, int is_version)
{
	size_t width = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct row *row = &list->rows[i];
		size_t len = strlen(is_version ? row->version : row->id);

		width = len > width ? len : width;
	}
	return width > 60 ? 60 : width;
}

/* "  1,234  97.3 %  2026-11-20" */
static void put_use(cli_layout *line, const pv_usage *usage)
{
	static const pv_usage none = { 0 };
	char text[2][FIGURES_TEXT];
	char when[PV_TIME_TEXT];
	char cell[2 * FIGURES_TEXT + PV_TIME_TEXT + 8];

	usage = usage ? usage : &none;
	figures_count(text[0], usage->executions);
	figures_rate(text[1],
		     usage->judged
			     ? (double)usage->succeeded / (double)usage->judged
			     : 0,
		     usage->judged > 0);
	pv_time_format(when, usage->last_used);
	snprintf(cell, sizeof(cell), "%10s  %7s  %-10.10s", text[0], text[1],
		 usage->last_used ? when : "never");
	layout_cell(line, CLI_COLOR_RESET, cell, 0);
}

static void print_row(const struct listing *list, const struct row *row,
		      size_t id_width, size_t version_width)
{
	const char *title = *row->name ? row->name : row->description;
	cli_layout line;

	layout_begin(&line, list->cli);
	layout_cell(&line, CLI_COLOR_META, row->id,
		    layout_share(&line, id_width));
	if (list->opts->history) {
		char day[11];

		snprintf(day, sizeof(day), "%.10s", row->life.updated_at);
		layout_cell(&line, CLI_COLOR_RESET, day, 10);
	}
	layout_cell(&line, CLI_COLOR_RESET, row->version,
		    layout_share(&line, version_width));
	if (list->opts->usage)
		put_use(&line, figures_use_of(list->use, row->id));
	if (row->error)
		layout_cell(&line, CLI_COLOR_ERROR, "does not load", 0);
	layout_text(&line, row->error ? row->error : title);
	layout_end(&line);
}

static void print_table(const struct listing *list)
{
	size_t id_width = widest(list, 0);
	size_t version_width = widest(list, 1);
	int heading = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].is_active)
			print_row(list, &list->rows[i], id_width, version_width);
	for (size_t i = 0; i < list->count; i++) {
		if (list->rows[i].is_active)
			continue;
		if (!heading && list->opts->filter.state != LIST_INACTIVE)
			cli_puts(list->cli, "\ninactive:\n");
		heading = 1;
		print_row(list, &list->rows[i], id_width, version_width);
	}
}

/* How many of an id's folders are those of the id before. */
static size_t shared_folders(const char *id, const char *before)
{
	size_t folders = 0;

	for (size_t i = 0; id[i] && id[i] == before[i]; i++)
		folders += id[i] == '/';
	return folders;
}

/* The folders of a prompt that were not printed yet, then its own name. */
static void print_branch(const struct listing *list, const struct row *row,
			 const char *before)
{
	size_t shared = shared_folders(row->id, before);
	pv_cli *cli = list->cli;
	const char *part = row->id;
	const char *slash = strchr(part, '/');
	cli_layout line;
	int depth = 0;

	for (; slash; slash = strchr(part, '/'), depth++) {
		if ((size_t)depth >= shared)
			cli_printf(cli, "%*s%s%.*s/%s\n", 2 * depth, "",
				   cli_color(cli, CLI_COLOR_BOLD),
				   (int)(slash - part), part,
				   cli_color(cli, CLI_COLOR_RESET));
		part = slash + 1;
	}
	layout_begin(&line, cli);
	layout_skip(&line, 2 * (size_t)depth);
	layout_cell(&line, CLI_COLOR_META, part, 0);
	layout_cell(&line, CLI_COLOR_RESET, row->version, 0);
	if (row->error || !row->is_active)
		layout_cell(&line, CLI_COLOR_RESET,
			    row->error ? "does not load" : "inactive", 0);
	layout_end(&line);
}

static void print_tree(const struct listing *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_branch(list, &list->rows[i], i ? list->rows[i - 1].id : "");
}

static const char *const field_names[] = {
	"id",          "name",   "version",    "commit",
	"blob",        "path",   "category",   "model",
	"description", "active", "updated_at", "updated_by",
	"owner",       "type",   "created_at", "created_by",
};

/* The index of a field's name, or -1. */
static int find_field(const char *text, size_t len)
{
	const pv_str name = { text, len };

	for (size_t i = 0; i < pv_array_len(field_names); i++)
		if (pv_str_is(name, field_names[i]))
			return (int)i;
	return -1;
}

static const char *field_value(const struct row *row, int field)
{
	const char *values[pv_array_len(field_names)] = {
		row->id,
		row->name,
		row->version,
		row->commit.hex,
		row->blob.hex,
		row->path,
		row->category,
		row->model,
		row->description,
		row->is_active ? "true" : "false",
		row->life.updated_at,
		row->life.updated_by ? row->life.updated_by : "",
		row->owner,
		row->type,
		row->life.created_at,
		row->life.created_by ? row->life.created_by : "",
	};

	return values[field];
}

/* The next "%(" that is not the second half of a "%%"; NULL for none. */
static const char *next_field(const char *format)
{
	for (format = strchr(format, '%'); format; format = strchr(format, '%')) {
		if (format[1] == '(')
			return format;
		format += format[1] == '%' ? 2 : 1;
	}
	return NULL;
}

static int unknown_field(pv_cli *cli, const char *name, size_t len)
{
	const char *names[pv_array_len(field_names) + 1] = { NULL };
	char word[64];
	int rc = cli_usage_error(cli, "unknown field \"%.*s\"", (int)len, name);

	memcpy(names, field_names, sizeof(field_names));
	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	return cli_hint_near(cli, rc, word, names, "git pv help list");
}

/* Looks at every %(field) before anything is printed. */
static int check_format(pv_cli *cli, const char *format)
{
	const char *field = next_field(format);

	for (; field; field = next_field(field + 2)) {
		size_t len = strcspn(field + 2, ")");

		if (!field[2 + len])
			return cli_usage_error(cli, "no \")\" behind \"%s\"",
					       field);
		if (find_field(field + 2, len) >= 0)
			continue;
		return unknown_field(cli, field + 2, len);
	}
	return PV_OK;
}

/* "%%" is a percent sign, and so is one that begins nothing. */
static void print_format(pv_cli *cli, const char *format, const struct row *row)
{
	while (*format) {
		size_t plain = strcspn(format, "%");
		size_t len;

		cli_text(cli, format, plain);
		format += plain;
		if (strncmp(format, "%(", 2) == 0) {
			len = strcspn(format, ")");
			cli_line(cli, field_value(row, find_field(format + 2,
								  len - 2)));
			format += len + (format[len] != '\0');
		} else if (*format) {
			cli_puts(cli, "%");
			format += format[1] == '%' ? 2 : 1;
		}
	}
	cli_puts(cli, "\n");
}

static void print(const struct listing *list)
{
	if (list->cli->json)
		print_json(list);
	else if (list->opts->tree)
		print_tree(list);
	else if (!list->opts->format)
		print_table(list);
	for (size_t i = 0; i < list->count; i++)
		if (list->opts->format && !list->cli->json)
			print_format(list->cli, list->opts->format,
				     &list->rows[i]);
	if (!list->count && list->has_prompts)
		cli_note(list->cli, "no prompts");
	else if (!list->count)
		cli_no_prompts(list->cli);
}

/* --- when they were changed ----------------------------------------------- */

static int is_history_asked(const struct listing *list)
{
	const struct list_options *opts = list->opts;

	return opts->history || opts->sort == SORT_UPDATED ||
	       (opts->format && (strstr(opts->format, "updated_") ||
				 strstr(opts->format, "created_")));
}

/* Looking for it costs a walk, unless the history is indexed. */
static int is_history_wanted(const struct listing *list)
{
	return is_history_asked(list) ||
	       (list->cli->json && pv_git_rows_exist(list->cli->git_rows));
}

/* What brought a prompt takes all of the history, the last change less. */
static int is_origin_wanted(const struct listing *list)
{
	const struct list_options *opts = list->opts;

	return list->cli->json ||
	       (opts->format && strstr(opts->format, "created_"));
}

/* Fills in when each was made and changed, by the commits up to the listed. */
static int add_lifetimes(struct listing *list)
{
	lifetime_query query = { .at = &list->at,
				 .count = list->count,
				 .wants_origin = is_origin_wanted(list) };
	pv_cli *cli = list->cli;
	lifetime *lives;
	const char **paths;
	int rc;

	if (!is_history_wanted(list))
		return PV_OK;
	lives = pv_calloc(list->count + 1, sizeof(*lives));
	paths = pv_calloc(list->count + 1, sizeof(*paths));
	query.paths = paths;
	for (size_t i = 0; paths && i < list->count; i++)
		paths[i] = list->rows[i].path;
	rc = lives && paths ? lifetimes_find(lives, cli, &query)
			    : pv_fail_nomem(&cli->err);
	for (size_t i = 0; lives && i < list->count; i++)
		list->rows[i].life = lives[i];
	pv_free(lives);
	pv_free(paths);
	return rc;
}

static int collect(struct listing *list)
{
	pv_cli *cli = list->cli;
	int rc;

	rc = cli_point(&list->at, cli, list->opts->at);
	if (rc == PV_OK)
		rc = pv_version_index_load(&list->versions, cli->store,
					   &cli->settings, &cli->err);
	if (rc == PV_OK && list->opts->usage)
		rc = figures_use(&list->use, cli, NULL);
	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &list->at,
				    each_prompt, list, &cli->err);
	return rc == PV_OK ? add_lifetimes(list) : rc;
}

/* --- their order ------------------------------------------------------------ */

static const char *title_of(const struct row *row)
{
	return *row->name ? row->name : row->id;
}

static int by_name(const void *a, const void *b)
{
	const struct row *one = a;
	const struct row *two = b;
	int order = strcasecmp(title_of(one), title_of(two));

	return order ? order : strcmp(one->id, two->id);
}

static int by_update(const void *a, const void *b)
{
	const struct row *one = a;
	const struct row *two = b;

	if (one->life.updated != two->life.updated)
		return one->life.updated < two->life.updated ? 1 : -1;
	return strcmp(one->id, two->id);
}

static void sort_rows(struct listing *list)
{
	if (list->count && list->opts->sort)
		qsort(list->rows, list->count, sizeof(*list->rows),
		      list->opts->sort == SORT_NAME ? by_name : by_update);
}

int cmd_list(pv_cli *cli, int argc, char **argv)
{
	struct list_options opts = { 0 };
	struct listing list = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc == 0 && opts.tree && (opts.sort || opts.format))
		rc = cli_usage_error(cli, "--tree excludes --sort and --format");
	if (rc != 0)
		goto out;
	list.cli = cli;
	list.opts = &opts;
	list.prefix = argc ? argv[0] : "";
	rc = opts.format ? check_format(cli, opts.format) : PV_OK;
	if (rc == PV_OK)
		rc = git_rows_use(cli);
	if (rc == PV_OK)
		rc = collect(&list);
	if (rc == PV_OK) {
		sort_rows(&list);
		print(&list);
	}
out:
	for (size_t i = 0; i < list.count; i++)
		row_dispose(&list.rows[i]);
	pv_free(list.rows);
	pv_version_index_free(list.versions);
	pv_usages_free(list.use);
	cli_list_dispose(&opts.filter.tags);
	return rc;
}
