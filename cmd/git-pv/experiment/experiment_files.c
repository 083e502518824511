/* SPDX-License-Identifier: MIT
 *
 * See experiment_files.h.
 */
#include "experiment/experiment_files.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/hold.h"

static const char folder[] = "experiments";
static const char suffix[] = ".yaml";

enum {
	TEXT_MAX = 4 << 20 /* bytes of a file */
};

int experiment_path(pv_buf *out, pv_cli *cli, const char *id)
{
	int rc = pv_id_check(id, &cli->err);

	if (rc != PV_OK)
		return rc;
	pv_buf_printf(out, "%s/%s%s", folder, id, suffix);
	return pv_buf_status(out, &cli->err);
}

/* --- where they are ---------------------------------------------------------- */

/* The points at which files are looked for, the first that has one counting. */
static int points_of(pv_point out[3], size_t *count_out, pv_cli *cli)
{
	size_t count = 0;

	if (!pv_store_is_bare(cli->store))
		out[count++].kind = PV_AT_WORKTREE;
	out[count].kind = PV_AT_COMMIT;
	if (pv_store_head(NULL, &out[count].commit, cli->store, &cli->err) < 0)
		return cli->err.code;
	count += out[count].commit.hex[0] != '\0';
	out[count].kind = PV_AT_COMMIT;
	if (pv_settings_tip(&out[count].commit, cli->store, &cli->settings,
			    NULL) == PV_OK)
		count++;
	*count_out = count;
	return PV_OK;
}

int experiment_id(pv_buf *out, const char *path)
{
	size_t head = sizeof(folder);
	size_t len = strlen(path);

	if (strncmp(path, folder, head - 1) != 0 || path[head - 1] != '/' ||
	    !pv_str_has_suffix(path, suffix) || len <= head + strlen(suffix))
		return 0;
	pv_buf_put(out, path + head, len - head - strlen(suffix));
	return 1;
}

int experiment_is_under_way(const pv_experiment *it)
{
	return it->status >= PV_EXPERIMENT_SCHEDULED &&
	       it->status <= PV_EXPERIMENT_PAUSED;
}

/* The experiment of a path as it is somewhere, which its id is the name of. */
static int read_at(pv_experiment **out, pv_cli *cli, const pv_point *at,
		   const char *path, pv_error *why)
{
	pv_buf text = { .max = TEXT_MAX };
	pv_buf id = { 0 };
	int rc;

	(void)experiment_id(&id, path);
	rc = pv_buf_status(&id, why);
	if (rc == PV_OK)
		rc = pv_store_read(&text, NULL, cli->store, at, path, why);
	if (rc == PV_OK)
		rc = pv_experiment_parse(out, id.ptr, pv_buf_text(&text),
					 text.len, why);
	pv_buf_dispose(&text);
	pv_buf_dispose(&id);
	return rc;
}

/* Whether the last commit has it under way; 0 for what cannot be told. */
static int was_under_way(pv_cli *cli, const char *path)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_experiment *it = NULL;
	pv_error why = { 0 };
	int rc = pv_store_head(NULL, &head.commit, cli->store, &why);

	if (rc == PV_OK && head.commit.hex[0])
		rc = read_at(&it, cli, &head, path, &why);
	rc = rc == PV_OK && it && experiment_is_under_way(it);
	pv_experiment_free(it);
	return rc;
}

static int hint_restore(pv_cli *cli, int rc, const char *path)
{
	return pv_error_hint(&cli->err, rc,
			     "\"git restore --staged --worktree %.90s\" puts it "
			     "back; \"git pv experiment stop\" ends it",
			     path);
}

/*
 * One under way is ended by verbs alone: a file that says something else, or
 * nothing that can be read, has lost the seals. A merge brings what verbs of
 * another branch did.
 */
static int check_step(pv_cli *cli, const pv_experiment *it, const char *path,
		      const pv_error *why)
{
	int rc;

	if ((it && experiment_is_under_way(it)) ||
	    pv_store_state(cli->store) != PV_STATE_NONE ||
	    !was_under_way(cli, path))
		return PV_OK;
	if (!it) {
		cli->err = *why;
		return cli->err.code;
	}
	rc = pv_fail(&cli->err, PV_EPOLICY,
		     "experiment \"%.64s\" is under way: \"status\" was changed "
		     "by hand",
		     it->id);
	return hint_restore(cli, rc, path);
}

