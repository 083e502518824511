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
#include "repo/tracking.h"
#include "ui/progress.h"

struct index_options {
	int repairs;
	const char *to;
};

static const cli_option options[] = {
	{ 0, "repair", CLI_FLAG, offsetof(struct index_options, repairs), NULL,
	  "verify: make sums that are wrong anew" },
	{ 0, "to", CLI_STRING, offsetof(struct index_options, to), "INDEX",
	  "copy: sqlite, or postgresql://..." },
	{ 0 },
};

const cli_usage cmd_index_usage = {
	.synopsis = { "git pv index info [--json]",
		      "git pv index verify [--repair] [--json]",
		      "git pv index drain [--json]",
		      "git pv index copy --to INDEX [--json]",
		      "git pv index migrate [--json]",
		      "git pv index vacuum [--json]" },
	.examples = { "git pv index info", "git pv index verify" },
	.options = options,
	.args = "info, verify, drain, copy, migrate or vacuum",
	.min_args = 1,
	.max_args = 1,
};

static void put_number(pv_jsonw *w, const char *key, size_t number)
{
	pv_jsonw_key(w, key);
	pv_jsonw_int(w, (int64_t)number);
}

/* --- info ----------------------------------------------------------------- */

/* What is in the log is not in the file yet. */
static int find_sizes(size_t *out, const tracking_place *place, pv_error *err)
{
	static const char *const endings[] = { "", "-wal" };
	pv_buf path = { 0 };
	struct stat st;
	int rc = PV_OK;

	for (size_t i = 0; i < 2 && rc == PV_OK; i++) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s%s", place->file.ptr, endings[i]);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK && stat(path.ptr, &st) == 0 && st.st_size > 0)
			out[i] = (size_t)st.st_size;
	}
	pv_buf_dispose(&path);
	return rc;
}

/* Whether a server has one; a server that is not there is a failure. */
static int ask_server(int *exists_out, pv_cli *cli, const tracking_place *place)
{
	pv_executions_options opts = { .is_read_only = 1 };
	pv_executions *index = NULL;
	int rc;

	tracking_place_options(&opts, place);
	rc = pv_executions_open(&index, &opts, &cli->err);
	*exists_out = rc == PV_OK;
	pv_executions_free(index);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	return rc;
}

/* What is told of an index beside where it is. */
struct facts {
	pv_buf shown;
	int exists;
	size_t sizes[2]; /* of the file, and of the log beside it */
	size_t waiting;
	size_t unreadable;
};

static void info_json(pv_cli *cli, const tracking_place *place,
		      const struct facts *facts)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "backend",
			place->is_remote ? "postgresql" : "sqlite");
	pv_jsonw_member(&w, "path", facts->shown.ptr);
	pv_jsonw_key(&w, "exists");
	pv_jsonw_bool(&w, facts->exists);
	if (place->is_remote) {
		pv_jsonw_key(&w, "bytes");
		pv_jsonw_null(&w);
		pv_jsonw_key(&w, "wal_bytes");
		pv_jsonw_null(&w);
	} else {
		put_number(&w, "bytes", facts->sizes[0]);
		put_number(&w, "wal_bytes", facts->sizes[1]);
	}
	put_number(&w, "spooled", facts->waiting);
	put_number(&w, "unreadable", facts->unreadable);
	pv_jsonw_object_end(&w);
}

static void info_text(pv_cli *cli, const tracking_place *place,
		      const struct facts *facts)
{
	cli_text(cli, facts->shown.ptr, facts->shown.len);
	if (!facts->exists)
		cli_puts(cli, ": not there\n");
	else if (place->is_remote)
		cli_puts(cli, ": PostgreSQL\n");
	else
		cli_printf(cli, ": SQLite, %zu bytes, and %zu in its log\n",
			   facts->sizes[0], facts->sizes[1]);
	cli_printf(cli, "%zu executions wait%s\n", facts->waiting,
		   place->is_remote ? "" : " beside it");
	if (facts->unreadable)
		cli_printf(cli,
			   "%zu files beside it cannot be read: "
			   "%s.spool/*.bad\n",
			   facts->unreadable, place->file.ptr);
}

