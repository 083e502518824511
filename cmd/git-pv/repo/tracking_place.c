/* SPDX-License-Identifier: MIT
 *
 * Where the index is: a file beside the repository, or a database on a server.
 * pv.yaml comes with a clone, so what it says of servers counts only once the
 * user has trusted it; PV_INDEX and git's configuration are the user's own.
 */
#include "repo/tracking.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/str.h"
#include "repo/git.h"

static const char trusted_key[] = "pv.trusted";

/* --- trust ---------------------------------------------------------------- */

/* What there is to be trusted, as a digest. */
static int digest(char out[PV_SHA256_HEX], const pv_yaml *doc, pv_error *err)
{
	static const char *const sections[] = { "index", "providers" };
	pv_buf text = { 0 };
	pv_sha256 sha;
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++) {
		const pv_yaml_node *node;

		pv_buf_printf(&text, "%s=", sections[i]);
		if (doc && pv_yaml_find(&node, doc, sections[i], NULL) == PV_OK)
			rc = pv_yaml_to_json(&text, pv_yaml_resolve(node), err);
		pv_buf_putc(&text, '\n');
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&text, err);
	pv_sha256_init(&sha);
	pv_sha256_update(&sha, pv_buf_text(&text), text.len);
	pv_sha256_final(out, &sha);
	pv_buf_dispose(&text);
	return rc;
}

int tracking_is_trusted(pv_cli *cli, const pv_yaml *doc)
{
	char wanted[PV_SHA256_HEX];
	pv_buf given = { 0 };
	int is_trusted = digest(wanted, doc, NULL) == PV_OK &&
			 cli_config(&given, cli, trusted_key) &&
			 strcmp(pv_buf_text(&given), wanted) == 0;

	pv_buf_dispose(&given);
	return is_trusted;
}

static int has_section(const pv_yaml *doc, const char *name)
{
	const pv_yaml_node *node;

	return doc && pv_yaml_find(&node, doc, name, NULL) == PV_OK;
}

static void trusted_json(pv_cli *cli, int has_index, int has_providers)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "trusted");
	pv_jsonw_array(&w);
	if (has_index)
		pv_jsonw_string(&w, "index");
	if (has_providers)
		pv_jsonw_string(&w, "providers");
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

/* What was trusted, by name: a value may hold a secret. */
static void tell_trusted(pv_cli *cli, const pv_yaml *doc)
{
	int has_index = has_section(doc, "index");
	int has_providers = has_section(doc, "providers");

	if (cli->json)
		trusted_json(cli, has_index, has_providers);
	else if (!has_index && !has_providers)
		cli_note(cli, "pv.yaml names neither index nor providers; one "
			      "that comes later has to be trusted again");
	else
		cli_note(cli, "%s%s%s of pv.yaml: trusted until that changes",
			 has_index ? "index" : "",
			 has_index && has_providers ? " and " : "",
			 has_providers ? "providers" : "");
}

int tracking_trust(pv_cli *cli)
{
	char digits[PV_SHA256_HEX];
	const char *args[] = { "config", "--local", trusted_key, digits, NULL };
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_read_file(&doc, &at, cli);

	if (rc == PV_OK)
		rc = digest(digits, doc, &cli->err);
	if (rc == PV_OK)
		rc = cli_git(NULL, cli, args);
	if (rc == PV_OK)
		tell_trusted(cli, doc);
	pv_yaml_free(doc);
	return rc;
}

/* --- ${NAME} -------------------------------------------------------------- */

static int is_name(char c, int is_first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!is_first && c >= '0' && c <= '9');
}

static void put_escaped(pv_buf *out, const char *text)
{
	for (; *text; text++)
		if (is_name(*text, 0) || strchr("-.~", *text))
			pv_buf_putc(out, *text);
		else
			pv_buf_printf(out, "%%%02X", (unsigned char)*text);
}

