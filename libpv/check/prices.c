/* SPDX-License-Identifier: MIT
 *
 * See prices.h. Entries go by the name of the model, or by that with its
 * provider before it.
 */
#include "check/prices.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/check.h"
#include "prompt/model.h"

void pv_prices_dispose(pv_prices *prices)
{
	pv_buf_dispose(&prices->path);
	pv_json_free(prices->doc);
	prices->doc = NULL;
}

static int read_file(pv_prices *prices, pv_check_run *run)
{
	pv_check_run quiet = *run;
	pv_buf text = { 0 };
	pv_error why = { 0 };
	int rc;

	quiet.err = &why;
	rc = pv_check_read(&text, &quiet, pv_buf_text(&prices->path));
	if (rc == PV_OK)
		rc = pv_json_parse(&prices->doc, pv_buf_text(&text), text.len,
				   &why);
	if (rc < 0)
		(void)snprintf(prices->why, sizeof(prices->why), "%.190s",
			       why.message[0] ? why.message : "no such file");
	pv_buf_dispose(&text);
	return rc == PV_ENOMEM ? pv_fail_nomem(run->err) : PV_OK;
}

/* The file of that path, read once. */
static int open_file(pv_prices *prices, pv_check_run *run, const char *path)
{
	if (strcmp(pv_buf_text(&prices->path), path) == 0)
		return PV_OK;
	pv_prices_dispose(prices);
	prices->why[0] = '\0';
	pv_buf_puts(&prices->path, path);
	if (pv_buf_status(&prices->path, run->err) < 0)
		return pv_fail_nomem(run->err);
	return read_file(prices, run);
}

/* Of the limits only this one is of the input in every entry. */
static long room_in(const pv_json *entry)
{
	int64_t input = pv_json_int(pv_json_get(entry, "max_input_tokens"), 0);

	return input > 0 && input < INT32_MAX ? (long)input : 0;
}

/* As the prompt writes it, then with the provider before it. */
static long look_up(const pv_json *all, const char *provider, const char *name)
{
	const pv_json *entry = pv_json_get(all, name);
	pv_buf full = { 0 };

	if (!entry && *provider) {
		pv_buf_printf(&full, "%s/%s", provider, name);
		entry = pv_json_get(all, pv_buf_text(&full));
		pv_buf_dispose(&full);
	}
	return room_in(entry);
}

int pv_prices_room(long *out, const char **why_out, pv_check_run *run,
		   const char *provider, const char *name)
{
	const pv_yaml_node *path = pv_check_option(run, "prices");
	pv_prices *prices = &run->check->prices;
	int rc;

	*out = 0;
	*why_out = NULL;
	if (!path || !pv_node_is_text(path))
		return PV_OK;
	rc = open_file(prices, run, pv_yaml_follow(path)->text);
	if (rc < 0)
		return rc;
	if (!prices->doc)
		*why_out = prices->why;
	else
		*out = look_up(pv_json_root(prices->doc), provider, name);
	return PV_OK;
}
