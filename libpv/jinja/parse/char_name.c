/* SPDX-License-Identifier: MIT
 *
 * The names of characters are libunistring's to know, which lacks those that
 * control characters go by, and some that are made by a rule. It is loaded when
 * the first name is met: linked, it would cost each start of git-pv. libidn2
 * needs it, so it is wherever git and libgit2 are. Its Unicode is version 14,
 * as CPython 3.11's.
 */
#include "jinja/parse/char_name.h"

#include <dlfcn.h>
#include <pthread.h>

#include "base/mem.h"

enum {
	MAX_NAME = 127, /* the longest has 88 */
	NOT_FOUND = 0xFFFF
};

/* --- control characters --------------------------------------------------- */

static const struct control {
	unsigned char code_point;
	const char *name;
} controls[] = {
	/* clang-format off */
	{ 0x00, "NULL" }, { 0x00, "NUL" }, { 0x01, "START OF HEADING" },
	{ 0x01, "SOH" }, { 0x02, "START OF TEXT" }, { 0x02, "STX" },
	{ 0x03, "END OF TEXT" }, { 0x03, "ETX" },
	{ 0x04, "END OF TRANSMISSION" }, { 0x04, "EOT" }, { 0x05, "ENQUIRY" },
	{ 0x05, "ENQ" }, { 0x06, "ACKNOWLEDGE" }, { 0x06, "ACK" },
	{ 0x07, "ALERT" }, { 0x07, "BEL" }, { 0x08, "BACKSPACE" },
	{ 0x08, "BS" }, { 0x09, "CHARACTER TABULATION" },
	{ 0x09, "HORIZONTAL TABULATION" }, { 0x09, "HT" }, { 0x09, "TAB" },
	{ 0x0A, "LINE FEED" }, { 0x0A, "NEW LINE" }, { 0x0A, "END OF LINE" },
	{ 0x0A, "LF" }, { 0x0A, "NL" }, { 0x0A, "EOL" },
	{ 0x0B, "LINE TABULATION" }, { 0x0B, "VERTICAL TABULATION" },
	{ 0x0B, "VT" }, { 0x0C, "FORM FEED" }, { 0x0C, "FF" },
	{ 0x0D, "CARRIAGE RETURN" }, { 0x0D, "CR" }, { 0x0E, "SHIFT OUT" },
	{ 0x0E, "LOCKING-SHIFT ONE" }, { 0x0E, "SO" }, { 0x0F, "SHIFT IN" },
	{ 0x0F, "LOCKING-SHIFT ZERO" }, { 0x0F, "SI" },
	{ 0x10, "DATA LINK ESCAPE" }, { 0x10, "DLE" },
	{ 0x11, "DEVICE CONTROL ONE" }, { 0x11, "DC1" },
	{ 0x12, "DEVICE CONTROL TWO" }, { 0x12, "DC2" },
	{ 0x13, "DEVICE CONTROL THREE" }, { 0x13, "DC3" },
	{ 0x14, "DEVICE CONTROL FOUR" }, { 0x14, "DC4" },
	{ 0x15, "NEGATIVE ACKNOWLEDGE" }, { 0x15, "NAK" },
	{ 0x16, "SYNCHRONOUS IDLE" }, { 0x16, "SYN" },
	{ 0x17, "END OF TRANSMISSION BLOCK" }, { 0x17, "ETB" },
	{ 0x18, "CANCEL" }, { 0x18, "CAN" }, { 0x19, "END OF MEDIUM" },
	{ 0x19, "EOM" }, { 0x1A, "SUBSTITUTE" },
	{ 0x1A, "SUB" }, { 0x1B, "ESCAPE" }, { 0x1B, "ESC" },
	{ 0x1C, "INFORMATION SEPARATOR FOUR" }, { 0x1C, "FILE SEPARATOR" },
	{ 0x1C, "FS" }, { 0x1D, "INFORMATION SEPARATOR THREE" },
	{ 0x1D, "GROUP SEPARATOR" }, { 0x1D, "GS" },
	{ 0x1E, "INFORMATION SEPARATOR TWO" }, { 0x1E, "RECORD SEPARATOR" },
	{ 0x1E, "RS" }, { 0x1F, "INFORMATION SEPARATOR ONE" },
	{ 0x1F, "UNIT SEPARATOR" }, { 0x1F, "US" },
	{ 0x7F, "DELETE" }, { 0x7F, "DEL" }, { 0x80, "PADDING CHARACTER" },
	{ 0x80, "PAD" }, { 0x81, "HIGH OCTET PRESET" }, { 0x81, "HOP" },
	{ 0x82, "BREAK PERMITTED HERE" }, { 0x82, "BPH" },
	{ 0x83, "NO BREAK HERE" }, { 0x83, "NBH" }, { 0x84, "INDEX" },
	{ 0x84, "IND" }, { 0x85, "NEXT LINE" }, { 0x85, "NEL" },
	{ 0x86, "START OF SELECTED AREA" }, { 0x86, "SSA" },
	{ 0x87, "END OF SELECTED AREA" }, { 0x87, "ESA" },
	{ 0x88, "CHARACTER TABULATION SET" },
	{ 0x88, "HORIZONTAL TABULATION SET" }, { 0x88, "HTS" },
	{ 0x89, "CHARACTER TABULATION WITH JUSTIFICATION" },
	{ 0x89, "HORIZONTAL TABULATION WITH JUSTIFICATION" }, { 0x89, "HTJ" },
	{ 0x8A, "LINE TABULATION SET" }, { 0x8A, "VERTICAL TABULATION SET" },
	{ 0x8A, "VTS" }, { 0x8B, "PARTIAL LINE FORWARD" },
	{ 0x8B, "PARTIAL LINE DOWN" }, { 0x8B, "PLD" },
	{ 0x8C, "PARTIAL LINE BACKWARD" }, { 0x8C, "PARTIAL LINE UP" },
	{ 0x8C, "PLU" }, { 0x8D, "REVERSE LINE FEED" },
	{ 0x8D, "REVERSE INDEX" }, { 0x8D, "RI" }, { 0x8E, "SINGLE SHIFT TWO" },
	{ 0x8E, "SINGLE-SHIFT-2" }, { 0x8E, "SS2" },
	{ 0x8F, "SINGLE SHIFT THREE" }, { 0x8F, "SINGLE-SHIFT-3" },
	{ 0x8F, "SS3" }, { 0x90, "DEVICE CONTROL STRING" }, { 0x90, "DCS" },
	{ 0x91, "PRIVATE USE ONE" }, { 0x91, "PRIVATE USE-1" }, { 0x91, "PU1" },
	{ 0x92, "PRIVATE USE TWO" }, { 0x92, "PRIVATE USE-2" }, { 0x92, "PU2" },
	{ 0x93, "SET TRANSMIT STATE" }, { 0x93, "STS" },
	{ 0x94, "CANCEL CHARACTER" }, { 0x94, "CCH" },
	{ 0x95, "MESSAGE WAITING" }, { 0x95, "MW" },
	{ 0x96, "START OF GUARDED AREA" }, { 0x96, "START OF PROTECTED AREA" },
	{ 0x96, "SPA" }, { 0x97, "END OF GUARDED AREA" },
	{ 0x97, "END OF PROTECTED AREA" }, { 0x97, "EPA" },
	{ 0x98, "START OF STRING" }, { 0x98, "SOS" },
	{ 0x99, "SINGLE GRAPHIC CHARACTER INTRODUCER" }, { 0x99, "SGC" },
	{ 0x9A, "SINGLE CHARACTER INTRODUCER" }, { 0x9A, "SCI" },
	{ 0x9B, "CONTROL SEQUENCE INTRODUCER" }, { 0x9B, "CSI" },
	{ 0x9C, "STRING TERMINATOR" }, { 0x9C, "ST" },
	{ 0x9D, "OPERATING SYSTEM COMMAND" }, { 0x9D, "OSC" },
	{ 0x9E, "PRIVACY MESSAGE" }, { 0x9E, "PM" },
	{ 0x9F, "APPLICATION PROGRAM COMMAND" }, { 0x9F, "APC" }
	/* clang-format on */
};

