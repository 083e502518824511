/* SPDX-License-Identifier: MIT
 *
 * Signatures of commits and tags, looked at as git does: by gpg.format and the
 * programs and keys that git is set up for. What a signature is worth is said
 * of the person that the object names, so a good one by another is a bad one.
 */
#ifndef PV_SIGNATURE_H
#define PV_SIGNATURE_H

#include <pv/store.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pv_signature_state {
	PV_SIGNATURE_NONE,
	PV_SIGNATURE_GOOD,
	PV_SIGNATURE_BAD,    /* what is signed is not this, or not by them */
	PV_SIGNATURE_UNKNOWN /* nobody here says whose key it is */
};

/* "unsigned", "good", "bad", "unknown-key"; static. */
PV_API const char *pv_signature_state_name(enum pv_signature_state state);

/* What became of a look; release it with pv_signature_check_dispose. */
typedef struct pv_signature_check {
	enum pv_signature_state state;
	pv_signature who; /* committer or tagger */
	char *signer;     /* as the keys here know the key; "" for nobody */
	char *key;        /* fingerprint, or what is told of it; "" for none */
	const char *reason; /* why it is not good; static, "" when it is */
} pv_signature_check;

/*
 * Looks at the signature of a commit or an annotated tag. Good is one by a key
 * that is trusted here and is of the committer or tagger: of the address, or of
 * a pattern of ssh's that it fits. PV_OK whatever the answer; PV_EINVALID for
 * another object, PV_ENOTFOUND, PV_EGIT, PV_ENOMEM. git is run only for what is
 * signed.
 */
PV_API int pv_signature_check_load(pv_signature_check *out, pv_store *store,
				   const pv_oid *object, pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_signature_check_dispose(pv_signature_check *check);

#ifdef __cplusplus
}
#endif

#endif
