/* SPDX-License-Identifier: MIT
 *
 * The two functions that chat templates of models expect: raise_exception and
 * strftime_now, whose time comes from the render's clock, in UTC.
 */
#include "jinja/run/machine.h"

#include <stdio.h>

#include "base/mem.h"

/* --- raise_exception -------------------------------------------------------- */

static int raise_exception(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value message = call->args[0];
	int rc = PV_OK;

	*out = pv_jinja_none();
	if (!pv_jinja_is_str(message))
		rc = pv_jinja_to_str(&message, call->run, message);
	if (rc < 0)
		return rc;
	return pv_jinja_raise(call->run, PV_JINJA_TEMPLATE_ERROR, "%.*s",
			      (int)message.len, message.u.s);
}

/* --- strftime_now ------------------------------------------------------------ */

struct moment {
	int64_t year;
	int month; /* from 1 */
	int day;
	int hour;
	int minute;
	int second;
	int micros;
	int weekday; /* from Sunday */
	int yearday; /* from 1 */
};

static const char *const months[] = { "January", "February", "March",
				      "April",   "May",      "June",
				      "July",    "August",   "September",
				      "October", "November", "December" };
static const char *const days[] = { "Sunday",    "Monday",   "Tuesday",
				    "Wednesday", "Thursday", "Friday",
				    "Saturday" };

/* The civil date of a day number, by counting in years that begin in March. */
static void set_date(struct moment *t, int64_t day)
{
	static const int before[] = { 0,   31,  59,  90,  120, 151,
				      181, 212, 243, 273, 304, 334 };
	int64_t era_day = day + 719468;
	int64_t era = (era_day >= 0 ? era_day : era_day - 146096) / 146097;
	int64_t of_era = era_day - era * 146097;
	int64_t year_of_era =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
				    year_of_era / 100);
	int march_month = (int)((5 * of_year + 2) / 153);
	int is_leap;

	t->day = (int)(of_year - (153 * march_month + 2) / 5) + 1;
	t->month = march_month < 10 ? march_month + 3 : march_month - 9;
	t->year = year_of_era + era * 400 + (t->month <= 2);
	is_leap = (t->year % 4 == 0 && t->year % 100 != 0) || t->year % 400 == 0;
	t->yearday = before[t->month - 1] + t->day + (is_leap && t->month > 2);
	t->weekday = (int)(((day + 4) % 7 + 7) % 7);
}

static void set_moment(struct moment *t, int64_t micros)
{
	const int64_t per_day = INT64_C(86400000000);
	int64_t day = micros / per_day;
	int64_t rest = micros % per_day;

	if (rest < 0) {
		rest += per_day;
		day--;
	}
	set_date(t, day);
	t->micros = (int)(rest % 1000000);
	t->second = (int)(rest / 1000000 % 60);
	t->minute = (int)(rest / 60000000 % 60);
	t->hour = (int)(rest / INT64_C(3600000000));
}

/* A number with leading zeros, which "-" leaves out. */
static void put_number(pv_buf *out, int is_short, int width, int64_t value)
{
	if (is_short)
		pv_buf_printf(out, "%lld", (long long)value);
	else
		pv_buf_printf(out, "%0*lld", width, (long long)value);
}

static void put_format(pv_buf *out, const struct moment *t, const char *format);

/* Week of the year, weeks beginning on the given weekday. */
static int week(const struct moment *t, int first)
{
	return (t->yearday + 6 - (t->weekday - first + 7) % 7) / 7;
}

/* Directives that are names or other directives; 1 when it was one. */
static int put_words(pv_buf *out, const struct moment *t, char directive)
{
	switch (directive) {
	case 'a':
		pv_buf_put(out, days[t->weekday], 3);
		return 1;
	case 'A':
		pv_buf_puts(out, days[t->weekday]);
		return 1;
	case 'b':
	case 'h':
		pv_buf_put(out, months[t->month - 1], 3);
		return 1;
	case 'B':
		pv_buf_puts(out, months[t->month - 1]);
		return 1;
	case 'p':
		pv_buf_puts(out, t->hour < 12 ? "AM" : "PM");
		return 1;
	case 'c':
		put_format(out, t, "%a %b %e %H:%M:%S %Y");
		return 1;
	case 'D':
	case 'x':
		put_format(out, t, "%m/%d/%y");
		return 1;
	case 'T':
	case 'X':
		put_format(out, t, "%H:%M:%S");
		return 1;
	case 'R':
		put_format(out, t, "%H:%M");
		return 1;
	case 'F':
		put_format(out, t, "%Y-%m-%d");
		return 1;
	case 'n':
		pv_buf_putc(out, '\n');
		return 1;
	case 't':
		pv_buf_putc(out, '\t');
		return 1;
	case '%':
		pv_buf_putc(out, '%');
		return 1;
	case 'z':
	case 'Z':
		return 1; /* a time without a zone */
	default:
		return 0;
	}
}