static uint32_t find_control(const char *name)
{
	for (size_t i = 0; i < pv_array_len(controls); i++)
		if (!strcmp(name, controls[i].name))
			return controls[i].code_point;
	return PV_JINJA_NO_CHAR;
}

/* --- names by rule, which CPython wants in capitals ----------------------- */

static int is_ideograph(uint32_t c)
{
	static const uint32_t spans[][2] = {
		{ 0x3400, 0x4DBF },   { 0x4E00, 0x9FFF },
		{ 0x20000, 0x2A6DF }, { 0x2A700, 0x2B738 },
		{ 0x2B740, 0x2B81D }, { 0x2B820, 0x2CEA1 },
		{ 0x2CEB0, 0x2EBE0 }, { 0x30000, 0x3134A }
	};

	for (size_t i = 0; i < pv_array_len(spans); i++)
		if (c >= spans[i][0] && c <= spans[i][1])
			return 1;
	return 0;
}

/* Behind "CJK UNIFIED IDEOGRAPH-": four or five digits, no small letters. */
static uint32_t find_ideograph(const char *digits)
{
	static const char values[] = "0123456789ABCDEF";
	size_t len = strlen(digits);
	uint32_t c = 0;

	if (len != 4 && len != 5)
		return PV_JINJA_NO_CHAR;
	for (; *digits; digits++) {
		const char *digit = strchr(values, *digits);

		if (!digit)
			return PV_JINJA_NO_CHAR;
		c = c << 4 | (uint32_t)(digit - values);
	}
	return is_ideograph(c) ? c : PV_JINJA_NO_CHAR;
}

