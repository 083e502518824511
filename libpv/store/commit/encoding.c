/* SPDX-License-Identifier: MIT
 *
 * Conversion by the C library's iconv, whose names are git's.
 */
#include "store/commit/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include <pv/buf.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	CHUNK = 1024
};

static int is_utf8(const char *encoding)
{
	return !encoding || !*encoding ||
	       pv_str_casecmp(encoding, "UTF-8") == 0 ||
	       pv_str_casecmp(encoding, "UTF8") == 0;
}

/* Appends the conversion; -1 when the text is not in that encoding. */
static int convert(pv_buf *out, const char *text, iconv_t converter)
{
	char *input;
	size_t left = strlen(text);

	/* iconv declares its input writable but only reads it. */
	memcpy(&input, &text, sizeof(input));
	while (left) {
		char chunk[CHUNK];
		char *end = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(converter, &input, &left, &end, &room);

		if (rc == (size_t)-1 && errno != E2BIG)
			return -1;
		pv_buf_put(out, chunk, sizeof(chunk) - room);
	}
	return 0;
}

int pv_encoding_to_utf8(char **out, const char *text, const char *encoding,
			pv_error *err)
{
	iconv_t converter = (iconv_t)-1;
	pv_buf converted = { 0 };
	const char *result = text;

	if (!is_utf8(encoding))
		converter = iconv_open("UTF-8", encoding);
	if (converter != (iconv_t)-1) {
		if (convert(&converted, text, converter) == 0 && !converted.status)
			result = pv_buf_text(&converted);
		iconv_close(converter);
	}
	*out = pv_strdup(result);
	pv_buf_dispose(&converted);
	return *out ? PV_OK : pv_fail_nomem(err);
}
