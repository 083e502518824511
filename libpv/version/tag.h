/* SPDX-License-Identifier: MIT
 *
 * The tag that carries a version: its name, refs/tags/<id>/v<number>, and its
 * message, a subject and trailers. Nothing in either depends on who makes it
 * or when, so that two clones make the same object.
 */
#ifndef PV_VERSION_TAG_H
#define PV_VERSION_TAG_H

#include <pv/version.h>

#include "base/str.h"

/*
 * Takes a full ref name apart; 0 when it does not name a version. `id_out`
 * is borrowed from `refname`.
 */
int pv_version_tag_split(pv_str *id_out, pv_semver *number_out,
			 const char *refname);

/* Appends "<id>/v<number>", the tag's short name. */
void pv_version_tag_name(pv_buf *out, const char *id, const pv_semver *number);

/*
 * Appends the message. Of `info` the text, blob, closure and bump are used.
 */
void pv_version_tag_message(pv_buf *out, const char *id,
			    const pv_version_info *info);

/*
 * Fills the text, blob, closure and bump of `info` from a message, which must
 * be of `id` and of the number already in `info`. PV_EINVALID when it is not
 * or a trailer is missing or malformed; PV_ENOMEM. The closure is owned.
 */
int pv_version_tag_parse(pv_version_info *info, const char *id,
			 const char *message, pv_error *err);

/* Frees what a version holds and zeroes it. */
void pv_version_info_dispose(pv_version_info *info);

#endif