/* Without its file one under way is over for all, and nobody is told so. */
static int check_removed(pv_cli *cli, const char *path)
{
	pv_buf id = { 0 };
	int rc = PV_OK;

	(void)experiment_id(&id, path);
	if (pv_store_state(cli->store) == PV_STATE_NONE &&
	    was_under_way(cli, path)) {
		rc = pv_fail(&cli->err, PV_EPOLICY,
			     "experiment \"%.64s\" is under way: its file is "
			     "not there any more",
			     pv_buf_text(&id));
		(void)hint_restore(cli, rc, path);
	}
	pv_buf_dispose(&id);
	return rc;
}

int experiment_check_file(pv_cli *cli, const pv_point *at, const char *path)
{
	pv_experiment *it = NULL;
	pv_error why = { 0 };
	pv_buf id = { 0 };
	int is_one = experiment_id(&id, path);
	int rc = PV_OK;

	pv_buf_dispose(&id);
	if (!is_one)
		return PV_OK;
	rc = read_at(&it, cli, at, path, &why);
	if (rc == PV_EPOLICY || rc == PV_ENOMEM)
		cli->err = why;
	else if (rc == PV_ENOTFOUND)
		rc = check_removed(cli, path);
	else
		rc = check_step(cli, it, path, &why);
	pv_experiment_free(it);
	return rc;
}

struct collection {
	pv_strlist ids;
	pv_error *err;
};

static int collect(const char *path, const pv_oid *blob, void *payload)
{
	struct collection *it = payload;
	pv_buf id = { 0 };
	int rc = PV_OK;

	(void)blob;
	if (experiment_id(&id, path)) {
		rc = pv_buf_status(&id, it->err);
		if (rc == PV_OK)
			rc = pv_strlist_add(&it->ids, id.ptr, it->err);
	}
	pv_buf_dispose(&id);
	return rc;
}

/* The ids of all experiments, wherever they are. */
static int list_ids(struct collection *out, pv_cli *cli)
{
	pv_point points[3] = { { 0 } };
	size_t count = 0;
	int rc = points_of(points, &count, cli);

	out->err = &cli->err;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_store_each(cli->store, &points[i], folder, collect, out,
				   &cli->err);
	pv_strlist_sort(&out->ids);
	pv_strlist_unique(&out->ids);
	return rc;
}

static int fail_unknown(pv_cli *cli, const char *id)
{
	struct collection found = { { 0 }, NULL };
	const char **names = NULL;
	int rc = list_ids(&found, cli);

	if (rc == PV_OK)
		names = pv_calloc(found.ids.count + 1, sizeof(*names));
	for (size_t i = 0; names && i < found.ids.count; i++)
		names[i] = found.ids.items[i];
	rc = pv_fail_id(&cli->err, PV_ERR_EXPERIMENT_NOT_FOUND,
			"there is no experiment \"%.128s\"", id);
	if (names && found.ids.count)
		(void)cli_hint_near(cli, rc, id, names, "git pv experiment list");
	else
		(void)pv_error_hint(&cli->err, rc,
				    "there is none yet: \"git pv experiment "
				    "create\" makes one");
	pv_free(names);
	pv_strlist_dispose(&found.ids);
	return rc;
}

int experiment_file_read(experiment_file *out, pv_cli *cli, const char *id)
{
	pv_point points[3] = { { 0 } };
	size_t count = 0;
	int rc = experiment_path(&out->path, cli, id);

	if (rc == PV_OK)
		rc = points_of(points, &count, cli);
	if (rc != PV_OK)
		return rc;
	out->text.max = TEXT_MAX;
	rc = PV_ENOTFOUND;
	for (size_t i = 0; i < count && rc == PV_ENOTFOUND; i++) {
		out->at = points[i];
		rc = pv_store_read(&out->text, &out->blob, cli->store, &out->at,
				   out->path.ptr, &cli->err);
	}
	if (rc == PV_ENOTFOUND)
		return fail_unknown(cli, id);
	pv_error_clear(rc == PV_OK ? &cli->err : NULL);
	return rc == PV_OK ? pv_experiment_parse(&out->it, id,
						 pv_buf_text(&out->text),
						 out->text.len, &cli->err)
			   : rc;
}

static int check_clean(pv_cli *cli, const experiment_file *file)
{
	int rc;

	if (pv_store_is_bare(cli->store))
		return PV_OK;
	rc = file_commit_state(cli);
	/* One that is to come has nothing to be clean of. */
	if (rc == PV_OK && file->text.len)
		rc = file_commit_clean(cli, file->path.ptr);
	/* Nobody may commit what a killed step, or a hand, left of one. */
	if (rc == PV_ECONFLICT && was_under_way(cli, file->path.ptr))
		(void)pv_error_hint(&cli->err, rc,
				    "\"git restore --staged --worktree %.90s\" "
				    "puts it back",
				    file->path.ptr);
	return rc;
}

