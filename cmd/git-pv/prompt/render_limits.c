/* SPDX-License-Identifier: MIT
 *
 * git pv render --limit: what a render may cost, for those who want more, or
 * less, than is good for everybody.
 */
#include "prompt/render.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

enum limit_kind {
	OUTPUT,
	TEXT,
	MEMORY,
	STEPS,
	ITEMS,
	SECONDS,
	KINDS
};

struct limit {
	const char *name;
	const char *message; /* in the failure that names it */
	int64_t max;
};

static const struct limit limits[KINDS] = {
	[OUTPUT] = { "output", "bytes of output", (int64_t)1 << 31 },
	[TEXT] = { "text", "bytes of one string", (int64_t)1 << 31 },
	[MEMORY] = { "memory", "bytes of memory", (int64_t)1 << 40 },
	[STEPS] = { "steps", "steps of work", (int64_t)1 << 50 },
	[ITEMS] = { "items", "items of loops", (int64_t)1 << 50 },
	[SECONDS] = { "seconds", "microseconds", (int64_t)1 << 31 },
};

static void set(pv_render_options *out, size_t kind, int64_t number)
{
	switch ((enum limit_kind)kind) {
	case OUTPUT:
		out->max_output = (size_t)number;
		break;
	case TEXT:
		out->max_text = (size_t)number;
		break;
	case MEMORY:
		out->max_memory = (size_t)number;
		break;
	case STEPS:
		out->max_steps = number;
		break;
	case ITEMS:
		out->max_items = number;
		break;
	case SECONDS:
		out->max_micros = number * 1000000;
		break;
	case KINDS:
		break;
	}
}

/* "64m": digits, and k, m or g for powers of 1024; 0 when it is none. */
static int64_t read_number(const char *text, int64_t max)
{
	int64_t number = 0;
	int shift = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		number = number * 10 + (*text - '0');
		if (number > max)
			return 0;
	}
	if (*text == 'k' || *text == 'K')
		shift = 10;
	else if (*text == 'm' || *text == 'M')
		shift = 20;
	else if (*text == 'g' || *text == 'G')
		shift = 30;
	if (text[shift != 0])
		return 0;
	return number > max >> shift ? 0 : number << shift;
}

static int read_limit(pv_render_options *out, pv_cli *cli, const char *arg)
{
	const char *sign = strchr(arg, '=');
	pv_str name = { arg, sign ? (size_t)(sign - arg) : strlen(arg) };
	int64_t number;
	size_t kind = 0;
	int rc;

	while (kind < KINDS && !pv_str_is(name, limits[kind].name))
		kind++;
	if (kind == KINDS) {
		rc = cli_usage_error(cli, "there is no limit \"%.*s\"",
				     (int)(name.len > 80 ? 80 : name.len), arg);
		return pv_error_hint(&cli->err, rc,
				     "limits are output, text, memory, steps, "
				     "items and seconds");
	}
	number = sign ? read_number(sign + 1, limits[kind].max) : 0;
	if (!number) {
		rc = cli_usage_error(cli, "--limit takes NAME=N, not \"%.80s\"",
				     arg);
		return pv_error_hint(&cli->err, rc,
				     "N is a whole number from 1 on, 64m for "
				     "64 times 1024 times 1024");
	}
	set(out, kind, number);
	return PV_OK;
}

int render_read_limits(pv_render_options *out, pv_cli *cli, const cli_list *list)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < list->count; i++)
		rc = read_limit(out, cli, list->items[i].value);
	return rc;
}

int render_hint_limit(pv_error *err, int rc)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strstr(err->message, limits[i].message))
			return pv_error_hint(err, rc,
					     "look for an endless loop or a "
					     "huge text, or allow more by "
					     "--limit %s=N",
					     limits[i].name);
	return pv_error_hint(err, rc,
			     "the template does more than one may: look for "
			     "an endless loop or a huge text");
}