static int put_variable(pv_buf *out, pv_cli *cli, pv_str name, int is_all)
{
	pv_buf text = { 0 };
	const char *value;
	int rc;

	pv_buf_put(&text, name.ptr, name.len);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK && !pv_str_has_prefix(pv_buf_text(&text), "PV_"))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"${%.60s}\" in the setting \"index\" does not "
			     "begin with PV_",
			     pv_buf_text(&text));
	value = rc == PV_OK ? cli_env(pv_buf_text(&text), NULL) : NULL;
	if (rc == PV_OK && !value) {
		pv_fail(&cli->err, PV_EINVALID,
			"\"%.60s\" is not set, which the setting \"index\" names",
			pv_buf_text(&text));
		rc = pv_error_hint(&cli->err, PV_EINVALID,
				   "set this variable of the environment");
	}
	if (value && rc == PV_OK && is_all)
		pv_buf_puts(out, value);
	else if (value && rc == PV_OK)
		put_escaped(out, value); /* into an address */
	pv_buf_dispose(&text);
	return rc;
}

/* Puts variables in: whole ones as they are, parts of an address escaped. */
static int expand(pv_buf *out, pv_cli *cli, const char *text)
{
	const char *at = text;
	int rc = PV_OK;

	while (*at && rc == PV_OK) {
		pv_str name = { at + 2, 0 };

		if (at[0] == '$' && at[1] == '{')
			while (is_name(name.ptr[name.len], !name.len))
				name.len++;
		if (!name.len || name.ptr[name.len] != '}') {
			pv_buf_putc(out, *at++);
			continue;
		}
		rc = put_variable(out, cli, name,
				  at == text && !name.ptr[name.len + 1]);
		at = name.ptr + name.len + 1;
	}
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}

/* --- where it is ---------------------------------------------------------- */

static int is_sqlite(const pv_buf *text)
{
	return !text->len || strcmp(pv_buf_text(text), "sqlite") == 0;
}

/* The setting as it counts; empty for SQLite. */
static int read_setting(pv_buf *out, pv_cli *cli, const pv_yaml *doc)
{
	const char *given = cli_env("PV_INDEX", NULL);
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (given) {
		pv_buf_puts(out, given);
	} else if (cli_config(&text, cli, "pv.index")) {
		rc = expand(out, cli, pv_buf_text(&text));
	} else if (tracking_scalar(&text, doc, "index") && !is_sqlite(&text)) {
		if (tracking_is_trusted(cli, doc))
			rc = expand(out, cli, pv_buf_text(&text));
		else if (!cli->told_trust++)
			cli_hint(cli, "pv.yaml names another index than SQLite; "
				      "\"git pv config trust\" allows it");
	}
	if (rc == PV_OK && is_sqlite(out))
		pv_buf_clear(out);
	pv_buf_dispose(&text);
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}

static int check_setting(const pv_buf *text, pv_cli *cli)
{
	if (!text->len || pv_executions_is_remote(text->ptr))
		return PV_OK;
	/* The text may hold a password. */
	pv_fail(&cli->err, PV_EUNSUPPORTED,
		"the index is neither \"sqlite\" nor \"postgresql://...\"");
	return pv_error_hint(&cli->err, PV_EUNSUPPORTED,
			     "\"git pv config --show-origin index\" says where");
}

int tracking_check_place(pv_cli *cli, const pv_yaml *doc)
{
	pv_buf text = { 0 };
	int rc = read_setting(&text, cli, doc);

	if (rc == PV_OK)
		rc = check_setting(&text, cli);
	pv_buf_dispose(&text);
	return rc;
}

static int fail_shallow(pv_cli *cli)
{
	pv_fail(&cli->err, PV_EINVALID,
		"this project has no name yet in the index on a server");
	return pv_error_hint(&cli->err, PV_EINVALID,
			     "a shallow clone does not know its oldest commit: "
			     "set \"project\" in pv.yaml");
}

/* Every root behind `at`, with its time; the first of a shallow clone is none. */
static int list_roots(pv_buf *out, pv_cli *cli, const pv_point *at)
{
	static const char *const shallow[] = { "rev-parse",
					       "--is-shallow-repository", NULL };
	const char *const args[] = {
		"rev-list",
		"--max-parents=0",
		"--timestamp",
		at->kind == PV_AT_COMMIT ? at->commit.hex : "HEAD",
		"--",
		NULL
	};
	pv_buf answer = { 0 };
	int rc = cli_git_status(&answer, cli, shallow);
	int is_shallow = pv_str_has_prefix(pv_buf_text(&answer), "true");

	pv_buf_dispose(&answer);
	if (rc == PV_OK && is_shallow)
		return fail_shallow(cli);
	return rc == PV_OK ? cli_git_status(out, cli, args) : rc;
}

