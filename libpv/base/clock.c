/* SPDX-License-Identifier: MIT
 *
 * Time as text and back, by the civil calendar arithmetic of
 * proleptic Gregorian days; no libc calendar, no locale, no time zone data.
 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/str.h"

enum {
	DAY_SECONDS = 86400
};

int64_t pv_clock_now(const pv_clock *clock)
{
	struct timespec now;

	if (clock && clock->now)
		return clock->now(clock->payload);
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a civil date. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t era;
	int64_t year_of_era;
	int64_t day_of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

struct civil {
	int64_t year;
	int month;
	int day;
};

static struct civil civil_from_days(int64_t days)
{
	struct civil date;
	int64_t era;
	int64_t day_of_era;
	int64_t year_of_era;
	int64_t day_of_year;
	int64_t shifted_month;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
		       day_of_era / 146096) /
		      365;
	day_of_year = day_of_era -
		      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	shifted_month = (5 * day_of_year + 2) / 153;
	date.day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
	date.month = (int)(shifted_month + (shifted_month < 10 ? 3 : -9));
	date.year = year_of_era + era * 400 + (date.month <= 2);
	return date;
}

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

void pv_time_format(char out[PV_TIME_TEXT], int64_t micros)
{
	int64_t millis = floor_div(micros, 1000);
	int64_t seconds = floor_div(millis, 1000);
	int64_t days = floor_div(seconds, DAY_SECONDS);
	int of_day = (int)(seconds - days * DAY_SECONDS);
	struct civil date = civil_from_days(days);

	snprintf(out, PV_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		 (int)(date.year % 10000), date.month, date.day, of_day / 3600,
		 of_day / 60 % 60, of_day % 60, (int)(millis - seconds * 1000));
}

void pv_time_format_offset(char out[PV_TIME_TEXT], int64_t seconds,
			   int offset_minutes)
{
	int64_t local = seconds + (int64_t)offset_minutes * 60;
	int64_t days = floor_div(local, DAY_SECONDS);
	int of_day = (int)(local - days * DAY_SECONDS);
	struct civil date = civil_from_days(days);
	int offset = offset_minutes < 0 ? -offset_minutes : offset_minutes;

	snprintf(out, PV_TIME_TEXT, "%04d-%02d-%02d %02d:%02d:%02d %c%02d%02d",
		 (int)(date.year % 10000), date.month, date.day, of_day / 3600,
		 of_day / 60 % 60, of_day % 60, offset_minutes < 0 ? '-' : '+',
		 offset / 60 % 100, offset % 60);
}

/* Reads exactly `count` digits and, when `then` is set, that character. */
static int take_number(const char **text, int count, char then)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		value = value * 10 + (**text - '0');
	}
	if (then) {
		if (**text != then)
			return -1;
		(*text)++;
	}
	return value;
}

static int days_in_month(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
					      31, 31, 30, 31, 30, 31 };
	int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static int take_date(const char **text, int64_t *days_out)
{
	int year = take_number(text, 4, '-');
	int month = year < 0 ? -1 : take_number(text, 2, '-');
	int day = month < 0 ? -1 : take_number(text, 2, 0);

	if (month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return -1;
	*days_out = days_from_civil(year, month, day);
	return 0;
}

static int take_clock(const char **text, int64_t *micros_out)
{
	int hour = take_number(text, 2, ':');
	int minute = hour < 0 ? -1 : take_number(text, 2, ':');
	int second = minute < 0 ? -1 : take_number(text, 2, 0);
	int64_t unit = 100000;
	int64_t micros = 0;

	if (second < 0 || hour > 23 || minute > 59 || second > 60)
		return -1;
	if (**text == '.') {
		(*text)++;
		if (**text < '0' || **text > '9')
			return -1;
		for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
			micros += (**text - '0') * unit;
	}
	*micros_out =
		((hour * 60 + minute) * 60 + second) * (int64_t)1000000 + micros;
	return 0;
}

static int take_offset(const char **text, int *minutes_out)
{
	char sign = **text;
	int hours;
	int minutes;

	*minutes_out = 0;
	(*text)++;
	if (sign == 'Z' || sign == 'z')
		return 0;
	if (sign != '+' && sign != '-')
		return -1;
	hours = take_number(text, 2, ':');
	minutes = hours < 0 ? -1 : take_number(text, 2, 0);
	if (minutes < 0 || hours > 23 || minutes > 59)
		return -1;
	*minutes_out = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
	return 0;
}

int pv_time_parse(int64_t *micros_out, const char *text, pv_error *err)
{
	const char *at = text;
	int64_t days = 0;
	int64_t micros = 0;
	int offset = 0;
	int is_bad;

	is_bad = take_date(&at, &days) < 0;
	is_bad = is_bad || !strchr("Tt ", *at) || !*at++;
	is_bad = is_bad || take_clock(&at, &micros) < 0;
	is_bad = is_bad || take_offset(&at, &offset) < 0 || *at;
	if (is_bad)
		return pv_fail(err, PV_EINVALID,
			       "\"%.40s\" is not an RFC 3339 time", text);
	*micros_out = days * DAY_SECONDS * 1000000 + micros -
		      (int64_t)offset * 60000000;
	return PV_OK;
}

int64_t pv_time_span(const char *text)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = { 1, 60, 3600, 86400, 604800 };
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	pv_str number = { text, digits };
	unsigned count;

	if (!unit || text[digits + 1] ||
	    pv_str_to_uint(&count, number, 1000000) < 0)
		return 0;
	return (int64_t)count * seconds[unit - units] * 1000000;
}
