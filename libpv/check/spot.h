/* SPDX-License-Identifier: MIT
 *
 * What detectors find in a text: a list of stretches of it, each with a name
 * for what stands there. Detectors are pure functions: a text in, spots out,
 * in the order of the text. Whether a spot is a finding, and how severe, is
 * for the rules to say.
 */
#ifndef PV_CHECK_SPOT_H
#define PV_CHECK_SPOT_H

#include "base/str.h"

typedef struct pv_spot {
	const char *what; /* "an AWS access key"; static */
	size_t start;     /* bytes of the text */
	size_t end;
} pv_spot;

/* `{ 0 }` is empty. */
typedef struct pv_spots {
	pv_spot *items;
	size_t count;
	size_t cap;
} pv_spots;

/* PV_ENOMEM. */
int pv_spots_add(pv_spots *spots, const char *what, size_t start, size_t end,
		 pv_error *err);
/* Whether a spot covers the offset. */
int pv_spots_cover(const pv_spots *spots, size_t offset);
void pv_spots_dispose(pv_spots *spots);

/* The byte in front of `at`; a blank at the start. */
static inline char pv_char_before(pv_str text, size_t at)
{
	if (at)
		return text.ptr[at - 1];
	return ' ';
}

/* --- detectors -------------------------------------------------------------- */

/* Keys and tokens of known services, and what is assigned to such names. */
int pv_find_secrets(pv_spots *out, pv_str text, pv_error *err);
/*
 * Whether a value that stands alone, as the one of a setting called `name`,
 * is a secret.
 */
int pv_is_secret_setting(pv_str name, pv_str value);
/* Blocks of private keys: PEM, OpenSSH, PGP, SSH2, PuTTY and age. */
int pv_find_private_keys(pv_spots *out, pv_str text, pv_error *err);

enum pv_personal {
	PV_PERSONAL_EMAIL = 1,
	PV_PERSONAL_PHONE = 2,
	PV_PERSONAL_IBAN = 4,
	PV_PERSONAL_CARD = 8,
	PV_PERSONAL_SSN = 16,
	PV_PERSONAL_IP = 32,
	PV_PERSONAL_ALL = 63
};

/* The bit of a kind: "email", "phone", "iban", ...; 0 for other names. */
unsigned pv_personal_kind(pv_str name);
/* The name of the kind at `idx`; NULL behind the last. */
const char *pv_personal_name(size_t idx);
/* Data about people, of the kinds wanted. */
int pv_find_personal(pv_spots *out, pv_str text, unsigned wanted, pv_error *err);

/* Characters that are not seen, or that change the order of those that are. */
int pv_find_invisible(pv_spots *out, pv_str text, pv_error *err);

#endif
