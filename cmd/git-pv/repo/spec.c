/* SPDX-License-Identifier: MIT
 *
 * Specs as commands take them: where a fallback answers for an environment,
 * that is told; where a version is wanted, any name of its state will do.
 */
#include "cli.h"

#include <string.h>

int cli_settings_load(pv_cli *cli)
{
	int rc = pv_settings_load(&cli->settings, cli->store, &cli->err);

	cli->settings.no_fallback = cli->no_fallback;
	return rc;
}

const char *cli_fallback_of(const pv_spec *spec)
{
	static const char prefix[] = "env:";

	if (!spec->resolved_from[0] ||
	    !strcmp(spec->rev + sizeof(prefix) - 1, spec->resolved_from))
		return NULL;
	return spec->resolved_from;
}

void cli_fallback_json(pv_jsonw *w, const pv_spec *spec)
{
	pv_jsonw_member(w, "resolved_from", cli_fallback_of(spec));
}

int cli_spec_resolve(pv_spec *out, pv_cli *cli, const char *text,
		     enum pv_spec_default otherwise)
{
	int rc = pv_spec_resolve(out, cli->store, &cli->settings, text,
				 otherwise, &cli->err);

	if (rc == PV_OK && cli_fallback_of(out))
		cli_note(cli, "\"%s\" is what is live in \"%s\", its fallback",
			 out->label, out->resolved_from);
	return rc;
}

static int is_blob(const pv_spec *spec, pv_cli *cli, const pv_oid *blob)
{
	pv_oid there;
	int rc = pv_store_find(&there, cli->store, &spec->at, spec->path, NULL);

	return rc == PV_OK && !strcmp(there.hex, blob->hex);
}

/* What was asked for stays that, though the version is known now. */
static void keep_asked(pv_spec *tagged, pv_spec *spec)
{
	char *rev = tagged->rev;
	char *label = tagged->label;

	tagged->rev = spec->rev;
	tagged->label = spec->label;
	spec->rev = rev;
	spec->label = label;
	memcpy(tagged->resolved_from, spec->resolved_from,
	       sizeof(tagged->resolved_from));
}

int cli_spec_tag(pv_spec *spec, pv_cli *cli)
{
	pv_buf text = { 0 };
	pv_spec tagged = { 0 };
	pv_oid blob = { "" };
	size_t id_len;
	int rc;

	if (spec->version[0] || spec->at.kind != PV_AT_COMMIT)
		return PV_OK;
	pv_buf_printf(&text, "%s@", spec->id);
	id_len = text.len;
	rc = pv_store_find(&blob, cli->store, &spec->at, spec->path, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_describe(&text, cli->store, &cli->settings,
					 spec->id, &spec->at, &cli->err);
	/* What is derived ends in "+g<commit>". */
	if (rc < 0 || strchr(pv_buf_text(&text) + id_len, '+'))
		goto out;
	rc = cli_spec_resolve(&tagged, cli, pv_buf_text(&text), PV_SPEC_COMMIT);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	} else if (rc == PV_OK && is_blob(&tagged, cli, &blob)) {
		keep_asked(&tagged, spec);
		pv_spec_dispose(spec);
		*spec = tagged;
		memset(&tagged, 0, sizeof(tagged));
	}
out:
	pv_spec_dispose(&tagged);
	pv_buf_dispose(&text);
	return rc;
}
