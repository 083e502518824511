/* SPDX-License-Identifier: MIT
 *
 * `git pv check --rev A..B`: the prompts whose files differ between two
 * states, or anything they include or refer to, checked as they are in the
 * second.
 */
#include "check/check.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static int add_before(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	pv_error *err = &check->cli->err;
	pv_oid *copy = pv_malloc(sizeof(*copy));
	int rc;

	if (!copy)
		return pv_fail_nomem(err);
	*copy = *blob; /* a commit knows them all */
	rc = pv_map_set(&check->before, pv_str_of(path), copy, NULL, err);
	if (rc < 0)
		pv_free(copy);
	return rc;
}

int check_range_read(struct check *check, const char *range, int argc, char **argv)
{
	pv_cli *cli = check->cli;
	char **operands = pv_calloc((size_t)argc + 1, sizeof(char *));
	int rc = PV_OK;

	if (!operands)
		return pv_fail_nomem(&cli->err);
	operands[0] = pv_strdup(range);
	if (!operands[0])
		rc = pv_fail_nomem(&cli->err);
	for (int i = 0; i < argc; i++)
		operands[i + 1] = argv[i];
	cli->dashdash = 1;
	if (rc == PV_OK)
		rc = diff_sides_read(&check->sides, cli, argc + 1, operands, 0);
	check->is_range = 1;
	check->at = check->sides.to.at;
	if (rc == PV_OK && !check->sides.from.is_empty)
		rc = pv_store_each(cli->store, &check->sides.from.at,
				   cli->settings.prompts_dir, add_before, check,
				   &cli->err);
	if (rc == PV_OK && !check->sides.from.is_empty)
		rc = check_files_before(check, &check->sides.from.at, add_before);
	pv_free(operands[0]);
	pv_free(operands);
	return rc;
}

/*
 * Whether what the prompt depends on differs. What cannot be told, because it
 * does not load on a side, is not of this range.
 */
static int differs_below(int *out, const struct check *check, const char *id)
{
	const pv_point *points[] = { &check->sides.from.at, &check->at };
	pv_cli *cli = check->cli;
	pv_buf closures[2] = { { 0 }, { 0 } };
	pv_error why = { 0 };
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++)
		rc = pv_closure(&closures[i], cli->store, &cli->settings,
				points[i], id, &why);
	*out = rc == PV_OK &&
	       strcmp(pv_buf_text(&closures[0]), pv_buf_text(&closures[1])) != 0;
	pv_buf_dispose(&closures[0]);
	pv_buf_dispose(&closures[1]);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
}

static int differs(int *out, const struct check *check, const char *path,
		   const pv_oid *blob)
{
	const pv_oid *before = pv_map_find(&check->before, pv_str_of(path));
	pv_cli *cli = check->cli;
	pv_oid now = { "" };
	int rc = PV_OK;

	if (blob)
		now = *blob;
	else
		rc = pv_store_find(&now, cli->store, &check->at, path, &cli->err);
	*out = !before || strcmp(before->hex, now.hex) != 0;
	return rc;
}

int check_range_has(int *out, const struct check *check, const char *id,
		    const char *path, const pv_oid *blob)
{
	int rc;

	*out = 0;
	if (!diff_sides_include(&check->sides, id))
		return PV_OK;
	rc = differs(out, check, path, blob);
	return rc < 0 || *out ? rc : differs_below(out, check, id);
}

int check_range_changed(int *out, const struct check *check, const char *path,
			const pv_oid *blob)
{
	*out = 0;
	return diff_sides_include(&check->sides, path)
		       ? differs(out, check, path, blob)
		       : PV_OK;
}

static int free_before(pv_str path, void *value, void *payload)
{
	(void)path;
	(void)payload;
	pv_free(value);
	return 0;
}

void check_range_dispose(struct check *check)
{
	(void)pv_map_each(&check->before, free_before, NULL);
	pv_map_dispose(&check->before);
	diff_sides_dispose(&check->sides);
}