static int info(pv_cli *cli)
{
	tracking_place place = { 0 };
	struct facts facts = { .exists = 0 };
	int rc = tracking_find(&place, cli);

	if (rc == PV_OK)
		rc = pv_executions_spooled(&facts.waiting, place.file.ptr,
					   &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_unreadable(&facts.unreadable, place.file.ptr,
					      &cli->err);
	if (rc == PV_OK)
		rc = tracking_place_show(&facts.shown, &place, &cli->err);
	if (rc == PV_OK && place.is_remote)
		rc = ask_server(&facts.exists, cli, &place);
	else if (rc == PV_OK)
		rc = find_sizes(facts.sizes, &place, &cli->err);
	if (rc == PV_OK && !place.is_remote)
		facts.exists = pv_file_exists(place.file.ptr);
	if (rc == PV_OK && cli->json)
		info_json(cli, &place, &facts);
	else if (rc == PV_OK)
		info_text(cli, &place, &facts);
	pv_buf_dispose(&facts.shown);
	tracking_place_dispose(&place);
	return rc;
}

/* --- verify --------------------------------------------------------------- */

struct verdict {
	pv_cli *cli;
	progress bar;
	pv_strlist problems;
	pv_executions_texts texts;
	pv_executions_rollups rollups;
};

static int add_problem(const char *problem, void *payload)
{
	struct verdict *it = payload;

	return pv_strlist_add(&it->problems, problem, &it->cli->err);
}

static void note_step(size_t done, size_t count, void *payload)
{
	struct verdict *it = payload;

	it->bar.total = count;
	progress_step(&it->bar, done);
}

static int check_file(struct verdict *it, pv_executions *index)
{
	int rc;

	progress_start(&it->bar, it->cli, "Checking the database", 0);
	pv_executions_watch(index, note_step, it);
	rc = pv_executions_check(index, add_problem, it, &it->cli->err);
	progress_end(&it->bar);
	return rc;
}

static int check_sums(struct verdict *it, pv_executions *index, int repairs)
{
	int rc;

	progress_start(&it->bar, it->cli, "Comparing sums", 0);
	rc = pv_executions_check_rollups(&it->rollups, index, repairs,
					 &it->cli->err);
	progress_end(&it->bar);
	return rc;
}

static int note_texts(const pv_executions_texts *texts, void *payload)
{
	struct verdict *it = payload;

	if (!it->texts.done)
		progress_start(&it->bar, it->cli, "Reading texts", texts->count);
	it->texts = *texts;
	progress_step(&it->bar, texts->done);
	return texts->problem ? add_problem(texts->problem, it) : PV_OK;
}

static void print_verdict(const struct verdict *it, int is_ok)
{
	pv_cli *cli = it->cli;
	pv_jsonw w;

	if (!cli->json) {
		for (size_t i = 0; i < it->problems.count; i++)
			cli_printf(cli, "damaged: %s\n", it->problems.items[i]);
		cli_printf(cli, "%zu texts read, %zu damaged\n", it->texts.done,
			   it->texts.wrong);
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
	pv_jsonw_key(&w, "texts");
	pv_jsonw_object(&w);
	put_number(&w, "read", it->texts.done);
	put_number(&w, "damaged", it->texts.wrong);
	pv_jsonw_object_end(&w);
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
		rc = check_file(&it, index);
	if (rc == PV_OK)
		rc = pv_executions_check_texts(index, note_texts, &it, &cli->err);
	progress_end(&it.bar);
	if (rc == PV_OK)
		rc = check_sums(&it, index, repairs);
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
	tracking_place place = { 0 };
	size_t before = 0;
	size_t after = 0;
	size_t left = 0;
	pv_jsonw w;
	int rc = tracking_find(&place, cli);

	if (rc == PV_OK)
		rc = pv_executions_spooled(&before, place.file.ptr, &cli->err);
	/* Opening it to write takes over what waits. */
	if (rc == PV_OK &&
	    (before || place.is_remote || pv_file_exists(place.file.ptr)))
		rc = tracking_open(&index, cli, 0);
	if (rc == PV_OK && index)
		rc = pv_executions_drain(&left, index, 0, &cli->err);
	if (rc == PV_OK)
		rc = pv_executions_spooled(&after, place.file.ptr, &cli->err);
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
	tracking_place_dispose(&place);
	return rc;
}

int cmd_index(pv_cli *cli, int argc, char **argv)
{
	static const char *const verbs[] = { "info", "verify",  "drain",
					     "copy", "migrate", "vacuum",
					     NULL };
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
	if (strcmp(argv[0], "copy") == 0)
		return index_copy(cli, opts.to);
	if (strcmp(argv[0], "migrate") == 0)
		return index_migrate(cli);
	if (strcmp(argv[0], "vacuum") == 0)
		return index_vacuum(cli);
	return cli_fail_verb(cli, argv[0], verbs);
}
