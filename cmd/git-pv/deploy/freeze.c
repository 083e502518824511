/* SPDX-License-Identifier: MIT
 *
 * See freeze.h. A window is from a time until another, or on days of the week
 * from an hour until another, in UTC unless it has an offset. What is not
 * understood is taken for open: nobody is to deploy because of a typing error.
 */
#include "deploy/freeze.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	DAY = 86400 /* seconds */
};

struct window {
	const char *from; /* texts of pv.yaml; NULL: not there */
	const char *until;
	const char *offset;
	const char *reason;
	const pv_yaml_node *days; /* a sequence, or NULL */
	int64_t utc_offset;       /* seconds */
};

/* --- reading a window ------------------------------------------------------- */

static const char *text_of(const pv_yaml_node *node)
{
	node = pv_yaml_resolve(node);
	return node->kind == PV_YAML_SCALAR ? node->text : NULL;
}

/* 1 when all its keys are known and are texts. */
static int read_keys(struct window *out, const pv_yaml_node *node)
{
	const struct {
		const char *key;
		const char **place;
	} rows[] = {
		{ "from", &out->from },
		{ "until", &out->until },
		{ "utc_offset", &out->offset },
		{ "reason", &out->reason },
	};

	for (const pv_yaml_node *at = node->first; at; at = at->next) {
		const pv_yaml_node *value = pv_yaml_resolve(at);
		int is_known = 0;

		for (size_t i = 0; i < pv_array_len(rows); i++) {
			if (strcmp(at->key->text, rows[i].key) != 0)
				continue;
			*rows[i].place = text_of(value);
			is_known = *rows[i].place != NULL;
		}
		if (!strcmp(at->key->text, "days")) {
			out->days = value;
			is_known = value->kind == PV_YAML_SEQUENCE;
		}
		if (!is_known)
			return 0;
	}
	return 1;
}

static int is_hour(const char *text)
{
	return text && strlen(text) == 5 && text[2] == ':';
}

/* Reads "16:00", up to 24:00. */
static int read_hour(int64_t *out, const char *text)
{
	unsigned hour = 0;
	unsigned minute = 0;

	if (!is_hour(text) || pv_str_to_uint(&hour, (pv_str){ text, 2 }, 24) < 0 ||
	    pv_str_to_uint(&minute, (pv_str){ text + 3, 2 }, 59) < 0)
		return 0;
	*out = (int64_t)hour * 3600 + (int64_t)minute * 60;
	return *out <= DAY;
}

static int read_offset(struct window *window)
{
	const char *text = window->offset;

	if (!text || !strcmp(text, "Z"))
		return 1;
	if ((text[0] != '+' && text[0] != '-') ||
	    !read_hour(&window->utc_offset, text + 1))
		return 0;
	if (text[0] == '-')
		window->utc_offset = -window->utc_offset;
	return 1;
}

/* A time, or a day: its beginning, or its end. */
static int read_time(int64_t *out, const struct window *window,
		     const char *text, int is_end)
{
	char day[64];
	int64_t micros;

	if (pv_time_parse(&micros, text, NULL) == PV_OK) {
		*out = micros / 1000000;
		return 1;
	}
	snprintf(day, sizeof(day), "%.20sT00:00:00Z", text);
	if (strlen(text) != 10 || pv_time_parse(&micros, day, NULL) < 0)
		return 0;
	*out = micros / 1000000 - window->utc_offset + (is_end ? DAY : 0);
	return 1;
}

/* The bit of a day of the week, Sunday first; 0 for what is none. */
static unsigned day_bit(const char *name)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed",
					     "thu", "fri", "sat" };

	for (size_t i = 0; name && i < pv_array_len(names); i++)
		if (!strcmp(name, names[i]))
			return 1U << i;
	return 0;
}

static int read_days(unsigned *out, const struct window *window)
{
	*out = window->days ? 0 : 0x7f;
	if (!window->days)
		return 1;
	for (const pv_yaml_node *node = window->days->first; node;
	     node = node->next) {
		unsigned bit = day_bit(text_of(node));

		if (!bit)
			return 0;
		*out |= bit;
	}
	return *out != 0;
}

/* --- whether it is open ------------------------------------------------------ */

enum state {
	SHUT,
	OPEN,
	UNCLEAR
};

static int has_day(unsigned days, int64_t day)
{
	/* The first day of the epoch was a Thursday. */
	int64_t weekday = (day % 7 + 7 + 4) % 7;

	return (days & (1U << weekday)) != 0;
}

