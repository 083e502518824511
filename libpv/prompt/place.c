/* SPDX-License-Identifier: MIT
 *
 * Where in the file a byte of a template stands. YAML folds lines, takes
 * indentation away and decodes escapes, but what is neither blank nor a line
 * break arrives in the order of the file: so both texts are walked side by
 * side, from one such character to the next. Lines end with LF, CRLF or CR,
 * as editors count them; NEL, LS and PS are blanks here.
 */
#include <string.h>

#include "base/utf8.h"
#include "prompt/model.h"
#include "yaml/marks.h"

static int is_blank_code(int32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x85 ||
	       c == 0x2028 || c == 0x2029;
}

/* Bytes of the blank or the line break at `at`; 0 when there is none. */
static size_t blank_length(pv_str text, size_t at)
{
	if (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		return 1;
	return at < text.len ? pv_yaml_break_at(text.ptr, text.len, at) : 0;
}

/* Goes behind a blank of the file and counts its line. */
static void pass_blank(pv_place *place, size_t len)
{
	char c = place->file.ptr[place->raw];

	place->raw += len;
	if (c != '\n' && c != '\r')
		return;
	place->line++;
	place->line_start = place->raw;
}

/* Hex digits of the escape of that letter. */
static size_t count_digits(char letter)
{
	if (letter == 'x')
		return 2;
	return letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
}

/* What the escape at `raw` stands for; its bytes in `*len_out`. */
static int32_t escaped(const pv_place *place, size_t *len_out)
{
	static const char letters[] = "0abtnvfre_NLP";
	static const int32_t codes[] = { 0,    7,      8,     '\t', '\n',
					 0x0B, 0x0C,   '\r',  0x1B, 0xA0,
					 0x85, 0x2028, 0x2029 };
	const char *at = place->file.ptr + place->raw + 1;
	const char *letter = *at ? strchr(letters, *at) : NULL;
	size_t digits = count_digits(*at);
	int32_t code = 0;

	*len_out = 2 + digits;
	if (letter)
		return codes[letter - letters];
	for (size_t i = 1; i <= digits; i++) {
		int digit =
			at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10;

		code = code * 16 + (digit & 0xF);
	}
	return digits ? code : (unsigned char)*at;
}

/* Goes behind blanks of the file, those that escapes stand for included. */
static void pass_blanks(pv_place *place)
{
	for (;;) {
		size_t len = blank_length(place->file, place->raw);

		if (!len && place->style == PV_YAML_DOUBLE_QUOTED &&
		    place->raw + 1 < place->file.len &&
		    place->file.ptr[place->raw] == '\\') {
			size_t escape = blank_length(place->file, place->raw + 1);

			if (escape)
				place->raw++; /* a line goes on */
			else if (is_blank_code(escaped(place, &escape)))
				len = escape;
			if (!len && blank_length(place->file, place->raw))
				continue;
		}
		if (!len)
			return;
		pass_blank(place, len);
	}
}

/* Goes behind one character that is no blank, in both texts. */
static void pass_character(pv_place *place)
{
	size_t raw = 1;
	size_t decoded = 1;
	char c = place->file.ptr[place->raw];

	if (c == '\\' && place->style == PV_YAML_DOUBLE_QUOTED) {
		char bytes[4];

		decoded = pv_utf8_encode(bytes, (uint32_t)escaped(place, &raw));
		decoded += !decoded;
	} else if (c == '\'' && place->style == PV_YAML_SINGLE_QUOTED) {
		raw = 2;
	}
	place->raw += raw;
	place->offset += decoded;
}

void pv_place_start(pv_place *place, const pv_yaml *doc, const pv_yaml_node *node)
{
	memset(place, 0, sizeof(*place));
	place->file.ptr = pv_yaml_text(doc, &place->file.len);
	place->text.ptr = node->text;
	place->text.len = node->len;
	place->style = node->style;
	place->raw = node->start;
	place->line = node->line;
	place->line_start = node->start;
	while (place->line_start &&
	       !strchr("\r\n", place->file.ptr[place->line_start - 1]))
		place->line_start--;
	if (!place->line_start && !strncmp(place->file.ptr, "\xEF\xBB\xBF", 3))
		place->line_start = 3;
	if (node->style == PV_YAML_SINGLE_QUOTED ||
	    node->style == PV_YAML_DOUBLE_QUOTED)
		place->raw++;
	if (node->style != PV_YAML_LITERAL && node->style != PV_YAML_FOLDED)
		return;
	while (place->raw < place->file.len &&
	       !pv_yaml_break_at(place->file.ptr, place->file.len, place->raw))
		place->raw++;
}

void pv_place_go(pv_place *place, size_t offset)
{
	while (place->offset < offset && place->raw < place->file.len) {
		size_t len = blank_length(place->text, place->offset);

		if (len) {
			place->offset += len;
			continue;
		}
		pass_blanks(place);
		if (place->raw < place->file.len)
			pass_character(place);
	}
	if (offset < place->text.len && !blank_length(place->text, offset))
		pass_blanks(place);
}

void pv_load_place(pv_loader *loader, size_t message, size_t offset,
		   int *line_out, int *column_out)
{
	pv_place *place = &loader->place;

	/* Most questions are asked in the order of the file. */
	if (loader->place_of != message + 1 || place->offset > offset)
		pv_place_start(place, loader->prompt->doc,
			       loader->contents[message]);
	loader->place_of = message + 1;
	pv_place_go(place, offset);
	*line_out = place->line;
	*column_out = 1 + (int)pv_utf8_count(place->file.ptr + place->line_start,
					     place->raw - place->line_start);
}
