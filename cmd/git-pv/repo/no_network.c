/* SPDX-License-Identifier: MIT
 *
 * Keeps libgit2 from setting up TLS and SSH at every start. Debian's libgit2
 * gathers entropy and loads OpenSSL's error texts in git_libgit2_init, for
 * connections that git-pv never lets it make: the git program does all that
 * goes over the network. As in ca_bundle.c the dynamic linker prefers these
 * functions, and with libraries that do it otherwise nothing refers to them.
 * Whoever asks for a random number is told that there is none. What libgit2's
 * archive refers to beside these is listed in no_network.ld.
 * tests/cli/t0120-start-up.sh shows that the replacement is in force.
 */
#include <stddef.h>
#include <stdlib.h>

#define REPLACED __attribute__((visibility("default")))

struct mbedtls_entropy_context;
struct mbedtls_ctr_drbg_context;

enum {
	NO_ENTROPY = -0x0034 /* MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED */
};

REPLACED void mbedtls_entropy_init(struct mbedtls_entropy_context *entropy);
REPLACED void mbedtls_entropy_free(struct mbedtls_entropy_context *entropy);
REPLACED int mbedtls_entropy_func(void *entropy, const unsigned char *output,
				  size_t len);
REPLACED void mbedtls_ctr_drbg_init(struct mbedtls_ctr_drbg_context *random);
REPLACED void mbedtls_ctr_drbg_free(struct mbedtls_ctr_drbg_context *random);
REPLACED int mbedtls_ctr_drbg_seed(struct mbedtls_ctr_drbg_context *random,
				   int (*fill)(void *, unsigned char *, size_t),
				   void *entropy, const unsigned char *custom,
				   size_t len);
REPLACED int mbedtls_ctr_drbg_random(void *random, const unsigned char *output,
				     size_t len);
REPLACED int mbedtls_ssl_get_ciphersuite_id(const char *name);
REPLACED int libssh2_init(int flags);
REPLACED void libssh2_exit(void);
int pv_no_network_set_up(void);
void pv_no_network_use(void);

void mbedtls_entropy_init(struct mbedtls_entropy_context *entropy)
{
	(void)entropy;
}

void mbedtls_entropy_free(struct mbedtls_entropy_context *entropy)
{
	(void)entropy;
}

int mbedtls_entropy_func(void *entropy, const unsigned char *output, size_t len)
{
	(void)entropy, (void)output, (void)len;
	return NO_ENTROPY;
}

void mbedtls_ctr_drbg_init(struct mbedtls_ctr_drbg_context *random)
{
	(void)random;
}

void mbedtls_ctr_drbg_free(struct mbedtls_ctr_drbg_context *random)
{
	(void)random;
}

int mbedtls_ctr_drbg_seed(struct mbedtls_ctr_drbg_context *random,
			  int (*fill)(void *, unsigned char *, size_t),
			  void *entropy, const unsigned char *custom, size_t len)
{
	(void)random, (void)fill, (void)entropy, (void)custom, (void)len;
	return 0;
}

int mbedtls_ctr_drbg_random(void *random, const unsigned char *output, size_t len)
{
	(void)random, (void)output, (void)len;
	return NO_ENTROPY;
}

/* Not 0: without a cipher that is known libgit2 does not start. */
int mbedtls_ssl_get_ciphersuite_id(const char *name)
{
	(void)name;
	return 1;
}

int libssh2_init(int flags)
{
	(void)flags;
	return 0;
}

void libssh2_exit(void)
{
}

/* Configures nothing, with success. */
int pv_no_network_set_up(void)
{
	return 0;
}

/* No connection is ever made; one that only seems to be is worse than none. */
void pv_no_network_use(void)
{
	abort();
}
