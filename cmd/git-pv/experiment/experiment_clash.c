/* SPDX-License-Identifier: MIT
 *
 * What loses is kept as refs/pv/archive/ID/VARIANT, and git has no ref below
 * another one: "a" with a variant "b" and an experiment "a/b" cannot both be.
 */
#include <string.h>

#include "base/fail.h"
#include "experiment/experiment_files.h"

struct search {
	pv_cli *cli;
	const pv_experiment *mine;
};

/* Whether the refs of an experiment lie below that of another's variant. */
static int is_below(const char *id, const pv_experiment *other,
		    const char *variant)
{
	size_t len = strlen(other->id);
	size_t more = strlen(variant);

	return strncmp(id, other->id, len) == 0 && id[len] == '/' &&
	       strncmp(id + len + 1, variant, more) == 0 &&
	       (id[len + 1 + more] == '/' || id[len + 1 + more] == '\0');
}

static int refuse(pv_cli *cli, const pv_experiment *above, const char *variant,
		  const char *id)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "the variant \"%.64s\" of \"%.64s\" and the "
			 "experiment \"%.64s\" cannot both be archived",
			 variant, above->id, id);

	return pv_error_hint(&cli->err, rc,
			     "git has no ref below another one, as "
			     "refs/pv/archive/%.64s: choose another name",
			     id);
}

/* Any variant of one above the other's id. */
static int compare(pv_cli *cli, const pv_experiment *above, const char *id)
{
	for (size_t i = 0; i < above->variant_count; i++)
		if (is_below(id, above, above->variants[i].name))
			return refuse(cli, above, above->variants[i].name, id);
	return PV_OK;
}

static int look_at(const experiment_file *file, const char *id,
		   const pv_error *err, void *payload)
{
	const struct search *it = payload;
	int rc;

	(void)err;
	if (!file || strcmp(id, it->mine->id) == 0)
		return PV_OK;
	rc = compare(it->cli, it->mine, id);
	return rc == PV_OK ? compare(it->cli, file->it, it->mine->id) : rc;
}

int experiment_check_archive(pv_cli *cli, const pv_experiment *it)
{
	struct search search = { cli, it };

	return experiment_each(cli, look_at, &search);
}
