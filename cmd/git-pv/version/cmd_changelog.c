/* SPDX-License-Identifier: MIT
 *
 * git pv changelog: what each version of a prompt brought, newest first, in
 * Markdown or as JSON. Whatever it says comes from git: tags, commits with
 * their trailers, the two states compared, and pv/deployments.
 */
#include "deploy/deployed.h"
#include "repo/prompts.h"
#include "repo/version_names.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fail.h"

enum {
	FORMAT_MARKDOWN = 1,
	FORMAT_JSON,
	SHOWN_MAX = 8 /* changed fields of one version, in Markdown */
};

static const char *const formats[] = { "markdown", "json", NULL };

struct changelog_options {
	int format;
};

static const cli_option options[] = {
	{ 0, "format", CLI_ENUM, offsetof(struct changelog_options, format),
	  "FORMAT", "markdown or json", formats },
	{ 0 },
};

const cli_usage cmd_changelog_usage = {
	.synopsis = { "git pv changelog [--format FORMAT] [--json] ID [A..B]" },
	.examples = { "git pv changelog support/triage",
		      "git pv changelog support/triage 1.0.0..1.2.0" },
	.options = options,
	.args = "ID and two versions",
	.min_args = 1,
	.max_args = 2,
	.ids = CLI_IDS_FIRST,
};

struct log {
	pv_cli *cli;
	const char *id;
	pv_buf from; /* fallbacks that the ends of the range are of */
	pv_buf to;
	version_names versions;
	pv_strlist environments; /* that there are */
	deployed deployed;
	pv_jsonw w;
};

/* A version, and what it says. */
struct entry {
	const version_row *row;
	const version_row *parent; /* NULL for the first */
	pv_commit commit;
	pv_diff *diff; /* NULL for the first */
	int is_remade; /* the prompt had been removed in between */
};

static void entry_dispose(struct entry *entry)
{
	pv_commit_dispose(&entry->commit);
	pv_diff_free(entry->diff);
}

/* --- from git ----------------------------------------------------------------- */

/* The states of two versions, and what their prompts refer to there. */
struct states {
	pv_cli *cli;
	const struct entry *entry;
};

static int find_impact(enum pv_bump *out, const pv_prompt *before,
		       const pv_prompt *after, pv_report *breaking,
		       void *payload, pv_error *err)
{
	const struct states *states = payload;
	const struct entry *entry = states->entry;
	const pv_prompt_change change = {
		.store = states->cli->store,
		.settings = &states->cli->settings,
		.before = before,
		.after = after,
		.from = { PV_AT_COMMIT, entry->parent->info->commit },
		.to = { PV_AT_COMMIT, entry->row->info->commit },
	};

	return pv_prompt_impact_at(out, &change, breaking, err);
}

static int compare(struct entry *entry, pv_cli *cli)
{
	struct states states = { cli, entry };
	pv_diff_input input = { .json = PV_DIFF_JSON_NONE,
				.impact = find_impact,
				.payload = &states };
	pv_buf before = { 0 };
	pv_buf after = { 0 };
	int rc = pv_store_read_blob(&before, cli->store,
				    &entry->parent->info->blob, &cli->err);

	if (rc == PV_OK)
		rc = pv_store_read_blob(&after, cli->store,
					&entry->row->info->blob, &cli->err);
	input.before = pv_buf_text(&before);
	input.before_len = before.len;
	input.after = pv_buf_text(&after);
	input.after_len = after.len;
	if (strcmp(entry->parent->id, entry->row->id) != 0)
		input.former = entry->parent->id;
	if (rc == PV_OK)
		rc = pv_diff_new(&entry->diff, &input, &cli->err);
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
	return rc;
}