struct number_row {
	char directive;
	uint8_t width;
};

/* Directives that are numbers; 1 when it was one. */
static int put_numbers(pv_buf *out, const struct moment *t, char directive,
		       int is_short)
{
	static const char letters[] = "YCymdHIMSfjuwUW";
	static const uint8_t widths[] = { 4, 2, 2, 2, 2, 2, 2, 2,
					  2, 6, 3, 1, 1, 2, 2 };
	const int64_t values[] = { t->year,
				   t->year / 100,
				   t->year % 100,
				   t->month,
				   t->day,
				   t->hour,
				   (t->hour + 11) % 12 + 1,
				   t->minute,
				   t->second,
				   t->micros,
				   t->yearday,
				   (t->weekday + 6) % 7 + 1,
				   t->weekday,
				   week(t, 0),
				   week(t, 1) };
	const char *at = directive ? strchr(letters, directive) : NULL;

	if (!at)
		return 0;
	put_number(out, is_short, widths[at - letters], values[at - letters]);
	return 1;
}

static void put_format(pv_buf *out, const struct moment *t, const char *format)
{
	for (; *format; format++) {
		int is_short;

		if (*format != '%' || !format[1]) {
			pv_buf_putc(out, *format);
			continue;
		}
		is_short = format[1] == '-' && format[2];
		format += 1 + is_short;
		if (*format == 'e')
			pv_buf_printf(out, is_short ? "%d" : "%2d", t->day);
		else if (!put_words(out, t, *format) &&
			 !put_numbers(out, t, *format, is_short))
			pv_buf_printf(out, "%%%c", *format);
	}
}

static int strftime_now(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_machine *m = pv_jinja_machine_of(call->run);
	pv_jinja_value format = call->args[0];
	struct moment t = { 0 };
	size_t mark = pv_jinja_begin(call->run);
	char *copy;
	int rc;

	if (!pv_jinja_is_str(format))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "strftime() argument 1 must be str, not %s",
				      pv_jinja_type_name(format));
	rc = pv_jinja_alloc(&copy, call->run, format.len + 1);
	if (rc < 0)
		return rc;
	memcpy(copy, format.u.s, format.len);
	copy[format.len] = '\0';
	set_moment(&t, pv_clock_now(m->options->clock));
	put_format(&call->run->scratch, &t, copy);
	return pv_jinja_finish(out, call->run, mark, 0);
}

/* --- as globals -------------------------------------------------------------- */

static const pv_jinja_native raise_row = { .name = "raise_exception",
					   .python = "raise_exception",
					   .params = "message",
					   .least = 1,
					   .most = 1,
					   .fn = raise_exception };
static const pv_jinja_native strftime_row = { .name = "strftime_now",
					      .python = "strftime_now",
					      .params = "format",
					      .least = 1,
					      .most = 1,
					      .fn = strftime_now };

static int call_row(pv_jinja_value *out, pv_jinja_call *call)
{
	return pv_jinja_native_call(out, call->data, call);
}

static const pv_jinja_func funcs[] = {
	{ .fn = call_row,
	  .data = &raise_row,
	  .name = "raise_exception",
	  .type = "function" },
	{ .fn = call_row,
	  .data = &strftime_row,
	  .name = "strftime_now",
	  .type = "function" },
};

static const pv_jinja_value callables[] = {
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[0] },
	{ .type = PV_JINJA_FUNC, .u.func = &funcs[1] },
};

const pv_jinja_value *pv_jinja_chat_find(pv_jinja_value name)
{
	for (size_t i = 0; i < pv_array_len(funcs); i++)
		if (pv_jinja_str_is(name, funcs[i].name))
			return &callables[i];
	return NULL;
}
