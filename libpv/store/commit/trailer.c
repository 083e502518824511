/* SPDX-License-Identifier: MIT
 *
 * Trailers: "Key: value" lines in the last paragraph of a message, by the
 * rules of `git interpret-trailers`. The first paragraph is the subject and
 * never counts. A paragraph of trailers may hold other lines only when it has
 * one that git itself writes and trailers are at least a quarter of it.
 */
#include "store/commit/trailer.h"

#include <string.h>

#include <pv/store.h>

#include "base/mem.h"

static pv_str next_line(pv_str *rest)
{
	const char *end = memchr(rest->ptr, '\n', rest->len);
	pv_str line = { rest->ptr, rest->len };

	if (end)
		line.len = (size_t)(end - rest->ptr);
	rest->ptr += line.len + (end != NULL);
	rest->len -= line.len + (end != NULL);
	return line;
}

static int is_blank(pv_str line)
{
	return pv_str_trim(line).len == 0;
}

static int is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

/* The length of the key that starts a trailer line, else 0. */
static size_t key_length(pv_str line)
{
	size_t len = 0, end;

	while (len < line.len && is_key_char(line.ptr[len]))
		len++;
	end = len;
	while (end < line.len && (line.ptr[end] == ' ' || line.ptr[end] == '\t'))
		end++;
	return len && end < line.len && line.ptr[end] == ':' ? len : 0;
}

static int is_from_git(pv_str line)
{
	static const char *const heads[] = { "Signed-off-by: ",
					     "(cherry picked from commit " };

	for (size_t i = 0; i < pv_array_len(heads); i++) {
		size_t len = strlen(heads[i]);

		if (line.len >= len && strncmp(line.ptr, heads[i], len) == 0)
			return 1;
	}
	return 0;
}

static int is_continuation(pv_str line)
{
	return line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
}

/* The last paragraph, or nothing when it is also the first. */
static pv_str last_paragraph(const char *message)
{
	pv_str rest = pv_str_of(message);
	pv_str found = { NULL, 0 };
	int count = 0, was_blank = 1;

	while (rest.len) {
		pv_str line = next_line(&rest);

		if (is_blank(line)) {
			was_blank = 1;
			continue;
		}
		if (was_blank) {
			found.ptr = line.ptr;
			count++;
		}
		was_blank = 0;
		found.len = (size_t)(line.ptr + line.len - found.ptr);
	}
	if (count < 2)
		found.len = 0;
	return found;
}

static int is_trailer_block(pv_str block)
{
	size_t trailers = 0, others = 0;
	int from_git = 0, in_trailer = 0;

	while (block.len) {
		pv_str line = next_line(&block);

		if (is_continuation(line)) {
			if (!in_trailer)
				others++;
			continue;
		}
		from_git |= is_from_git(line);
		in_trailer = key_length(line) > 0 || is_from_git(line);
		if (in_trailer)
			trailers++;
		else
			others++;
	}
	return trailers && (!others || (from_git && trailers * 3 >= others));
}

/* Whether a line is a trailer of that key, whatever its case. */
static int is_key(pv_str line, const char *key)
{
	size_t len = strlen(key);

	/* Letters are told apart by one bit, digits and "-" have it set. */
	for (size_t i = 0; i < len; i++)
		if (i >= line.len || (line.ptr[i] | 0x20) != (key[i] | 0x20))
			return 0;
	return key_length(line) == len;
}

pv_str pv_trailer_block(const char *message)
{
	pv_str block = last_paragraph(message);

	if (!is_trailer_block(block))
		block.len = 0;
	return block;
}

pv_str pv_trailer_in(pv_str block, const char *key)
{
	pv_str value = { NULL, 0 };
	int is_wanted = 0;

	while (block.len) {
		pv_str line = next_line(&block);

		if (is_continuation(line)) {
			if (is_wanted)
				value.len =
					(size_t)(line.ptr + line.len - value.ptr);
			continue;
		}
		is_wanted = is_key(line, key);
		if (is_wanted) {
			const char *colon = memchr(line.ptr, ':', line.len);

			value.ptr = colon + 1;
			value.len = (size_t)(line.ptr + line.len - value.ptr);
		}
	}
	return value.ptr ? pv_str_trim(value) : value;
}

int pv_trailer_each(const char *message,
		    int (*fn)(const char *key, size_t key_len,
			      const char *value, size_t len, void *payload),
		    void *payload)
{
	pv_str block = pv_trailer_block(message);
	int rc = 0;

	while (block.len && !rc) {
		pv_str line = next_line(&block);
		const char *key = line.ptr;
		size_t key_len = is_continuation(line) ? 0 : key_length(line);
		const char *colon = memchr(line.ptr, ':', line.len);
		pv_str value;

		if (!key_len || !colon)
			continue;
		value.ptr = colon + 1;
		value.len = (size_t)(line.ptr + line.len - value.ptr);
		while (block.len && is_continuation(block)) {
			line = next_line(&block);
			value.len = (size_t)(line.ptr + line.len - value.ptr);
		}
		value = pv_str_trim(value);
		rc = fn(key, key_len, value.ptr, value.len, payload);
	}
	return rc;
}

const char *pv_trailer_find(const char *message, const char *key, size_t *len_out)
{
	pv_str value = pv_trailer_in(pv_trailer_block(message), key);

	*len_out = value.len;
	return value.ptr;
}