/*
 * Its name in pv.yaml, or the oldest commit that has no parent: of the branch
 * that pv.yaml is read from, whatever is checked out, and of several of the
 * same second the one that sorts first. Empty where there is none yet: who
 * writes is refused by the server's index.
 */
static int find_project(pv_buf *out, pv_cli *cli, const pv_yaml *doc,
			const pv_point *at)
{
	pv_buf roots = { 0 };
	long long oldest = 0;
	int rc;

	if (cli_config(out, cli, "pv.project") ||
	    tracking_scalar(out, doc, "project"))
		return pv_buf_status(out, &cli->err);
	rc = list_roots(&roots, cli, at);
	for (char *line = rc == PV_OK ? roots.ptr : NULL; line && *line;) {
		char *end = line + strcspn(line, "\n");
		char *blank = strchr(line, ' ');
		long long time = strtoll(line, NULL, 10);

		if (blank && blank < end &&
		    (!out->len || time < oldest ||
		     (time == oldest &&
		      strncmp(blank + 1, out->ptr, out->len) < 0))) {
			oldest = time;
			pv_buf_clear(out);
			pv_buf_put(out, blank + 1, (size_t)(end - blank - 1));
		}
		line = *end ? end + 1 : end;
	}
	pv_buf_dispose(&roots);
	return rc >= 0 ? pv_buf_status(out, &cli->err) : rc;
}

int tracking_find(tracking_place *out, pv_cli *cli)
{
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_path(&out->file, cli);

	if (rc == PV_OK)
		rc = tracking_read_file(&doc, &at, cli);
	if (rc == PV_OK)
		rc = read_setting(&out->address, cli, doc);
	if (rc == PV_OK)
		rc = check_setting(&out->address, cli);
	out->is_remote = out->address.len > 0;
	if (rc == PV_OK && out->is_remote)
		rc = find_project(&out->project, cli, doc, &at);
	pv_yaml_free(doc);
	return rc;
}

int tracking_place_read(tracking_place *out, pv_cli *cli, const char *text)
{
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_path(&out->file, cli);

	if (rc == PV_OK)
		rc = expand(&out->address, cli, text);
	if (rc == PV_OK && is_sqlite(&out->address))
		pv_buf_clear(&out->address);
	if (rc == PV_OK)
		rc = check_setting(&out->address, cli);
	if (rc == PV_OK)
		rc = tracking_read_file(&doc, &at, cli);
	out->is_remote = out->address.len > 0;
	if (rc == PV_OK && out->is_remote)
		rc = find_project(&out->project, cli, doc, &at);
	pv_yaml_free(doc);
	return rc;
}

void tracking_place_options(pv_executions_options *opts,
			    const tracking_place *place)
{
	opts->path = place->is_remote ? place->address.ptr : place->file.ptr;
	opts->project = pv_buf_text(&place->project);
	opts->spool = place->file.ptr;
}

int tracking_place_show(pv_buf *out, const tracking_place *place, pv_error *err)
{
	const char *text = pv_buf_text(&place->address);
	size_t host = strcspn(text, "?");
	size_t start;

	if (!place->is_remote) {
		pv_buf_puts(out, pv_buf_text(&place->file));
		return pv_buf_status(out, err);
	}
	/* Of user and password the user; of parameters, which may be one, none. */
	start = (size_t)(strstr(text, "://") + 3 - text);
	pv_buf_put(out, text, start);
	for (size_t i = start; i < host; i++)
		if (text[i] == '@') {
			pv_buf_put(out, text + start,
				   strcspn(text + start, ":@"));
			pv_buf_putc(out, '@');
			start = i + 1;
			break;
		}
	pv_buf_put(out, text + start, host - start);
	return pv_buf_status(out, err);
}

void tracking_place_dispose(tracking_place *place)
{
	pv_buf_dispose(&place->address);
	pv_buf_dispose(&place->file);
	pv_buf_dispose(&place->project);
}
