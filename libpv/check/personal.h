/* SPDX-License-Identifier: MIT
 *
 * The single kinds of data about people. Each function is asked at a place
 * where one may begin (an "@", for mail) and gives the stretch it found.
 */
#ifndef PV_CHECK_PERSONAL_H
#define PV_CHECK_PERSONAL_H

#include "base/str.h"

/* 1, and the stretch in `*out`, when there is one at `at`. */
typedef int pv_personal_fn(pv_str *out, pv_str text, size_t at);

/* personal_address.c */
pv_personal_fn pv_personal_email;
pv_personal_fn pv_personal_ip;
/* personal_number.c */
pv_personal_fn pv_personal_iban;
pv_personal_fn pv_personal_card;
pv_personal_fn pv_personal_ssn;
pv_personal_fn pv_personal_phone;

#endif