/* On days of the week; `*end_out` is when it is over. */
static enum state ask_week(int64_t *end_out, const struct window *window,
			   int64_t now)
{
	int64_t local = now + window->utc_offset;
	int64_t second = (local % DAY + DAY) % DAY;
	int64_t midnight = now - second;
	int64_t day = (local - second) / DAY;
	int64_t from = 0;
	int64_t until = DAY;
	unsigned days;

	if (!read_days(&days, window) ||
	    (window->from && !read_hour(&from, window->from)) ||
	    (window->until && !read_hour(&until, window->until)))
		return UNCLEAR;
	if (from < until) {
		*end_out = midnight + until;
		return has_day(days, day) && second >= from && second < until
			       ? OPEN
			       : SHUT;
	}
	/* Over midnight: what began yesterday, or begins today. */
	if (has_day(days, day - 1) && second < until) {
		*end_out = midnight + until;
		return OPEN;
	}
	*end_out = midnight + DAY + until;
	return has_day(days, day) && second >= from ? OPEN : SHUT;
}

/* From a time until another; without one of them there is no such end. */
static enum state ask_span(int64_t *end_out, const struct window *window,
			   int64_t now)
{
	int64_t from = INT64_MIN;

	*end_out = INT64_MAX;
	if ((window->from && !read_time(&from, window, window->from, 0)) ||
	    (window->until && !read_time(end_out, window, window->until, 1)))
		return UNCLEAR;
	/* Its ends are mixed up: nobody means a window that never is. */
	if (*end_out <= from)
		return UNCLEAR;
	return now >= from && now < *end_out ? OPEN : SHUT;
}

static enum state ask(int64_t *end_out, struct window *window,
		      const pv_yaml_node *node, int64_t now)
{
	*end_out = INT64_MAX;
	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_BOOL)
		return !strcmp(node->text, "false") ? SHUT : OPEN;
	if (node->kind != PV_YAML_MAPPING || !node->first ||
	    !read_keys(window, node) || !read_offset(window))
		return UNCLEAR;
	if (window->days || is_hour(window->from) || is_hour(window->until))
		return ask_week(end_out, window, now);
	return ask_span(end_out, window, now);
}

static void tell(pv_buf *out, const char *name, const struct window *window,
		 int64_t end)
{
	char until[PV_TIME_TEXT];

	pv_buf_printf(out, "\"%.64s\" is frozen", name);
	if (end != INT64_MAX) {
		pv_time_format(until, end * 1000000);
		pv_buf_printf(out, " until %s", until);
	}
	if (window->reason)
		pv_buf_printf(out, ": %.120s", window->reason);
}

/* --- the whole ------------------------------------------------------------------ */

static const pv_yaml_node *find(const cli_environment *environment)
{
	const pv_yaml_node *node = pv_yaml_get(environment->settings, "freeze");

	node = node ? pv_yaml_resolve(node) : NULL;
	return node && node->type == PV_YAML_NULL && node->kind == PV_YAML_SCALAR
		       ? NULL
		       : node;
}

int freeze_is_set(const cli_environment *environment)
{
	return find(environment) != NULL;
}

int freeze_now(int64_t *out, pv_cli *cli, int is_push)
{
	pv_signature who = { 0 };
	int rc = PV_OK;

	*out = pv_clock_now(NULL) / 1000000;
	if (is_push)
		return PV_OK;
	rc = pv_store_committer(&who, cli->store, &cli->err);
	if (rc == PV_OK)
		*out = who.when;
	pv_signature_dispose(&who);
	return rc;
}

int freeze_find(pv_buf *out, const char **hint_out, pv_cli *cli,
		const cli_environment *environment, int64_t now)
{
	const char *name = pv_buf_text(&environment->name);
	const pv_yaml_node *all = find(environment);
	int is_list = all && all->kind == PV_YAML_SEQUENCE;
	const pv_yaml_node *node = is_list ? all->first : all;

	*hint_out =
		"wait for its end; rollbacks are let in, and --freeze deploys "
		"for whom the policy lets override";
	for (; node && !out->len; node = is_list ? node->next : NULL) {
		const pv_yaml_node *item = pv_yaml_resolve(node);
		struct window window = { 0 };
		int64_t end;

		switch (ask(&end, &window, item, now)) {
		case SHUT:
			break;
		case OPEN:
			tell(out, name, &window, end);
			break;
		case UNCLEAR:
			pv_buf_printf(out,
				      "\"freeze\" of \"%.64s\" is not "
				      "understood (pv.yaml:%d)",
				      name, (int)item->line);
			*hint_out = "a window is {from: 2026-12-20, until: "
				    "2027-01-02} or as pv.yaml(5) says";
			break;
		}
	}
	return pv_buf_status(out, &cli->err);
}
