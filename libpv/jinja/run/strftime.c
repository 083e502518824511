/* SPDX-License-Identifier: MIT
 *
 * strftime as glibc has it in the C locale and Python adds to it, for a time in
 * UTC: its directives, flags and widths. What it does not know stays as it is.
 */
#include "jinja/run/strftime.h"

#include <stdint.h>
#include <string.h>

enum {
	MAX_WIDTH = 1023
};

struct moment {
	int64_t seconds; /* since 1970 */
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

static int is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

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

	t->day = (int)(of_year - (153 * march_month + 2) / 5) + 1;
	t->month = march_month < 10 ? march_month + 3 : march_month - 9;
	t->year = year_of_era + era * 400 + (t->month <= 2);
	t->yearday = before[t->month - 1] + t->day +
		     (is_leap(t->year) && t->month > 2);
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
	t->seconds = day * 86400 + rest / 1000000;
	t->micros = (int)(rest % 1000000);
	t->second = (int)(rest / 1000000 % 60);
	t->minute = (int)(rest / 60000000 % 60);
	t->hour = (int)(rest / INT64_C(3600000000));
}

/* --- numbers ----------------------------------------------------------------- */

/* What stands between % and the letter. */
struct flags {
	char pad;     /* '-' none, '_' blanks, '0'; 0: as the letter has it */
	int is_upper; /* ^ */
	int is_other; /* #: the other case */
	int width;    /* 0: as the letter has it */
};

/* Week of the year, weeks beginning on the given weekday. */
static int week(const struct moment *t, int first)
{
	return (t->yearday + 6 - (t->weekday - first + 7) % 7) / 7;
}

/* The week of ISO 8601 and the year it belongs to, which has a Thursday in it. */
static int iso_week(const struct moment *t, int64_t *year_out)
{
	int weekday = (t->weekday + 6) % 7; /* from Monday */
	int thursday = t->yearday + 3 - weekday;
	int days_of_year = 365 + is_leap(t->year);

	*year_out = t->year;
	if (thursday < 1) {
		*year_out = t->year - 1;
		thursday += 365 + is_leap(t->year - 1);
	} else if (thursday > days_of_year) {
		*year_out = t->year + 1;
		thursday -= days_of_year;
	}
	return (thursday + 6) / 7;
}

static void put_number(pv_buf *out, const struct flags *flags, int width,
		       char pad, int64_t value)
{
	char digits[24];
	int len = 0;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		digits[len++] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (flags->pad)
		pad = flags->pad;
	if (flags->width)
		width = flags->width;
	if (flags->width && pad == '-')
		pad = '_';
	if (value < 0)
		width--;
	for (int i = len; pad == '_' && i < width; i++)
		pv_buf_putc(out, ' ');
	if (value < 0)
		pv_buf_putc(out, '-');
	for (int i = len; pad == '0' && i < width; i++)
		pv_buf_putc(out, '0');
	while (len > 0)
		pv_buf_putc(out, digits[--len]);
}

/* Directives that are numbers; 1 when it was one. */
static int put_numbers(pv_buf *out, const struct moment *t, char directive,
		       const struct flags *flags)
{
	static const char letters[] = "YCymdHIMSfjuwUWGgVskle";
	static const uint8_t widths[] = { 4, 2, 2, 2, 2, 2, 2, 2, 2, 6, 3,
					  1, 1, 2, 2, 4, 2, 2, 1, 2, 2, 2 };
	int64_t iso_year;
	const int iso = iso_week(t, &iso_year);
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
				   week(t, 1),
				   iso_year,
				   iso_year % 100,
				   iso,
				   t->seconds,
				   t->hour,
				   (t->hour + 11) % 12 + 1,
				   t->day };
	const char *at = directive ? strchr(letters, directive) : NULL;

	if (!at)
		return 0;
	put_number(out, flags, widths[at - letters],
		   strchr("kle", directive) ? '_' : '0', values[at - letters]);
	return 1;
}

/* --- words ------------------------------------------------------------------- */

