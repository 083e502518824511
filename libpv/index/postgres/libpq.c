/* SPDX-License-Identifier: MIT
 *
 * Loading libpq. It is not unloaded: what it brings along registers functions
 * that run when the process ends.
 */
#include "index/postgres/libpq.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/fail.h"

struct wanted {
	const char *name;
	size_t offset;
};

static const struct wanted functions[] = {
#define ROW(name) { "PQ" #name, offsetof(pv_libpq, name) },
	PV_LIBPQ_FUNCTIONS(ROW)
#undef ROW
};

int pv_libpq_load(pv_libpq *out, pv_error *err)
{
	void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
	int is_whole = library != NULL;

	for (size_t i = 0;
	     is_whole && i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *symbol = dlsym(library, functions[i].name);

		memcpy((char *)out + functions[i].offset, &symbol,
		       sizeof(symbol));
		is_whole = symbol != NULL;
	}
	if (is_whole)
		return PV_OK;
	pv_fail(err, PV_EUNSUPPORTED,
		"the index is in PostgreSQL, and libpq.so.5 cannot be loaded");
	return pv_error_hint(err, PV_EUNSUPPORTED,
			     "install libpq5, the client library of PostgreSQL, "
			     "14 or newer");
}
