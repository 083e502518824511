/* SPDX-License-Identifier: MIT
 *
 * Building strings. All strings under construction share one buffer of the
 * run, used as a stack: begin remembers where a string starts, appends go to
 * `run->scratch` with the pv_buf functions, finish moves what was appended
 * into the arena as a str. An append that fails is seen by finish.
 */
#ifndef PV_JINJA_BUILD_H
#define PV_JINJA_BUILD_H

#include "jinja/run/run.h"

static inline size_t pv_jinja_begin(const pv_jinja_run *run)
{
	return run->scratch.len;
}

/*
 * The text since `mark` as a str with the flags (PV_JINJA_MARKUP; ASCII is
 * found out here if it is not given). PV_ELIMIT, PV_ENOMEM.
 */
int pv_jinja_finish(pv_jinja_value *out, pv_jinja_run *run, size_t mark,
		    int flags);
/* A str that copies the bytes. */
int pv_jinja_copy_text(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len, int flags);
/* PV_ELIMIT unless `extra` more bytes fit a string; call before big appends. */
int pv_jinja_expect(pv_jinja_run *run, size_t mark, uint64_t extra);
/* Appends `count` copies of one byte, counted first. */
int pv_jinja_pad(pv_jinja_run *run, char byte, uint64_t count);
/* Appends the bytes with & < > ' " escaped as markupsafe does. */
void pv_jinja_put_escaped(pv_buf *out, const char *text, size_t len);
/* Appends one code point, surrogates included. */
void pv_jinja_put_char(pv_buf *out, uint32_t code_point);
/* Appends str(value); `is_escaped` escapes what is not Markup. */
int pv_jinja_put_str(pv_buf *out, pv_jinja_run *run, pv_jinja_value value,
		     int is_escaped);
/* Appends repr(value). */
int pv_jinja_put_repr(pv_buf *out, pv_jinja_run *run, pv_jinja_value value);
/* The str with all but ASCII escaped as in \xe9, as ascii() does. */
int pv_jinja_to_ascii(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value text);
/* Appends repr of a str's text, quotes included. */
void pv_jinja_put_quoted(pv_buf *out, const char *text, size_t len);

#endif