/* A name; the other case of AM is am, of all else upper case. */
static void put_word(pv_buf *out, const char *word, size_t len, char directive,
		     const struct flags *flags)
{
	const int is_lower =
		directive == 'P' || (directive == 'p' && flags->is_other);
	const int is_upper = flags->is_upper || flags->is_other;

	for (size_t i = len; i < (size_t)flags->width; i++)
		pv_buf_putc(out, flags->pad == '0' ? '0' : ' ');
	for (size_t i = 0; i < len; i++) {
		char c = word[i];

		if (is_lower && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		else if (!is_lower && is_upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		pv_buf_putc(out, c);
	}
}

/* Directives that are names; 1 when it was one. */
static int put_words(pv_buf *out, const struct moment *t, char directive,
		     const struct flags *flags)
{
	const char *word = "";
	size_t len = 3;

	switch (directive) {
	case 'a':
	case 'A':
		word = days[t->weekday];
		break;
	case 'b':
	case 'h':
	case 'B':
		word = months[t->month - 1];
		break;
	case 'p':
	case 'P':
		word = t->hour < 12 ? "AM" : "PM";
		break;
	case 'n':
		word = "\n";
		break;
	case 't':
		word = "\t";
		break;
	case '%':
		word = "%";
		break;
	case 'z': /* a time without a zone */
	case 'Z':
		break;
	default:
		return 0;
	}
	if (!strchr("abh", directive))
		len = strlen(word);
	put_word(out, word, len, directive, flags);
	return 1;
}

/* --- formats ----------------------------------------------------------------- */

/* What a directive is short for, or NULL. */
static const char *long_form(char directive)
{
	switch (directive) {
	case 'c':
		return "%a %b %e %H:%M:%S %Y";
	case 'D':
	case 'x':
		return "%m/%d/%y";
	case 'T':
	case 'X':
		return "%H:%M:%S";
	case 'r':
		return "%I:%M:%S %p";
	case 'R':
		return "%H:%M";
	case 'F':
		return "%Y-%m-%d";
	default:
		return NULL;
	}
}

/* The flags behind a %; returns what comes after them. */
static const char *read_flags(struct flags *out, const char *format)
{
	memset(out, 0, sizeof(*out));
	for (; *format && strchr("_-0^#", *format); format++) {
		if (*format == '^')
			out->is_upper = 1;
		else if (*format == '#')
			out->is_other = 1;
		else
			out->pad = *format;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		if (out->width <= MAX_WIDTH)
			out->width = out->width * 10 + (*format - '0');
	if (out->width > MAX_WIDTH)
		out->width = MAX_WIDTH;
	if ((*format == 'E' || *format == 'O') && format[1])
		format++;
	return format;
}

/* What is no directive, with its letter, if any, is a word. */
static const char *put_unknown(pv_buf *out, const char *start,
			       const char *letter, const struct flags *flags)
{
	const char *end = letter + (*letter != '\0');
	const struct flags own = { .pad = flags->pad,
				   .is_upper = flags->is_upper,
				   .width = flags->width };

	put_word(out, start, (size_t)(end - start), 0, &own);
	return end;
}

static void put_format(pv_buf *out, const struct moment *t, const char *format,
		       const struct flags *around);

/* What a directive is short for, padded as a word is. */
static void put_form(pv_buf *out, const struct moment *t, const char *form,
		     const struct flags *flags)
{
	size_t mark = out->len;
	size_t len;

	put_format(out, t, form, flags);
	len = out->len - mark;
	if (len >= (size_t)flags->width)
		return;
	pv_buf_truncate(out, mark);
	put_word(out, "", 0, 0,
		 &(struct flags){ .pad = flags->pad,
				  .width = flags->width - (int)len });
	put_format(out, t, form, flags);
}

/* One directive; 0 when there is none of that letter. */
static int put_one(pv_buf *out, const struct moment *t, char directive,
		   const struct flags *flags)
{
	const char *form = long_form(directive);

	if (!form)
		return put_words(out, t, directive, flags) ||
		       put_numbers(out, t, directive, flags);
	put_form(out, t, form, flags);
	return 1;
}

static void put_format(pv_buf *out, const struct moment *t, const char *format,
		       const struct flags *around)
{
	struct flags flags;

	while (*format) {
		const char *start = format++;

		if (*start != '%') {
			pv_buf_putc(out, *start);
			continue;
		}
		format = read_flags(&flags, format);
		flags.is_upper |= around->is_upper;
		if (*format && put_one(out, t, *format, &flags))
			format++;
		else
			format = put_unknown(out, start, format, &flags);
	}
}

void pv_jinja_put_time(pv_buf *out, int64_t micros, const char *format)
{
	static const struct flags none = { 0 };
	struct moment t = { 0 };

	set_moment(&t, micros);
	put_format(out, &t, format, &none);
}
