/* SPDX-License-Identifier: MIT
 *
 * A text for a regular expression: the common syntax, read once from left to
 * right. What is not understood gives no text, and what comes out is a guess
 * that the caller has to check.
 */
#include "schema/proof.h"

enum {
	MAX_NESTED = 20,
	MAX_TIMES = 300
};

struct sampler {
	pv_str left;
	pv_buf *out;
	unsigned variant;
	int depth;
	int is_bad;
};

static char peek(const struct sampler *at)
{
	return pv_str_at(at->left, 0);
}

static char next(struct sampler *at)
{
	char c = peek(at);

	if (!at->left.len) {
		at->is_bad = 1;
		return '\0';
	}
	at->left.ptr++;
	at->left.len--;
	return c;
}

static int take(struct sampler *at, const char *text)
{
	size_t len = strlen(text);

	if (at->left.len < len || memcmp(at->left.ptr, text, len) != 0)
		return 0;
	at->left.ptr += len;
	at->left.len -= len;
	return 1;
}

/* The character that an escape stands for; 0 for places. */
static char escaped(struct sampler *at)
{
	char c = next(at);

	switch (c) {
	case 'd':
		return at->variant & 1 ? '7' : '0';
	case 'w':
		return at->variant & 1 ? 'Z' : 'a';
	case 's':
		return ' ';
	case 'D':
	case 'S':
		return 'x';
	case 'W':
		return '-';
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'b':
	case 'B':
		return '\0';
	default:
		if (pv_is_letter(c) || pv_is_digit(c) || (c & 0x80))
			at->is_bad = 1;
		return c;
	}
}

/* A set of ASCII characters, as those of [...] are. */
static void add_range(char set[128], char from, char to)
{
	for (unsigned c = (unsigned char)from;
	     c <= (unsigned char)to && c < 128; c++)
		set[c] = 1;
}

static void add_class(struct sampler *at, char set[128], char name)
{
	switch (name) {
	case 'd':
		add_range(set, '0', '9');
		break;
	case 'w':
		add_range(set, '0', '9');
		add_range(set, 'A', 'Z');
		add_range(set, 'a', 'z');
		set['_'] = 1;
		break;
	case 's':
		set[' '] = 1;
		break;
	default:
		if (pv_is_letter(name) || pv_is_digit(name) || (name & 0x80))
			at->is_bad = 1;
		else
			set[(int)name] = 1;
	}
}

static void read_set(struct sampler *at, char set[128])
{
	while (!at->is_bad && peek(at) != ']') {
		char from = next(at);
		char to = from;

		if (from == '\\') {
			add_class(at, set, next(at));
			continue;
		}
		if (peek(at) == '-' && pv_str_at(at->left, 1) != ']') {
			(void)next(at);
			to = next(at);
			if (to == '\\')
				to = next(at);
		}
		if ((from & 0x80) || (to & 0x80))
			at->is_bad = 1;
		else
			add_range(set, from, to);
	}
	(void)next(at);
}

static char from_set(struct sampler *at)
{
	char set[128] = { 0 };
	int is_not = take(at, "^");
	char last = '\0';

	read_set(at, set);
	for (int i = 0; i < 95; i++) {
		/* Letters first. */
		int c = 32 + (i + 'a' - 32) % 95;

		if (set[c] == is_not)
			continue;
		last = (char)c;
		if (!(at->variant & 1))
			break;
	}
	at->is_bad |= !last;
	return last;
}

static void choose(struct sampler *at);

/* One of what can be repeated. */
static void put_atom(struct sampler *at)
{
	char c = next(at);

	switch (c) {
	case '(':
		if (take(at, "?") && !take(at, ":")) {
			at->is_bad = 1;
			return;
		}
		if (++at->depth > MAX_NESTED)
			at->is_bad = 1;
		else
			choose(at);
		at->depth--;
		at->is_bad |= next(at) != ')';
		return;
	case '[':
		c = from_set(at);
		break;
	case '.':
		c = at->variant & 1 ? '1' : 'a';
		break;
	case '\\':
		c = escaped(at);
		break;
	case '^':
	case '$':
		return;
	default:
		at->is_bad |= strchr("*+?{", c) && c;
		break;
	}
	if (c && !at->is_bad)
		pv_buf_putc(at->out, c);
}

static unsigned read_count(struct sampler *at)
{
	unsigned count = 0;

	at->is_bad |= !pv_is_digit(peek(at));
	while (pv_is_digit(peek(at)) && count <= MAX_TIMES)
		count = count * 10 + (unsigned)(next(at) - '0');
	at->is_bad |= count > MAX_TIMES;
	return count;
}

static unsigned times(struct sampler *at)
{
	unsigned more = at->variant / 2;
	unsigned least = 1;
	unsigned most = 1;

	if (take(at, "*")) {
		least = 0;
		most = more;
	} else if (take(at, "+")) {
		most = 1 + more;
	} else if (take(at, "?")) {
		least = 0;
	} else if (take(at, "{")) {
		least = read_count(at);
		most = least;
		if (take(at, ","))
			most = peek(at) == '}' ? least + more : read_count(at);
		at->is_bad |= !take(at, "}");
	} else {
		return 1;
	}
	(void)take(at, "?");
	return at->variant < 2 ? least : most;
}

/* An atom so many times: it is read again for each. */
static void put_piece(struct sampler *at)
{
	pv_str start = at->left;
	size_t before = at->out->len;
	unsigned count;
	pv_str end;

	put_atom(at);
	if (at->is_bad)
		return;
	count = times(at);
	end = at->left;
	if (!count)
		pv_buf_truncate(at->out, before);
	for (unsigned i = 1; i < count && !at->is_bad && at->out->len < 5000;
	     i++) {
		at->left = start;
		put_atom(at);
	}
	at->left = end;
}

/* The alternative that the variant asks for, else the last one. */
static void choose(struct sampler *at)
{
	size_t keep = at->out->len;

	for (unsigned i = 0; !at->is_bad; i++) {
		if (i > at->variant)
			keep = at->out->len;
		else
			pv_buf_truncate(at->out, keep);
		while (at->left.len && peek(at) != '|' && peek(at) != ')' &&
		       !at->is_bad)
			put_piece(at);
		if (i > at->variant)
			pv_buf_truncate(at->out, keep);
		if (!take(at, "|"))
			return;
	}
}

int pv_pattern_sample(pv_buf *out, pv_str pattern, unsigned variant)
{
	struct sampler at = { pattern, out, variant, 0, 0 };

	if (pattern.len > 1000)
		return 0;
	choose(&at);
	return !at.is_bad && !at.left.len;
}