/* The parts of syllables, in the order of their code points. */
enum {
	LEADS = 19,
	VOWELS = 21,
	TAILS = 28
};

static const char leads[LEADS][3] = { "G", "GG", "N", "D",  "DD", "R", "M",
				      "B", "BB", "S", "SS", "",   "J", "JJ",
				      "C", "K",  "T", "P",  "H" };
static const char vowels[VOWELS][4] = { "A",   "AE", "YA",  "YAE", "EO",  "E",
					"YEO", "YE", "O",   "WA",  "WAE", "OE",
					"YO",  "U",  "WEO", "WE",  "WI",  "YU",
					"EU",  "YI", "I" };
static const char tails[TAILS][3] = { "",   "G",  "GG", "GS", "N",  "NJ", "NH",
				      "D",  "L",  "LG", "LM", "LB", "LS", "LT",
				      "LP", "LH", "M",  "B",  "BS", "S",  "SS",
				      "NG", "J",  "C",  "K",  "T",  "P",  "H" };

/* Takes the longest part that `*name` begins with; its index, or -1. */
static int take_part(const char **name, const char *parts, size_t count,
		     size_t size)
{
	const char *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < count; i++) {
		const char *part = parts + i * size;
		size_t len = strlen(part);

		if ((!best || len > best_len) && !strncmp(*name, part, len)) {
			best = part;
			best_len = len;
		}
	}
	if (!best)
		return -1;
	*name += best_len;
	return (int)((size_t)(best - parts) / size);
}

/* Behind "HANGUL SYLLABLE ". */
static uint32_t find_syllable(const char *name)
{
	int lead = take_part(&name, leads[0], LEADS, sizeof(leads[0]));
	int vowel = take_part(&name, vowels[0], VOWELS, sizeof(vowels[0]));
	int tail = take_part(&name, tails[0], TAILS, sizeof(tails[0]));

	if (lead < 0 || vowel < 0 || tail < 0 || *name)
		return PV_JINJA_NO_CHAR;
	return 0xAC00 + (uint32_t)((lead * VOWELS + vowel) * TAILS + tail);
}

/* --- libunistring --------------------------------------------------------- */

/* Its unicode_name_character, whose header need not be there to build this. */
static uint32_t (*name_character)(const char *name);

static void load(void)
{
	void *library = dlopen("libunistring.so.2", RTLD_NOW | RTLD_LOCAL);
	void *symbol = library ? dlsym(library, "unicode_name_character") : NULL;

	memcpy(&name_character, &symbol, sizeof(symbol));
}

static uint32_t find_other(const char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t c = NOT_FOUND;

	(void)pthread_once(&once, load);
	if (name_character)
		c = name_character(name);
	return c == NOT_FOUND ? PV_JINJA_NO_CHAR : c;
}

/* --- names ---------------------------------------------------------------- */

/* In capitals; 0 when no name can be like it. */
static int fold(char out[MAX_NAME + 1], pv_str name)
{
	if (!name.len || name.len > MAX_NAME)
		return 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != ' ' &&
		    c != '-')
			return 0;
		out[i] = c;
	}
	out[name.len] = '\0';
	return 1;
}

uint32_t pv_jinja_char_named(pv_str name)
{
	static const char ideograph[] = "CJK UNIFIED IDEOGRAPH-";
	static const char syllable[] = "HANGUL SYLLABLE ";
	char folded[MAX_NAME + 1] = "";
	int is_capital;
	uint32_t c;

	if (!fold(folded, name))
		return PV_JINJA_NO_CHAR;
	is_capital = !memcmp(folded, name.ptr, name.len);
	if (pv_str_has_prefix(folded, ideograph) && is_capital)
		return find_ideograph(folded + strlen(ideograph));
	if (pv_str_has_prefix(folded, syllable))
		return is_capital ? find_syllable(folded + strlen(syllable))
				  : PV_JINJA_NO_CHAR;
	c = find_control(folded);
	return c != PV_JINJA_NO_CHAR ? c : find_other(folded);
}