/*
 * One that has ended here and not in the last commit was ended by a step that
 * was killed, or by hand: steps go from what is committed.
 */
static int check_ended(experiment_file *file, pv_cli *cli)
{
	return file->at.kind == PV_AT_WORKTREE &&
			       !experiment_is_under_way(file->it) &&
			       was_under_way(cli, file->path.ptr)
		       ? check_clean(cli, file)
		       : PV_OK;
}

/* Whether the tip of the default branch has it under way. */
static int is_under_way_there(pv_cli *cli, const char *path)
{
	pv_point tip = { PV_AT_COMMIT, { "" } };
	pv_experiment *it = NULL;
	pv_error why = { 0 };
	int rc = pv_settings_tip(&tip.commit, cli->store, &cli->settings, &why);

	if (rc == PV_OK)
		rc = read_at(&it, cli, &tip, path, &why);
	rc = rc == PV_OK && it && experiment_is_under_way(it);
	pv_experiment_free(it);
	return rc;
}

/*
 * A step is a commit of the branch that is checked out. Beside the default
 * branch, which has the experiment, it would be one that nobody routes by, and
 * a second experiment of the same name.
 */
static int check_branch(pv_cli *cli, const experiment_file *file, const char *id)
{
	const char *main = cli->settings.default_branch;
	pv_buf branch = { 0 };
	pv_oid head = { "" };
	int rc = pv_store_head(&branch, &head, cli->store, &cli->err);
	int is_there = rc == PV_OK && strcmp(pv_buf_text(&branch), main) == 0;

	pv_buf_dispose(&branch);
	if (rc < 0 || is_there || pv_store_is_bare(cli->store))
		return rc;
	if (!is_under_way_there(cli, file->path.ptr) &&
	    (file->at.kind != PV_AT_COMMIT ||
	     strcmp(file->at.commit.hex, head.hex) == 0))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "experiment \"%.64s\" is of branch \"%.64s\", which is "
		     "not checked out",
		     id, main);
	return pv_error_hint(&cli->err, rc,
			     "its steps are commits of that branch: \"git pv "
			     "switch %.64s\" first",
			     main);
}

int experiment_file_take(experiment_file *out, pv_cli *cli, const char *id)
{
	int rc = hold_repository(&out->held, cli,
				 "another step of an experiment is being taken");

	if (rc == PV_OK)
		rc = experiment_files_recover(cli);
	if (rc == PV_OK)
		rc = experiment_file_read(out, cli, id);
	if (rc == PV_OK)
		rc = check_branch(cli, out, id);
	return rc == PV_OK ? check_ended(out, cli) : rc;
}

void experiment_file_dispose(experiment_file *file)
{
	hold_release(file->held);
	pv_strlist_dispose(&file->fallbacks);
	pv_experiment_free(file->it);
	pv_buf_dispose(&file->path);
	pv_buf_dispose(&file->text);
}

int experiment_load(pv_experiment **out, pv_cli *cli, const char *id)
{
	experiment_file file = { { 0 } };
	int rc = experiment_file_read(&file, cli, id);

	*out = file.it;
	file.it = NULL;
	experiment_file_dispose(&file);
	return rc;
}

static int see(pv_cli *cli, const char *id,
	       int (*fn)(const experiment_file *file, const char *id,
			 const pv_error *err, void *payload),
	       void *payload)
{
	experiment_file file = { { 0 } };
	int rc = experiment_file_read(&file, cli, id);

	if (rc == PV_OK) {
		rc = fn(&file, id, NULL, payload);
	} else if (rc != PV_ENOMEM && rc != PV_EIO) {
		const pv_error why = cli->err;

		pv_error_clear(&cli->err);
		rc = fn(NULL, id, &why, payload);
	}
	experiment_file_dispose(&file);
	return rc;
}

int experiment_each(pv_cli *cli,
		    int (*fn)(const experiment_file *file, const char *id,
			      const pv_error *err, void *payload),
		    void *payload)
{
	struct collection found = { { 0 }, NULL };
	int rc = list_ids(&found, cli);

	for (size_t i = 0; i < found.ids.count && rc == PV_OK; i++)
		if (pv_id_check(found.ids.items[i], NULL) == PV_OK)
			rc = see(cli, found.ids.items[i], fn, payload);
	pv_strlist_dispose(&found.ids);
	return rc;
}

