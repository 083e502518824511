/* SPDX-License-Identifier: MIT
 *
 * Specs as commands take them: where a fallback answers for an environment,
 * that is told.
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
	const char *asked = spec->rev + sizeof(prefix) - 1;

	if (!spec->resolved_from[0] || !strcmp(asked, spec->resolved_from))
		return NULL;
	return spec->resolved_from;
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
