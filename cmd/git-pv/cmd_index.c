/* SPDX-License-Identifier: MIT
 *
 * `git pv index`: looks after the database of executions: what there is of
 * it, whether it is whole, and what waits beside it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"
#include "tracking.h"

struct index_options {
	int repairs;
};

static const cli_option options[] = {
	{ 0, "repair", CLI_FLAG, offsetof(struct index_options, repairs), NULL,
	  "verify: make sums that are wrong anew" },
	{ 0 },
};

const cli_usage cmd_index_usage = {
	.synopsis = { "git pv index info [--json]",
		      "git pv index verify [--repair] [--json]",
		      "git pv index drain [--json]" },
	.examples = { "git pv index info", "git pv index verify" },
	.options = options,
	.args = "info, verify or drain",
	.min_args = 1,
	.max_args = 1,
};

static void put_number(pv_jsonw *w, const char *key, size_t number)
{
	pv_jsonw_key(w, key);
	pv_jsonw_int(w, (int64_t)number);
}

/* --- info ----------------------------------------------------------------- */

static size_t file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
}

static int info(pv_cli *cli)
{
	pv_buf path = { 0 };
	size_t waiting = 0;
	size_t unreadable = 0;
	pv_jsonw w;
	int rc = tracking_path(&path, cli);

	if (rc == PV_OK)
		rc = pv_executions_spooled(&waiting, path.ptr, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_unreadable(&unreadable, path.ptr, &cli->err);
	if (rc == PV_OK && cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "backend", "sqlite");
		pv_jsonw_member(&w, "path", path.ptr);
		pv_jsonw_key(&w, "exists");
		pv_jsonw_bool(&w, pv_file_exists(path.ptr));
		put_number(&w, "bytes", file_size(path.ptr));
		put_number(&w, "spooled", waiting);
		put_number(&w, "unreadable", unreadable);
		pv_jsonw_object_end(&w);
	} else if (rc == PV_OK) {
		cli_printf(cli, "%s: %s, %zu bytes\n", path.ptr,
			   pv_file_exists(path.ptr) ? "SQLite" : "not there",
			   file_size(path.ptr));
		cli_printf(cli, "%zu executions wait beside it\n", waiting);
		if (unreadable)
			cli_printf(cli,
				   "%zu files beside it cannot be read: "
				   "%s.spool/*.bad\n",
				   unreadable, path.ptr);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* --- verify --------------------------------------------------------------- */

struct verdict {
	pv_cli *cli;
	pv_strlist problems;
	pv_executions_rollups rollups;
};

static int add_problem(const char *problem, void *payload)
{
	struct verdict *it = payload;

	return pv_strlist_add(&it->problems, problem, &it->cli->err);
}

static void print_verdict(const struct verdict *it, int is_ok)
{
	pv_cli *cli = it->cli;
	pv_jsonw w;

	if (!cli->json) {
		for (size_t i = 0; i < it->problems.count; i++)
			cli_printf(cli, "damaged: %s\n", it->problems.items[i]);
		cli_printf(cli, "%zu sums compared, %zu wrong, %zu left out\n",
			   it->rollups.compared, it->rollups.wrong,
			   it->rollups.partial);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "ok");
	pv_jsonw_bool(&w, is_ok);
	pv_jsonw_key(&w, "problems");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < it->problems.count; i++)
		pv_jsonw_string(&w, it->problems.items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "rollups");
	pv_jsonw_object(&w);
	put_number(&w, "compared", it->rollups.compared);
	put_number(&w, "wrong", it->rollups.wrong);
	put_number(&w, "partial", it->rollups.partial);
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
}

static int verify(pv_cli *cli, int repairs)
{
	struct verdict it = { .cli = cli };
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);
	int is_ok;

	if (rc == PV_OK && repairs) {
		pv_executions_free(index);
		index = NULL;
		rc = tracking_open(&index, cli, 0);
	}
	if (rc == PV_OK)
		rc = pv_executions_check(index, add_problem, &it, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_check_rollups(&it.rollups, index, repairs,
						 &cli->err);
	is_ok = !it.problems.count && (repairs || !it.rollups.wrong);
	if (rc == PV_OK)
		print_verdict(&it, is_ok);
	pv_strlist_dispose(&it.problems);
	pv_executions_free(index);
	return rc == PV_OK && !is_ok ? 1 : rc;
}

/* --- drain ---------------------------------------------------------------- */

static int drain(pv_cli *cli)
{
	pv_executions *index = NULL;
	pv_buf path = { 0 };
	size_t before = 0;
	size_t after = 0;
	size_t left = 0;
	pv_jsonw w;
	int rc = tracking_path(&path, cli);

	if (rc == PV_OK)
		rc = pv_executions_spooled(&before, path.ptr, &cli->err);
	/* Opening it to write takes over what waits. */
	if (rc == PV_OK && (before || pv_file_exists(path.ptr)))
		rc = tracking_open(&index, cli, 0);
	if (rc == PV_OK && index)
		rc = pv_executions_drain(&left, index, 0, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_spooled(&after, path.ptr, &cli->err);
	if (rc == PV_OK && cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		put_number(&w, "drained", before > after ? before - after : 0);
		put_number(&w, "spooled", after);
		pv_jsonw_object_end(&w);
	} else if (rc == PV_OK) {
		cli_printf(cli, "%zu taken over, %zu wait still\n",
			   before > after ? before - after : 0, after);
	}
	pv_executions_free(index);
	pv_buf_dispose(&path);
	return rc;
}

int cmd_index(pv_cli *cli, int argc, char **argv)
{
	struct index_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (strcmp(argv[0], "info") == 0)
		return info(cli);
	if (strcmp(argv[0], "verify") == 0)
		return verify(cli, opts.repairs);
	if (strcmp(argv[0], "drain") == 0)
		return drain(cli);
	return cli_usage_error(cli,
			       "index has info, verify and drain, not "
			       "\"%s\"",
			       argv[0]);
}