/* --- committing --------------------------------------------------------------- */

static int make_message(pv_buf *out, pv_cli *cli, const pv_experiment *it,
			const experiment_step *step)
{
	const char *said = step->how->message;

	if (said && !pv_str_trim((pv_str){ said, strlen(said) }).len)
		return pv_fail(&cli->err, PV_EINVALID,
			       "the commit message is empty");
	if (said)
		pv_buf_puts(out, said);
	else
		pv_buf_printf(out, "%s %s", step->subject, it->id);
	pv_buf_printf(out, "\n\nPv-Experiment: %s\nPv-Step: %s\n", it->id,
		      step->verb);
	if (it->epoch_count)
		pv_buf_printf(out, "Pv-Epoch: %u\n",
			      it->epochs[it->epoch_count - 1].number);
	if (step->trailers)
		pv_buf_put(out, pv_buf_text(step->trailers), step->trailers->len);
	return pv_buf_status(out, &cli->err);
}

static int commit_bare(pv_oid *out, pv_cli *cli, const pv_change *changes,
		       size_t count, const pv_commit_options *opts)
{
	pv_change_set set = { .changes = changes, .count = count };
	pv_buf branch = { 0 };
	int rc;

	pv_buf_printf(&branch, "refs/heads/%s", cli->settings.default_branch);
	rc = pv_buf_status(&branch, &cli->err);
	set.branch = pv_buf_text(&branch);
	if (rc == PV_OK)
		rc = pv_store_commit_changes(out, cli->store, &set, opts,
					     &cli->err);
	pv_buf_dispose(&branch);
	return rc;
}

static int commit_files(pv_oid *out, pv_cli *cli, const experiment_file *file,
			const pv_buf *text, const experiment_step *step,
			const pv_commit_options *opts)
{
	size_t count = step->other_count + 1;
	pv_change *changes = pv_calloc(count, sizeof(*changes));
	int rc;

	if (!changes)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < step->other_count; i++)
		changes[i] = step->others[i];
	changes[count - 1].path = file->path.ptr;
	changes[count - 1].data = pv_buf_text(text);
	changes[count - 1].len = text->len;
	rc = pv_store_is_bare(cli->store)
		     ? commit_bare(out, cli, changes, count, opts)
		     : experiment_files_commit(out, cli, changes, count, opts);
	pv_free(changes);
	return rc;
}

int experiment_unplaced(pv_cli *cli, int rc)
{
	if (rc == PV_OK)
		return rc;
	cli->err.source[0] = '\0';
	cli->err.line = 0;
	cli->err.column = 0;
	return cli->err.hint[0]
		       ? rc
		       : pv_error_hint(&cli->err, rc,
				       "nothing was changed; \"git pv help "
				       "experiment\" says what there may be");
}

int experiment_commit(pv_oid *out, pv_cli *cli, experiment_file *file,
		      const pv_buf *text, const experiment_step *step)
{
	pv_commit_options opts = { .no_verify = step->how->no_verify };
	committed seen = { .cli = cli };
	pv_experiment *made = NULL;
	pv_buf message = { 0 };
	pv_buf id = { 0 };
	pv_buf copy = { 0 };
	int rc = check_clean(cli, file);

	(void)experiment_id(&id, file->path.ptr);
	pv_buf_put(&copy, pv_buf_text(text), text->len);
	if (rc == PV_OK)
		rc = pv_buf_status(id.status ? &id : &copy, &cli->err);
	if (rc == PV_OK)
		rc = experiment_unplaced(cli,
					 pv_experiment_parse(&made, id.ptr,
							     copy.ptr, copy.len,
							     &cli->err));
	if (rc == PV_OK)
		rc = make_message(&message, cli, made, step);
	opts.message = pv_buf_text(&message);
	committed_options(&opts, &seen);
	if (rc == PV_OK)
		rc = commit_files(out, cli, file, text, step, &opts);
	if (rc == PV_OK) {
		cli_made(cli, "the commit %.7s is made all the same", out->hex);
		rc = pv_store_hash(&file->blob, copy.ptr, copy.len, &cli->err);
	}
	if (rc == PV_OK) {
		pv_experiment_free(file->it);
		pv_buf_dispose(&file->text);
		file->it = made;
		file->text = copy;
	} else {
		pv_experiment_free(made);
		pv_buf_dispose(&copy);
	}
	committed_dispose(&seen);
	pv_buf_dispose(&id);
	pv_buf_dispose(&message);
	return rc;
}
