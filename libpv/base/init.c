/* SPDX-License-Identifier: MIT
 *
 * Library start and end. Modules with foreign state (the store's libgit2)
 * start it on first use and keep it; nothing here depends on them.
 */
#include <pv/init.h>

const char *pv_version(void)
{
	return PV_VERSION_STRING;
}

int pv_init(pv_error *err)
{
	(void)err;
	return PV_OK;
}

void pv_shutdown(void)
{
}
