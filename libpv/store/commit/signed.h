/* SPDX-License-Identifier: MIT
 *
 * Where signatures are in objects, and what programs say of them.
 */
#ifndef PV_STORE_SIGNED_H
#define PV_STORE_SIGNED_H

#include <pv/signature.h>

#include "base/str.h"

/* How much of a tag, or its message, comes before the signature that ends it. */
size_t pv_signed_length(const char *text, size_t len);

/*
 * Reads what git prints of a signature it was asked for with --raw: the status
 * lines of gpg, or what ssh-keygen says. Fills in all but `who`. PV_ENOMEM.
 */
int pv_signed_read(pv_signature_check *out, const char *said, pv_error *err);

/* Whether the owner of a key, "Name <mail>" or a pattern of mails, is `mail`. */
int pv_signed_is_of(const char *signer, const char *mail);

#endif
