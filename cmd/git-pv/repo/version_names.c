/* SPDX-License-Identifier: MIT
 *
 * See version_names.h. `git pv mv` leaves the versions of a former id where they
 * are; the trailer of its commit leads to them.
 */
#include "repo/version_names.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/named.h"

enum {
	NAMES_MAX = 100 /* of one prompt */
};

/* The versions under one name. */
struct version_name {
	char *id;
	pv_version_list list;
};

void version_names_dispose(version_names *all)
{
	for (size_t i = 0; i < all->name_count; i++) {
		pv_free(all->names[i].id);
		pv_version_list_dispose(&all->names[i].list);
	}
	pv_free(all->names);
	pv_free(all->rows);
}

static int add_name(version_names *out, const char *id)
{
	pv_cli *cli = out->cli;
	struct version_name *name;
	int rc;

	if (pv_array_reserve(&out->names, &out->name_cap, out->name_count + 1,
			     sizeof(*out->names)) < 0)
		return pv_fail_nomem(&cli->err);
	name = &out->names[out->name_count++];
	memset(name, 0, sizeof(*name));
	name->id = pv_strdup(id);
	if (!name->id)
		return pv_fail_nomem(&cli->err);
	rc = pv_version_list_load(&name->list, cli->store, &cli->settings, id,
				  &cli->err);
	if (rc == PV_OK && name->list.count) {
		const pv_version_info *lowest =
			&name->list.items[name->list.count - 1];

		out->from = lowest->commit;
		out->is_first = strcmp(lowest->text, "1.0.0") == 0;
		out->count += name->list.count;
	}
	return rc;
}

/* What it was called before; a prompt that began at 1.0.0 had no other name. */
static int find_former(pv_buf *id, version_names *out)
{
	pv_cli *cli = out->cli;
	pv_buf former = { 0 };
	int rc = PV_OK;

	if (!out->count)
		rc = pv_settings_tip(&out->from, cli->store, &cli->settings,
				     NULL);
	if (rc == PV_OK && !out->is_first)
		rc = pv_version_former(&former, cli->store, &cli->settings,
				       pv_buf_text(id), &out->from, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_buf_clear(id);
	pv_buf_puts(id, pv_buf_text(&former));
	pv_buf_dispose(&former);
	return rc == PV_OK ? pv_buf_status(id, &cli->err) : rc;
}

static int fill_rows(version_names *out)
{
	size_t at = 0;

	out->rows = pv_calloc(out->count + 1, sizeof(*out->rows));
	if (!out->rows)
		return pv_fail_nomem(&out->cli->err);
	for (size_t i = 0; i < out->name_count; i++) {
		const struct version_name *name = &out->names[i];

		for (size_t k = 0; k < name->list.count; k++, at++) {
			out->rows[at].id = name->id;
			out->rows[at].info = &name->list.items[k];
		}
	}
	return PV_OK;
}

int version_names_load(version_names *out, const char *id)
{
	pv_buf name = { 0 };
	int rc = named_check(out->cli, id);

	pv_buf_puts(&name, id);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, &out->cli->err);
	for (int i = 0; i < NAMES_MAX && rc == PV_OK && name.len; i++) {
		rc = add_name(out, name.ptr);
		if (rc == PV_OK)
			rc = find_former(&name, out);
	}
	pv_buf_dispose(&name);
	return rc == PV_OK ? fill_rows(out) : rc;
}

int version_names_none(pv_cli *cli, const char *id)
{
	pv_spec spec = { 0 };
	int rc;

	rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	pv_spec_dispose(&spec);
	if (rc == PV_OK)
		cli_hint(cli,
			 "\"%s\" has no version yet; \"git pv release %s\" "
			 "makes the first",
			 id, id);
	return rc;
}
