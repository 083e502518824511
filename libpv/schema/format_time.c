/* SPDX-License-Identifier: MIT
 *
 * Dates, times and durations of RFC 3339.
 */
#include "schema/format.h"

/* Two digits at `at`; -1 where there are none. */
static int two(pv_str text, size_t at)
{
	if (at + 2 > text.len || !pv_is_digit(text.ptr[at]) ||
	    !pv_is_digit(text.ptr[at + 1]))
		return -1;
	return (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0');
}

static int is_at(pv_str text, size_t at, char c)
{
	return at < text.len && text.ptr[at] == c;
}

static int days_in(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30,
				     31, 31, 30, 31, 30, 31 };
	int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && is_leap);
}

int pv_format_is_date(pv_str text)
{
	int century = two(text, 0);
	int year = two(text, 2);
	int month = two(text, 5);
	int day = two(text, 8);

	if (text.len != 10 || century < 0 || year < 0 || !is_at(text, 4, '-') ||
	    !is_at(text, 7, '-') || month < 1 || month > 12)
		return 0;
	return day >= 1 && day <= days_in(century * 100 + year, month);
}

/* Minutes east of Greenwich; 0 where the offset is none. */
static int read_offset(pv_str text, int *minutes)
{
	int hour = two(text, 1);
	int minute = two(text, 4);

	*minutes = 0;
	if (text.len == 1)
		return (text.ptr[0] | 0x20) == 'z';
	if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') ||
	    !is_at(text, 3, ':') || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59)
		return 0;
	*minutes = hour * 60 + minute;
	if (text.ptr[0] == '-')
		*minutes = -*minutes;
	return 1;
}

int pv_format_is_time(pv_str text)
{
	int hour = two(text, 0);
	int minute = two(text, 3);
	int second = two(text, 6);
	size_t len = 8;
	int offset;
	pv_str rest;

	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 60 || !is_at(text, 2, ':') || !is_at(text, 5, ':'))
		return 0;
	if (is_at(text, len, '.')) {
		len++;
		if (len == text.len || !pv_is_digit(text.ptr[len]))
			return 0;
		while (len < text.len && pv_is_digit(text.ptr[len]))
			len++;
	}
	if (len >= text.len)
		return 0;
	rest.ptr = text.ptr + len;
	rest.len = text.len - len;
	if (!read_offset(rest, &offset))
		return 0;
	/* A leap second ends a day in Greenwich. */
	return second < 60 ||
	       (hour * 60 + minute - offset + 2 * 24 * 60) % (24 * 60) ==
		       23 * 60 + 59;
}

int pv_format_is_date_time(pv_str text)
{
	pv_str date = { text.ptr, 10 };
	pv_str time = { text.ptr + 11, text.len - 11 };

	if (text.len < 12 || (text.ptr[10] | 0x20) != 't')
		return 0;
	return pv_format_is_date(date) && pv_format_is_time(time);
}

/*
 * Takes numbers with the units of `units`, in that order and without a gap, as
 * the ABNF has it: "1Y2M", not "1Y2D". The number taken.
 */
static int take_units(pv_str *text, const char *units)
{
	const char *unit = NULL;
	int count = 0;

	while (text->len && pv_is_digit(text->ptr[0])) {
		size_t len = 0;
		const char *found;

		while (len < text->len && pv_is_digit(text->ptr[len]))
			len++;
		found = len < text->len ? strchr(units, text->ptr[len]) : NULL;
		if (!found || (unit && found != unit + 1))
			return -1;
		unit = found;
		text->ptr += len + 1;
		text->len -= len + 1;
		count++;
	}
	return count;
}

int pv_format_is_duration(pv_str text)
{
	pv_str weeks;
	int dates;

	if (!is_at(text, 0, 'P'))
		return 0;
	text.ptr++;
	text.len--;
	weeks = text;
	if (take_units(&weeks, "W") == 1)
		return !weeks.len;
	dates = take_units(&text, "YMD");
	if (dates < 0)
		return 0;
	if (!is_at(text, 0, 'T'))
		return dates && !text.len;
	text.ptr++;
	text.len--;
	return take_units(&text, "HMS") > 0 && !text.len;
}
