/* SPDX-License-Identifier: MIT
 *
 * Names of hosts. What may stand in an internationalized label (RFC 5890 to
 * 5892) is libidn2's to know. It is loaded when such a label is met: linked, it
 * would cost each start of git-pv half a millisecond. Where it is missing, these
 * labels pass. Its memory is the C library's.
 */
#include <dlfcn.h>
#include <idn2.h>
#include <pthread.h>

#include "schema/format.h"

enum {
	MAX_LABEL = 63,
	MAX_NAME = 253
};

pv_str pv_cut(pv_str *text, char c, int *found)
{
	const char *at = text->len ? memchr(text->ptr, c, text->len) : NULL;
	pv_str head = *text;

	*found = at != NULL;
	if (at)
		head.len = (size_t)(at - text->ptr);
	text->ptr += head.len + (size_t)*found;
	text->len -= head.len + (size_t)*found;
	return head;
}

/* --- libidn2 ---------------------------------------------------------------------- */

/* What is used of it. */
static struct {
	__typeof__(&idn2_register_u8) register_u8;
	__typeof__(&idn2_to_unicode_8z8z) to_unicode;
	__typeof__(&idn2_free) free;
} idn2;

/* A function of it as the pointer that C has for functions. */
static int find(void *library, const char *name, void *function)
{
	void *symbol = dlsym(library, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static void load(void)
{
	void *library = dlopen("libidn2.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!library || !find(library, "idn2_register_u8", &idn2.register_u8) ||
	    !find(library, "idn2_to_unicode_8z8z", &idn2.to_unicode) ||
	    !find(library, "idn2_free", &idn2.free))
		idn2.register_u8 = NULL;
}

static int is_loaded(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, load);
	return idn2.register_u8 != NULL;
}

/* The length of a label as ASCII; 0 when it may not be registered. */
static size_t registrable(const char *label)
{
	uint8_t *ascii = NULL;
	size_t len = 0;

	if (!is_loaded())
		return strlen(label);
	if (idn2.register_u8((const uint8_t *)label, NULL, &ascii,
			     IDN2_NFC_INPUT) == IDN2_OK)
		len = strlen((const char *)ascii);
	idn2.free(ascii);
	return len;
}

/* A label of letters that was put into ASCII: "xn--nxasmq6b". */
static int is_encoded(pv_str label)
{
	char text[MAX_LABEL + 1] = "";
	char *decoded = NULL;
	int is_valid;

	if (!is_loaded())
		return 1;
	memcpy(text, label.ptr, label.len);
	is_valid = idn2.to_unicode(text, &decoded, 0) == IDN2_OK &&
		   registrable(decoded) > 0;
	idn2.free(decoded);
	return is_valid;
}

/* --- names ------------------------------------------------------------------------ */

/* RFC 1123, 2.1; "--" in third place is reserved (RFC 5891, 4.2.3.1). */
static int is_label(pv_str label)
{
	if (!label.len || label.len > MAX_LABEL || label.ptr[0] == '-' ||
	    label.ptr[label.len - 1] == '-')
		return 0;
	for (size_t i = 0; i < label.len; i++)
		if (!pv_is_letter(label.ptr[i]) && !pv_is_digit(label.ptr[i]) &&
		    label.ptr[i] != '-')
			return 0;
	if (label.len < 4 || label.ptr[2] != '-' || label.ptr[3] != '-')
		return 1;
	return (label.ptr[0] | 0x20) == 'x' && (label.ptr[1] | 0x20) == 'n' &&
	       is_encoded(label);
}

int pv_format_is_hostname(pv_str text)
{
	int more = 1;

	if (!text.len || text.len > MAX_NAME)
		return 0;
	while (more)
		if (!is_label(pv_cut(&text, '.', &more)))
			return 0;
	return 1;
}

/* The length of a label as ASCII; 0 when it is none. */
static size_t international_label(pv_str label)
{
	char text[4 * MAX_LABEL + 1] = "";
	int is_ascii = 1;

	for (size_t i = 0; i < label.len; i++)
		is_ascii = is_ascii && !(label.ptr[i] & 0x80);
	if (is_ascii)
		return is_label(label) ? label.len : 0;
	if (label.len >= sizeof(text))
		return 0;
	memcpy(text, label.ptr, label.len);
	return registrable(text);
}

/* The next label; its end is a full stop, of which there are four (RFC 3490). */
static pv_str next_label(pv_str *text, int *more)
{
	static const char *const stops[] = { ".", "\xe3\x80\x82",
					     "\xef\xbc\x8e", "\xef\xbd\xa1" };

	for (size_t at = 0; at < text->len; at++)
		for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
			size_t len = strlen(stops[i]);
			pv_str label = { text->ptr, at };

			if (text->len - at < len ||
			    memcmp(text->ptr + at, stops[i], len) != 0)
				continue;
			text->ptr += at + len;
			text->len -= at + len;
			*more = 1;
			return label;
		}
	*more = 0;
	return *text;
}

int pv_format_is_idn_hostname(pv_str text)
{
	size_t total = 0;
	int more = 1;

	while (more) {
		size_t len = international_label(next_label(&text, &more));

		total += len + (size_t)more; /* a dot behind it */
		if (!len || total > MAX_NAME)
			return 0;
	}
	return 1;
}
