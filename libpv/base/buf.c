/* SPDX-License-Identifier: MIT
 *
 * The growing buffer of pv/buf.h. Invariant: when `ptr` is set, cap > len and
 * ptr[len] is NUL; when `status` is set, the contents are those before the
 * append that failed.
 */
#include <pv/buf.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	SMALLEST = 64
};

void pv_buf_reserve(pv_buf *buf, size_t extra)
{
	size_t max = buf->max ? buf->max : PV_BUF_MAX;
	size_t cap = buf->cap;
	char *ptr;

	if (buf->status)
		return;
	if (extra > max || buf->len > max - extra) {
		buf->status = PV_ELIMIT;
		return;
	}
	if (cap > buf->len + extra)
		return;
	cap = cap < SMALLEST ? SMALLEST : cap + cap / 2;
	if (cap <= buf->len + extra)
		cap = buf->len + extra + 1;
	ptr = pv_realloc(buf->ptr, cap);
	if (!ptr) {
		buf->status = PV_ENOMEM;
		return;
	}
	ptr[buf->len] = '\0';
	buf->ptr = ptr;
	buf->cap = cap;
}

/* Whether `len` bytes and a NUL fit in as it is: mostly they do. */
static inline int has_room(const pv_buf *buf, size_t len)
{
	size_t max = buf->max ? buf->max : PV_BUF_MAX;

	return !buf->status && len < buf->cap - buf->len && buf->len + len <= max;
}

/* The copy comes last, so that nothing is kept across its call. */
static inline void append(pv_buf *buf, const void *data, size_t len)
{
	char *end = buf->ptr + buf->len;

	buf->len += len;
	end[len] = '\0';
	memcpy(end, data, len);
}

__attribute__((noinline)) static void put_growing(pv_buf *buf, const void *data,
						  size_t len)
{
	pv_buf_reserve(buf, len);
	if (!buf->status && len)
		append(buf, data, len);
}

void pv_buf_put(pv_buf *buf, const void *data, size_t len)
{
	if (len && has_room(buf, len))
		append(buf, data, len);
	else
		put_growing(buf, data, len);
}

void pv_buf_puts(pv_buf *buf, const char *text)
{
	pv_buf_put(buf, text, strlen(text));
}

void pv_buf_putc(pv_buf *buf, char c)
{
	if (!has_room(buf, 1)) {
		pv_buf_put(buf, &c, 1);
		return;
	}
	buf->ptr[buf->len++] = c;
	buf->ptr[buf->len] = '\0';
}

void pv_buf_putu(pv_buf *buf, unsigned long long value)
{
	char digits[sizeof(value) * 3]; /* more than there can be */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	pv_buf_put(buf, digits + at, sizeof(digits) - at);
}

static void put_formatted(pv_buf *buf, const char *format, va_list args)
	PV_PRINTF(2, 0);

static void put_formatted(pv_buf *buf, const char *format, va_list args)
{
	size_t room = buf->status ? 0 : buf->cap - buf->len;
	char *end = room ? buf->ptr + buf->len : NULL;
	va_list again;
	int len;

	/* Mostly there is room, so that once is enough. */
	va_copy(again, args);
	len = vsnprintf(end, room, format, args);
	if (end && (len < 0 || (size_t)len >= room))
		*end = '\0';
	if (len < 0)
		buf->status = PV_ELIMIT;
	else
		pv_buf_reserve(buf, (size_t)len);
	if (!buf->status) {
		if (!end || (size_t)len >= room)
			vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format,
				  again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void pv_buf_printf(pv_buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_formatted(buf, format, args);
	va_end(args);
}

void pv_buf_clear(pv_buf *buf)
{
	buf->len = 0;
	buf->status = PV_OK;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

void pv_buf_truncate(pv_buf *buf, size_t len)
{
	if (len >= buf->len)
		return;
	buf->len = len;
	buf->ptr[len] = '\0';
}

int pv_buf_status(const pv_buf *buf, pv_error *err)
{
	if (buf->status == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (buf->status == PV_ELIMIT)
		return pv_fail(err, PV_ELIMIT, "more than %zu bytes",
			       buf->max ? buf->max : (size_t)PV_BUF_MAX);
	return PV_OK;
}

const char *pv_buf_text(const pv_buf *buf)
{
	return buf->ptr ? buf->ptr : "";
}

void pv_buf_dispose(pv_buf *buf)
{
	pv_free(buf->ptr);
	memset(buf, 0, sizeof(*buf));
}
