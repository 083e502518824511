# SPDX-License-Identifier: MIT

. "$(dirname "$0")/lib.sh"
begin 'what a command does not do when it starts'

it 'does not let libgit2 read the certificate bundle' '
	LD_BIND_NOW=1 LD_DEBUG=bindings git-pv version 2>bindings >out
	grep mbedtls_x509_crt_parse_file bindings >uses || exit 0
	grep "libgit2.* to .*git-pv \[" uses
	grep "libgit2.* to .*git-pv \[.*mbedtls_x509_crt_parse_path" bindings
'

it 'does not let libgit2 set up connections' '
	for name in mbedtls_ctr_drbg_seed mbedtls_ctr_drbg_random \
		mbedtls_entropy_init mbedtls_entropy_free libssh2_init \
		libssh2_exit; do
		grep "libgit2.*normal symbol .$name" bindings >uses || continue
		grep "libgit2.* to .*git-pv \[" uses || return 1
	done
'

# What malloc hands out is seldom zeroed once a program has freed something.
it 'starts libgit2 in memory that was used before' '
	printf "a: 1\n" >base
	printf "a: 1\nb: 2\n" >ours
	printf "c: 3\na: 1\n" >theirs
	MALLOC_PERTURB_=85 git-pv merge-driver base ours theirs 7 p.yaml
	printf "c: 3\na: 1\nb: 2\n" >want
	cmp_files want ours
'

finish
