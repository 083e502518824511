/* SPDX-License-Identifier: MIT
 *
 * Keeps libgit2 from reading the certificate bundle at every start. Debian's
 * libgit2 parses /etc/ssl/certs in git_libgit2_init, which costs more than
 * most commands do. git-pv never lets libgit2 use the network (the git
 * program does that), so the two functions it calls for this are replaced
 * here: the dynamic linker prefers a program's own symbols. With a libgit2
 * that uses another TLS library nothing refers to them.
 * tests/cli/t0120-start-up.sh shows that the replacement is in force.
 */

struct mbedtls_x509_crt;

__attribute__((visibility("default"))) int mbedtls_x509_crt_parse_file(
	struct mbedtls_x509_crt *chain, const char *path);
__attribute__((visibility("default"))) int mbedtls_x509_crt_parse_path(
	struct mbedtls_x509_crt *chain, const char *path);

/* "No certificate could not be parsed", the result of an empty bundle. */
int mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}

int mbedtls_x509_crt_parse_path(struct mbedtls_x509_crt *chain, const char *path)
{
	(void)chain;
	(void)path;
	return 0;
}
