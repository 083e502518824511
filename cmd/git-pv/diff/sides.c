/* SPDX-License-Identifier: MIT
 *
 * See sides.h. An operand with "@" behind its first character is a spec;
 * otherwise it is a revision, or, without "--" and where no revision of that
 * name exists, a prompt.
 */
#include "diff/sides.h"

#include <string.h>

#include "base/fail.h"
#include "repo/named.h"

/* The operands, sorted out. */
struct operands {
	pv_cli *cli;
	char **revs;
	int rev_count;
	char **ids;
	int id_count;
	int staged;
};

static int is_spec(const char *operand)
{
	return *operand != '@' && strchr(operand, '@') != NULL;
}

static int is_range(const char *operand)
{
	return strstr(operand, "..") != NULL;
}

/* --- points -------------------------------------------------------------- */

static int resolve(pv_point *out, const struct operands *ops, const char *rev)
{
	pv_cli *cli = ops->cli;
	/* With one prompt in question, numbers are its versions. */
	const char *id = ops->id_count == 1 ? ops->ids[0] : NULL;

	if (id && pv_id_check(id, NULL) < 0)
		id = NULL;
	return pv_rev_resolve(out, cli->store, &cli->settings, id, rev,
			      &cli->err);
}

/* HEAD's commit; an empty side before the first one. */
static int resolve_head(diff_side *out, pv_cli *cli)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_store_head(NULL, &out->at.commit, cli->store, &cli->err);
	out->is_empty = rc == PV_OK && !out->at.commit.hex[0];
	return rc;
}

static int need_two(pv_cli *cli)
{
	pv_fail(&cli->err, PV_EUNSUPPORTED,
		"\"%s\" is a bare repository: there are no files to compare "
		"with",
		pv_store_git_dir(cli->store));
	return pv_error_hint(&cli->err, PV_EUNSUPPORTED,
			     "name two revisions: git pv diff A B");
}

/* What is compared with when only one side is named. */
static int present(diff_side *out, const struct operands *ops)
{
	if (pv_store_is_bare(ops->cli->store))
		return need_two(ops->cli);
	out->at.kind = ops->staged ? PV_AT_INDEX : PV_AT_WORKTREE;
	return PV_OK;
}

