/* SPDX-License-Identifier: MIT
 *
 * A growing byte buffer, used wherever the library hands out text. `{ 0 }` is
 * an empty buffer. Failure is sticky: once an append could not be carried out
 * the contents are kept as they were, further appends do nothing, and the one
 * check at the end (pv_buf_status) reports it. `ptr` is NULL when nothing was
 * ever appended, else NUL-terminated behind `len` bytes.
 */
#ifndef PV_BUF_H
#define PV_BUF_H

#include <pv/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pv_buf {
	char *ptr;
	size_t len;
	size_t cap; /* bytes allocated, the NUL included */
	size_t max; /* limit for len; 0 means PV_BUF_MAX */
	int status; /* PV_OK, PV_ENOMEM or PV_ELIMIT */
} pv_buf;

/* Where a buffer without a limit of its own stops: 1 GiB. */
enum {
	PV_BUF_MAX = 1 << 30
};

/* Appends `len` bytes; `data` may be NULL when `len` is 0. */
PV_API void pv_buf_put(pv_buf *buf, const void *data, size_t len);

/* Appends a NUL-terminated string. */
PV_API void pv_buf_puts(pv_buf *buf, const char *text);

/* Appends one byte. */
PV_API void pv_buf_putc(pv_buf *buf, char c);

/* Appends a number in decimal. */
PV_API void pv_buf_putu(pv_buf *buf, unsigned long long value);

/* Appends formatted text; the format is printf's in the C locale. */
PV_API void pv_buf_printf(pv_buf *buf, const char *format, ...) PV_PRINTF(2, 3);

/* Makes room for `extra` more bytes, so that appends of them cannot fail. */
PV_API void pv_buf_reserve(pv_buf *buf, size_t extra);

/* Empties the buffer and its failure but keeps the memory. */
PV_API void pv_buf_clear(pv_buf *buf);

/* Shortens the buffer to `len` bytes; no effect when it is shorter. */
PV_API void pv_buf_truncate(pv_buf *buf, size_t len);

/*
 * PV_OK, or PV_ENOMEM or PV_ELIMIT when an append failed since the buffer was
 * last empty; then `err` says so.
 */
PV_API int pv_buf_status(const pv_buf *buf, pv_error *err);

/* The text: `ptr`, or "" for an empty buffer. Borrowed until the next append. */
PV_API const char *pv_buf_text(const pv_buf *buf);

/* Frees the memory and zeroes the buffer. Zeroed buffers are accepted. */
PV_API void pv_buf_dispose(pv_buf *buf);

#ifdef __cplusplus
}
#endif

#endif