/* A state that its commit brings back has no file in the one before. */
static int find_remade(struct entry *entry, pv_cli *cli)
{
	pv_point before = { PV_AT_COMMIT, { "" } };
	pv_settings there = cli->settings;
	pv_buf path = { 0 };
	pv_oid blob;
	int rc;

	if (!entry->commit.parent_count ||
	    strcmp(entry->parent->id, entry->row->id) != 0)
		return PV_OK;
	before.commit = entry->commit.parents[0];
	rc = pv_settings_at(&there, cli->store, &before, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &there, entry->row->id, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_find(&blob, cli->store, &before, path.ptr, NULL);
	entry->is_remade = rc == PV_ENOTFOUND;
	pv_buf_dispose(&path);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

static int load_entry(struct entry *out, struct log *log, size_t idx)
{
	pv_cli *cli = log->cli;
	const version_names *all = &log->versions;
	int rc;

	out->row = &all->rows[idx];
	if (idx + 1 < all->count)
		out->parent = &all->rows[idx + 1];
	rc = pv_store_commit_read(&out->commit, cli->store,
				  &out->row->info->commit, &cli->err);
	if (rc == PV_OK && out->parent)
		rc = find_remade(out, cli);
	return rc == PV_OK && out->parent ? compare(out, cli) : rc;
}

static int add_environment(const char *name, void *payload)
{
	struct log *log = payload;

	return pv_strlist_add(&log->environments, name, &log->cli->err);
}

/* Under each name that the prompt had; the rows of one are together. */
static int add_deployed(struct log *log)
{
	const version_names *all = &log->versions;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < all->count; i++) {
		const char *id = all->rows[i].id;

		if (i && !strcmp(id, all->rows[i - 1].id))
			continue;
		for (size_t j = 0; rc == PV_OK && j < log->environments.count; j++)
			rc = deployed_add(&log->deployed,
					  log->environments.items[j], id);
	}
	return rc;
}

/* Environments that cannot be told, as those of two sides, are left out. */
static int find_deployed(struct log *log)
{
	pv_cli *cli = log->cli;
	int rc = pv_environment_each(cli->store, add_environment, log, &cli->err);

	if (rc == PV_OK)
		rc = add_deployed(log);
	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	cli_warn(cli, "what was deployed is not known: %s", cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* --- the range ------------------------------------------------------------------ */

static int is_text(const char *text, const char *version, size_t len)
{
	return strlen(text) == len && memcmp(text, version, len) == 0;
}

/*
 * The place of a version among the rows: by its whole number, which may be one
 * under a former id, else as a spec has it. A failure names those near.
 */
static int find_row(size_t *out, pv_buf *fallback, struct log *log,
		    const char *version, size_t len)
{
	pv_cli *cli = log->cli;
	pv_buf text = { 0 };
	pv_spec spec = { 0 };
	int rc;

	for (*out = 0; *out < log->versions.count; ++*out)
		if (is_text(log->versions.rows[*out].info->text, version, len))
			return PV_OK;
	pv_buf_printf(&text, "%s@%.*s", log->id, (int)len, version);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = cli_spec_resolve(&spec, cli, text.ptr, PV_SPEC_COMMIT);
	if (rc == PV_OK && cli_fallback_of(&spec))
		pv_buf_puts(fallback, cli_fallback_of(&spec));
	if (rc == PV_OK)
		rc = pv_buf_status(fallback, &cli->err);
	if (rc == PV_OK)
		rc = cli_spec_tag(&spec, cli);
	for (*out = 0; rc == PV_OK && *out < log->versions.count; ++*out)
		if (!strcmp(log->versions.rows[*out].info->text, spec.version))
			break;
	if (rc == PV_OK && *out == log->versions.count)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%.*s\" is no version",
			     (int)(len > 80 ? 80 : len), version);
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

/* A..B is what came after A, up to B; either may be left out. */
static int find_range(size_t *first, size_t *end, struct log *log,
		      const char *range)
{
	const char *dots = range ? strstr(range, "..") : NULL;
	int rc = PV_OK;

	*first = 0;
	*end = log->versions.count;
	if (!range)
		return PV_OK;
	if (!dots)
		return cli_usage_error(log->cli,
				       "\"%.80s\" is not A..B, two versions",
				       range);
	if (dots[2])
		rc = find_row(first, &log->to, log, dots + 2, strlen(dots + 2));
	if (rc == PV_OK && dots != range)
		rc = find_row(end, &log->from, log, range,
			      (size_t)(dots - range));
	return rc;
}

static int is_of(const deployed_row *row, const struct entry *entry)
{
	return deployed_is(row, entry->row->id, entry->row->info->text);
}

static int is_reviewer(const char *key, size_t len)
{
	static const char name[] = "Reviewed-by";

	return len == sizeof(name) - 1 && strncasecmp(key, name, len) == 0;
}

/* --- as JSON ---------------------------------------------------------------------- */

static void trailer_json(pv_jsonw *w, const char *key,
			 const struct entry *entry, const char *trailer)
{
	size_t len;
	const char *text = pv_trailer_find(entry->commit.message, trailer, &len);

	pv_jsonw_key(w, key);
	if (text)
		pv_jsonw_stringn(w, text, len);
	else
		pv_jsonw_null(w);
}

static void interface_json(pv_jsonw *w, const pv_diff *diff)
{
	pv_jsonw_key(w, "interface");
	pv_jsonw_array(w);
	for (size_t i = 0; diff && i < pv_diff_interface_count(diff); i++) {
		const pv_interface_change *it = pv_diff_interface_at(diff, i);

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", it->name);
		pv_jsonw_member(w, "kind", pv_change_kind_name(it->kind));
		pv_jsonw_member(w, "type", it->type);
		pv_jsonw_key(w, "required");
		pv_jsonw_bool(w, it->is_required);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void changes_json(pv_jsonw *w, const pv_diff *diff)
{
	const pv_report *breaking = diff ? pv_diff_breaking(diff) : NULL;

	pv_jsonw_key(w, "breaking");
	pv_jsonw_array(w);
	for (size_t i = 0; breaking && i < pv_report_count(breaking); i++)
		pv_jsonw_string(w, pv_report_at(breaking, i)->message);
	pv_jsonw_array_end(w);
	interface_json(w, diff);
	pv_jsonw_key(w, "changes");
	pv_jsonw_array(w);
	for (size_t i = 0; diff && i < pv_diff_count(diff); i++)
		pv_jsonw_string(w, pv_diff_at(diff, i)->path);
	pv_jsonw_array_end(w);
}

static int add_reviewer_json(const char *key, size_t key_len, const char *value,
			     size_t len, void *payload)
{
	if (is_reviewer(key, key_len))
		pv_jsonw_stringn(payload, value, len);
	return PV_OK;
}

static void deployed_json(struct log *log, const struct entry *entry)
{
	pv_jsonw *w = &log->w;
	char at[PV_TIME_TEXT];

	pv_jsonw_key(w, "live_in");
	pv_jsonw_array(w);
	for (size_t i = 0; i < log->deployed.count; i++)
		if (is_of(&log->deployed.rows[i], entry) &&
		    log->deployed.rows[i].status == PV_STATUS_LIVE)
			pv_jsonw_string(w, log->deployed.rows[i].environment);
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "deployments");
	pv_jsonw_array(w);
	for (size_t i = 0; i < log->deployed.count; i++) {
		const deployed_row *row = &log->deployed.rows[i];

		if (!is_of(row, entry))
			continue;
		pv_time_format(at, row->when * 1000000);
		pv_jsonw_object(w);
		pv_jsonw_member(w, "environment", row->environment);
		pv_jsonw_member(w, "at", at);
		pv_jsonw_member(w, "actor", row->actor);
		pv_jsonw_member(w, "reason", row->reason);
		pv_jsonw_member(w, "status", deployed_status(row->status));
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void entry_json(struct log *log, const struct entry *entry)
{
	const pv_version_info *info = entry->row->info;
	pv_jsonw *w = &log->w;
	char date[PV_TIME_TEXT];

	pv_time_format(date, info->tagger.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "version", info->text);
	pv_jsonw_member(w, "previous",
			entry->parent ? entry->parent->info->text : NULL);
	pv_jsonw_member(w, "id", entry->row->id);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "author", entry->commit.author.name);
	pv_jsonw_member(w, "commit", info->commit.hex);
	pv_jsonw_member(w, "bump", pv_bump_name(info->bump));
	pv_jsonw_member(w, "subject", info->subject);
	pv_jsonw_key(w, "remade");
	pv_jsonw_bool(w, entry->is_remade);
	changes_json(w, entry->diff);
	trailer_json(w, "reviewed_by", entry, "Reviewed-by");
	trailer_json(w, "review", entry, "Pv-Review");
	pv_jsonw_key(w, "reviewers");
	pv_jsonw_array(w);
	(void)pv_trailer_each(entry->commit.message, add_reviewer_json, w);
	pv_jsonw_array_end(w);
	deployed_json(log, entry);
	pv_jsonw_object_end(w);
}

/* --- as Markdown -------------------------------------------------------------------- */

/* Text that is no markup, on one line. */
static void put_text(pv_cli *cli, const char *text, size_t len)
{
	pv_buf plain = { 0 };

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\n' || c == '\r')
			c = ' ';
		if (strchr("\\`*_{}[]<>#|&~!", c))
			pv_buf_putc(&plain, '\\');
		pv_buf_putc(&plain, c);
	}
	cli_text(cli, pv_buf_text(&plain), plain.len);
	pv_buf_dispose(&plain);
}

static void put_string(pv_cli *cli, const char *text)
{
	put_text(cli, text, strlen(text));
}

static void print_interface(pv_cli *cli, const pv_diff *diff)
{
	const pv_report *breaking = pv_diff_breaking(diff);

	for (size_t i = 0; breaking && i < pv_report_count(breaking); i++) {
		cli_puts(cli, "- **breaking:** ");
		put_string(cli, pv_report_at(breaking, i)->message);
		cli_puts(cli, "\n");
	}
	for (size_t i = 0; i < pv_diff_interface_count(diff); i++) {
		const pv_interface_change *it = pv_diff_interface_at(diff, i);

		cli_puts(cli, "- variable ");
		put_string(cli, it->name);
		cli_printf(cli, " (%s, %s) %s\n", it->type,
			   it->is_required ? "required" : "optional",
			   pv_change_kind_name(it->kind));
	}
}

static void print_fields(pv_cli *cli, const pv_diff *diff)
{
	size_t count = pv_diff_count(diff);

	if (pv_diff_former(diff)) {
		cli_puts(cli, "- renamed from ");
		put_string(cli, pv_diff_former(diff));
		cli_puts(cli, "\n");
	}
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++) {
		cli_puts(cli, i ? ", " : "- changed: ");
		put_string(cli, pv_diff_at(diff, i)->path);
	}
	if (count > SHOWN_MAX)
		cli_printf(cli, " and %zu more", count - SHOWN_MAX);
	if (count)
		cli_puts(cli, "\n");
}

static int print_reviewer(const char *key, size_t key_len, const char *value,
			  size_t len, void *payload)
{
	pv_cli *cli = payload;

	if (is_reviewer(key, key_len)) {
		cli_puts(cli, "- reviewed by ");
		put_text(cli, value, len);
		cli_puts(cli, "\n");
	}
	return PV_OK;
}

static void print_review(pv_cli *cli, const struct entry *entry)
{
	const char *message = entry->commit.message;
	size_t len;
	const char *review = pv_trailer_find(message, "Pv-Review", &len);

	(void)pv_trailer_each(message, print_reviewer, cli);
	if (!review)
		return;
	cli_puts(cli, "- review ");
	put_text(cli, review, len);
	cli_puts(cli, "\n");
}

/* The name of "Name <address>". */
static size_t name_len(const char *person)
{
	size_t len = strcspn(person, "<");

	while (len && person[len - 1] == ' ')
		len--;
	return len ? len : strlen(person);
}

static void print_deployed(struct log *log, const struct entry *entry)
{
	pv_cli *cli = log->cli;
	char at[PV_TIME_TEXT];

	for (size_t i = 0; i < log->deployed.count; i++) {
		const deployed_row *row = &log->deployed.rows[i];

		if (!is_of(row, entry))
			continue;
		pv_time_format(at, row->when * 1000000);
		cli_puts(cli, row->status == PV_STATUS_LIVE ? "- live in "
							    : "- deployed to ");
		put_string(cli, row->environment);
		cli_printf(cli, " (%.10s) by ", at);
		put_text(cli, row->actor, name_len(row->actor));
		if (row->status != PV_STATUS_LIVE)
			cli_printf(cli, ", %s", deployed_status(row->status));
		if (row->reason) {
			cli_puts(cli, ": ");
			put_text(cli, row->reason, strcspn(row->reason, "\r\n"));
		}
		cli_puts(cli, "\n");
	}
}

static void print_entry(struct log *log, const struct entry *entry)
{
	const pv_version_info *info = entry->row->info;
	pv_cli *cli = log->cli;
	char date[PV_TIME_TEXT];

	pv_time_format(date, info->tagger.when * 1000000);
	cli_printf(cli, "\n## %s (%.10s)\n\n", info->text, date);
	put_string(cli, info->subject);
	cli_puts(cli, "\n\n");
	if (entry->diff)
		print_interface(cli, entry->diff);
	if (entry->diff)
		print_fields(cli, entry->diff);
	if (entry->is_remade)
		cli_puts(cli, "- made again after it was removed\n");
	cli_printf(cli, "- %s by ",
		   entry->parent ? pv_bump_name(info->bump) : "first version");
	put_string(cli, entry->commit.author.name);
	cli_printf(cli, ", commit %.10s\n", info->commit.hex);
	print_review(cli, entry);
	print_deployed(log, entry);
}

/* --- the command ---------------------------------------------------------------------- */

static int print(struct log *log, size_t first, size_t end)
{
	pv_cli *cli = log->cli;
	int rc = PV_OK;

	if (cli->json) {
		pv_jsonw_init(&log->w, &cli->out);
		pv_jsonw_object(&log->w);
		pv_jsonw_member(&log->w, "id", log->id);
		pv_jsonw_member(&log->w, "from_resolved_from", log->from.ptr);
		pv_jsonw_member(&log->w, "to_resolved_from", log->to.ptr);
		pv_jsonw_key(&log->w, "versions");
		pv_jsonw_array(&log->w);
	} else {
		cli_printf(cli, "# Changelog of %s\n", log->id);
	}
	for (size_t i = first; i < end && rc == PV_OK; i++) {
		struct entry entry = { 0 };

		rc = load_entry(&entry, log, i);
		if (rc == PV_OK && cli->json)
			entry_json(log, &entry);
		else if (rc == PV_OK)
			print_entry(log, &entry);
		entry_dispose(&entry);
	}
	if (cli->json) {
		pv_jsonw_array_end(&log->w);
		pv_jsonw_object_end(&log->w);
	}
	return rc;
}

int cmd_changelog(pv_cli *cli, int argc, char **argv)
{
	struct changelog_options opts = { 0 };
	struct log log = { .cli = cli,
			   .versions = { .cli = cli },
			   .deployed = { .cli = cli } };
	size_t first = 0;
	size_t end = 0;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (opts.format == FORMAT_MARKDOWN && cli->json)
		return cli_usage_error(cli, "--json is --format json");
	cli->json = cli->json || opts.format == FORMAT_JSON;
	log.id = argv[0];
	rc = version_names_load(&log.versions, log.id);
	if (rc == PV_OK && !log.versions.count)
		rc = version_names_none(cli, log.id);
	if (rc == PV_OK)
		rc = find_range(&first, &end, &log, argc > 1 ? argv[1] : NULL);
	if (rc == PV_OK)
		rc = find_deployed(&log);
	if (rc == PV_OK)
		rc = print(&log, first, end);
	version_names_dispose(&log.versions);
	pv_strlist_dispose(&log.environments);
	pv_buf_dispose(&log.from);
	pv_buf_dispose(&log.to);
	deployed_dispose(&log.deployed);
	return rc;
}