/* Half of a range; nothing stands for HEAD. */
static int resolve_half(diff_side *out, const struct operands *ops, pv_str half)
{
	pv_buf text = { 0 };
	int rc;

	if (half.len == 0)
		return resolve_head(out, ops->cli);
	pv_buf_put(&text, half.ptr, half.len);
	rc = pv_buf_status(&text, &ops->cli->err);
	if (rc == PV_OK)
		rc = resolve(&out->at, ops, pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

static int move_to_base(diff_sides *sides, pv_cli *cli)
{
	if (sides->from.at.kind != PV_AT_COMMIT ||
	    sides->to.at.kind != PV_AT_COMMIT || sides->from.is_empty ||
	    sides->to.is_empty)
		return cli_usage_error(cli, "\"...\" needs two commits");
	return pv_store_merge_base(&sides->from.at.commit, cli->store,
				   &sides->from.at.commit, &sides->to.at.commit,
				   &cli->err);
}

/* A..B, or A...B: from where B left A. */
static int read_range(diff_sides *sides, const struct operands *ops,
		      const char *range)
{
	const char *dots = strstr(range, "..");
	int is_three = dots[2] == '.';
	pv_str left = { range, (size_t)(dots - range) };
	pv_str right = pv_str_of(dots + 2 + is_three);
	int rc = resolve_half(&sides->from, ops, left);

	if (rc == PV_OK)
		rc = resolve_half(&sides->to, ops, right);
	if (rc == PV_OK && is_three)
		rc = move_to_base(sides, ops->cli);
	return rc;
}

static int read_revisions(diff_sides *sides, const struct operands *ops)
{
	int rc;

	if (ops->rev_count == 1 && is_range(ops->revs[0])) {
		if (ops->staged)
			return cli_usage_error(ops->cli,
					       "--staged goes with one revision");
		return read_range(sides, ops, ops->revs[0]);
	}
	if (ops->rev_count > 0)
		rc = resolve(&sides->from.at, ops, ops->revs[0]);
	else
		rc = resolve_head(&sides->from, ops->cli);
	if (rc < 0)
		return rc;
	if (ops->rev_count < 2)
		return present(&sides->to, ops);
	if (ops->staged)
		return cli_usage_error(ops->cli,
				       "--staged goes with one revision");
	return resolve(&sides->to.at, ops, ops->revs[1]);
}

/* --- specs --------------------------------------------------------------- */

static int resolve_spec(pv_spec *out, pv_cli *cli, const pv_buf *text)
{
	int rc = pv_buf_status(text, &cli->err);

	if (rc < 0)
		return rc;
	return cli_spec_resolve(out, cli, pv_buf_text(text), PV_SPEC_WORKTREE);
}

/* The second spec, from what the user wrote: whole, a revision, or nothing. */
static void complete_spec(pv_buf *out, const char *first, const char *second,
			  int staged)
{
	size_t id_len = strcspn(first, "@");

	if (second && (is_spec(second) || !is_range(first))) {
		pv_buf_puts(out, second);
		return;
	}
	pv_buf_put(out, first, id_len);
	if (second)
		pv_buf_printf(out, "@%s", *second ? second : "HEAD");
	else if (staged)
		pv_buf_puts(out, "@:index");
}

/* `id@A id@B`, `id@A..B`, or `id@A` against the files. */
static int read_specs(diff_sides *sides, const struct operands *ops)
{
	const char *first = ops->revs[0];
	const char *dots = strstr(first, "..");
	const char *second = ops->rev_count > 1 ? ops->revs[1] : NULL;
	pv_buf left = { 0 };
	pv_buf right = { 0 };
	int rc;

	if ((dots && second) || ops->id_count > 0 || ops->rev_count > 2)
		return cli_usage_error(ops->cli, "two specs at most");
	if (dots && dots[2] == '.')
		return cli_usage_error(ops->cli,
				       "\"...\" is not for specs: \"%s\"", first);
	if (dots)
		second = dots + 2;
	pv_buf_put(&left, first, dots ? (size_t)(dots - first) : strlen(first));
	complete_spec(&right, first, second, ops->staged);
	rc = resolve_spec(&sides->old_spec, ops->cli, &left);
	if (rc == PV_OK)
		rc = resolve_spec(&sides->new_spec, ops->cli, &right);
	sides->from.at = sides->old_spec.at;
	sides->to.at = sides->new_spec.at;
	pv_buf_dispose(&left);
	pv_buf_dispose(&right);
	return rc;
}

/* --- prompts ------------------------------------------------------------- */

/* A file name becomes an id; ids and folders stay as they are. */
static int add_prompt(diff_sides *sides, pv_cli *cli, const char *operand)
{
	pv_buf path = { 0 };
	pv_buf id = { 0 };
	size_t len = strlen(operand);
	int rc;

	if (!pv_str_has_suffix(operand, ".yaml")) {
		while (len > 1 && operand[len - 1] == '/')
			len--;
		return pv_strlist_addn(&sides->only, operand, len, &cli->err);
	}
	rc = cli_repo_path(&path, cli, operand);
	if (rc == PV_OK)
		rc = pv_prompt_id(&id, &cli->settings, pv_buf_text(&path),
				  &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&sides->only, pv_buf_text(&id), &cli->err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&id);
	return rc;
}

int diff_sides_include(const diff_sides *sides, const char *id)
{
	if (sides->only.count == 0)
		return 1;
	for (size_t i = 0; i < sides->only.count; i++) {
		const char *wanted = sides->only.items[i];
		size_t len = strlen(wanted);

		if (strncmp(id, wanted, len) == 0 &&
		    (id[len] == '\0' || id[len] == '/'))
			return 1;
	}
	return 0;
}

/* --- the whole ----------------------------------------------------------- */

/* Without "--": the operands from the first that is no revision on. */
static void split_operands(struct operands *ops)
{
	int count = 0;

	while (count < ops->rev_count && count < 2) {
		const char *operand = ops->revs[count];
		pv_point at;

		if (!is_range(operand) && !is_spec(operand) &&
		    resolve(&at, ops, operand) < 0)
			break;
		count++;
	}
	ops->ids = ops->revs + count;
	ops->id_count = ops->rev_count - count;
	ops->rev_count = count;
	pv_error_clear(&ops->cli->err);
}

/* Ids in the place of names. */
static int take_names(const struct operands *ops)
{
	int rc = PV_OK;

	for (int i = 0; i < ops->rev_count && rc == PV_OK; i++)
		if (is_spec(ops->revs[i]))
			rc = named_operand(ops->cli, &ops->revs[i]);
	for (int i = 0; i < ops->id_count && rc == PV_OK; i++)
		rc = named_operand(ops->cli, &ops->ids[i]);
	return rc;
}

int diff_sides_read(diff_sides *out, pv_cli *cli, int argc, char **argv,
		    int staged)
{
	struct operands ops = { .cli = cli, .revs = argv, .staged = staged };
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	ops.rev_count = argc;
	if (cli->dashdash >= 0) {
		ops.rev_count = cli->dashdash;
		ops.ids = argv + cli->dashdash;
		ops.id_count = argc - cli->dashdash;
	} else {
		split_operands(&ops);
	}
	rc = take_names(&ops);
	if (rc < 0)
		return rc;
	if (ops.rev_count > 0 && is_spec(ops.revs[0]))
		return read_specs(out, &ops);
	if (ops.rev_count > 2)
		return cli_usage_error(cli, "more than two revisions");
	for (int i = 0; i < ops.id_count && rc == PV_OK; i++)
		rc = add_prompt(out, cli, ops.ids[i]);
	return rc < 0 ? rc : read_revisions(out, &ops);
}

void diff_sides_dispose(diff_sides *sides)
{
	pv_spec_dispose(&sides->old_spec);
	pv_spec_dispose(&sides->new_spec);
	pv_strlist_dispose(&sides->only);
}
