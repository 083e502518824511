/* SPDX-License-Identifier: MIT
 *
 * A file of the repository that says what models can take, in the format of
 * LiteLLM's model_prices_and_context_window.json.
 */
#ifndef PV_CHECK_PRICES_H
#define PV_CHECK_PRICES_H

#include "base/json.h"
#include "check/rule.h"

/* The file, kept from one prompt to the next; `{ 0 }` is none. */
typedef struct pv_prices {
	pv_buf path;
	pv_json_doc *doc; /* NULL: it cannot be read, and `why` says so */
	char why[200];
} pv_prices;

void pv_prices_dispose(pv_prices *prices);

/*
 * What the file that `prices` of pv.yaml names for the rule says a model takes
 * as input, whatever it answers; 0 when it does not know the model, or
 * there is no such setting. A file that cannot be read is `*why_out`, else
 * NULL. PV_ENOMEM.
 */
int pv_prices_room(long *out, const char **why_out, pv_check_run *run,
		   const char *provider, const char *name);

#endif
