#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv verify: who signed versions, deployments and reviews'

command -v ssh-keygen >/dev/null || {
	echo 'skipped: no ssh-keygen'
	exit 77
}

# sign KEY: what is made here from now on; "" for no key.
sign() {
	git config commit.gpgSign "$([ -n "$1" ] && echo true || echo false)"
	git config tag.gpgSign "$([ -n "$1" ] && echo true || echo false)"
	[ -z "$1" ] || git config user.signingKey "$1"
}

# verified STATUS GOOD BAD UNKNOWN UNSIGNED [WHAT]...
verified() {
	status=$1
	counts="[$2,$3,$4,$5]"
	shift 5
	expect_failure "$status" git pv verify "$@" --json >../out
	json ../out "[.good, .bad, .unknown_key, .unsigned]" "$counts"
}

# One of each: a version, a deployment, and a review with two events.
make_all() {
	text_prompt prompts/a.yaml "$1"
	git add .
	git commit -q -m "$1"
	git pv release -q --all
	git pv deploy -q a -e staging
	git switch -q -c "exp/$1"
	text_prompt prompts/a.yaml "$1, and more."
	git commit -q -a -m "$1 more"
	id=$(git pv review open "exp/$1" --into main -m "$1" --json |
		jq -r .id)
	git pv review comment -q "$id" -m "Well."
	git switch -q main
}

it 'says that nothing is not good where there is nothing' '
	new_repo r0
	cd r0
	git pv verify --json >../out
	json ../out .objects "[]"
	json ../out .unsigned 0
'

it 'tells good, bad, unknown and unsigned apart with keys of ssh' '
	for name in carl eve; do
		ssh-keygen -q -t ed25519 -N "" -C "$name" -f "$SCRATCH/$name"
	done
	ssh-keygen -q -t ed25519 -N "" -C "dora" -f "$SCRATCH/dora"
	{
		printf "carl@example.com %s\n" "$(cat "$SCRATCH/carl.pub")"
		printf "dora@example.com %s\n" "$(cat "$SCRATCH/dora.pub")"
	} >"$SCRATCH/signers"
	new_repo r1
	cd r1
	git config gpg.format ssh
	git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
	sign ""
	make_all one
	verified 1 0 0 0 4
	sign "$SCRATCH/carl"
	make_all two
	verified 1 4 0 0 4
	sign "$SCRATCH/eve"
	make_all three
	verified 1 4 0 4 4
	sign "$SCRATCH/dora"
	make_all four
	verified 1 4 4 4 4
	json ../out "[.objects[] | select(.signature == \"bad\") | .signer] |
		unique" "[\"dora@example.com\"]"
	json ../out "[.objects[] | select(.signature == \"unsigned\") | .signer] |
		unique" "[null]"
	json ../out "[.objects[] | .kind] | unique" \
		"[\"deployment\",\"review\",\"version\"]"
	git pv verify >../text 2>../err || [ $? -eq 1 ]
	has ../err "4 good, 4 bad, 4 by unknown keys, 4 unsigned"
	has ../text "by another than it says"
'

it 'looks at what is named' '
	cd r1
	git for-each-ref --format="%(refname:lstrip=-1) %(refname)" \
		refs/pv/reviews >../reviews
	verified 0 1 0 0 0 a@1.1.0
	verified 0 1 0 0 0 a/v1.1.0
	verified 1 0 0 0 1 a@1.0.0
	verified 0 1 0 0 0 pv/deployments~2
	verified 1 1 1 1 1 deployments
	verified 1 1 1 1 1 versions
	verified 1 2 2 2 2 reviews
	review=$(git log --format=%H --grep="Open the review two" --all \
		-- | head -n 1)
	verified 0 2 0 0 0 "$review"
	expect_failure 128 git pv verify nothing 2>../err
	has ../err nothing
'

it 'finds a commit, a tag and an event that were changed' '
	cd r1
	sign "$SCRATCH/carl"
	git cat-file commit pv/deployments~2 | sed "s/^Deploy/Deployed/" >../forged
	forged=$(git hash-object -t commit -w ../forged)
	verified 1 0 1 0 0 "$forged"
	git cat-file tag a/v1.1.0 | sed "s/Pv-Version: 1/Pv-Version: 2/" >../forged
	git update-ref refs/tags/a/v9.0.0 "$(git hash-object -t tag -w ../forged)"
	verified 1 0 1 0 0 a/v9.0.0
	json ../out ".objects[0].kind" version
	git update-ref -d refs/tags/a/v9.0.0
'

it 'takes nothing for unsigned that git is not set up to look at' '
	cd r1
	git config --unset gpg.ssh.allowedSignersFile
	verified 1 0 0 12 4
	git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
	git config gpg.ssh.program /nowhere/ssh-keygen
	verified 1 0 0 1 0 a/v1.1.0
	has ../out "not set up"
	git config --unset gpg.ssh.program
'

it 'knows a pattern of addresses, and nobody beyond it' '
	cd r1
	printf "*@example.com %s\n" "$(cat "$SCRATCH/eve.pub")" \
		>"$SCRATCH/pattern"
	git config gpg.ssh.allowedSignersFile "$SCRATCH/pattern"
	verified 0 1 0 0 0 a@1.2.0
	printf "*@example.org %s\n" "$(cat "$SCRATCH/eve.pub")" \
		>"$SCRATCH/pattern"
	verified 1 0 1 0 0 a@1.2.0
	git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
'

it 'does not look at what another object is put in the place of' '
	cd r1
	good=$(git rev-parse pv/deployments~2)
	none=$(git rev-parse pv/deployments~3)
	git replace "$none" "$good"
	verified 1 0 0 0 1 "$none"
	git replace -d "$none" >/dev/null
'

it 'counts approvals that are signed, and no others, where they must be' '
	new_repo r3
	cd r3
	git config gpg.format ssh
	git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
	sign ""
	cat >pv.yaml <<-E
	environments:
	  production: {approvals: 1}
	policy:
	  approvals: 1
	  signed: [reviews]
	E
	text_prompt prompts/a.yaml "One."
	git add .
	git commit -q -m First
	git pv release -q --all
	git switch -q -c exp/two
	text_prompt prompts/a.yaml "Two."
	git commit -q -a -m Two
	git switch -q main
	id=$(git pv review open exp/two -m Two --json | jq -r .id)
	live=$(git pv review open a@1.0.0 --for production --json | jq -r .id)
	GIT_COMMITTER_EMAIL=dora@example.com
	export GIT_COMMITTER_EMAIL
	git pv review approve -q "$id"
	git pv review approve -q "$live"
	expect_failure 1 git pv review merge "$id" 2>../err
	has ../err approv
	expect_failure 1 git pv deploy a@1.0.0 -e production 2>../err
	sign "$SCRATCH/carl"
	git pv review approve -q "$id"
	git pv review approve -q "$live"
	expect_failure 1 git pv review merge "$id"
	expect_failure 1 git pv deploy a@1.0.0 -e production
	sign "$SCRATCH/dora"
	git pv review approve -q "$id"
	git pv review approve -q "$live"
	GIT_COMMITTER_EMAIL=carl@example.com
	sign "$SCRATCH/carl"
	git pv deploy a@1.0.0 -e production
	git pv review merge "$id"
	git pv policy explain deploy a@1.0.0 --env production --json >../out
	json ../out .allowed true
'

# --- gpg ------------------------------------------------------------------------

# gpg_key NAME: a key of NAME@example.com, its fingerprint in key-NAME.
gpg_key() {
	gpg --batch --quiet --passphrase "" --quick-generate-key \
		"$1 <$1@example.com>" ed25519 sign never 2>/dev/null
	gpg --batch --with-colons --list-keys "$1@example.com" 2>/dev/null |
		awk -F: '/^fpr/ { print $10; exit }' >"$SCRATCH/key-$1"
}

with_gpg() {
	command -v gpg >/dev/null || {
		echo 'no gpg: not run'
		return 0
	}
	# A socket's path must be short.
	GNUPGHOME=$(mktemp -d)
	export GNUPGHOME
	chmod 700 "$GNUPGHOME"
	set +e
	(
		set -e
		"$@"
	)
	rc=$?
	set -e
	gpgconf --kill all >/dev/null 2>&1 || :
	rm -rf "$GNUPGHOME"
	return $rc
}

gpg_story() {
	gpg_key carl
	gpg_key eve
	new_repo r2
	cd r2
	sign "$(cat "$SCRATCH/key-carl")"
	make_all one
	verified 0 4 0 0 0
	json ../out "[.objects[].key] | unique" \
		"[\"$(cat "$SCRATCH/key-carl")\"]"
	has ../out 'carl <carl@example.com>'
	sign "$(cat "$SCRATCH/key-eve")"
	make_all two
	verified 1 4 4 0 0
	echo "$(cat "$SCRATCH/key-carl"):2:" | gpg --batch --quiet \
		--import-ownertrust
	gpg --batch --yes --quiet --delete-secret-and-public-key \
		"$(cat "$SCRATCH/key-eve")"
	verified 1 0 0 8 0
	has ../out 'not trusted'
	has ../out 'not known'
	git cat-file commit pv/deployments | sed 's/^Deploy/Deployed/' >../forged
	sign ''
	make_all three
	verified 1 0 0 8 4
	echo "$(cat "$SCRATCH/key-carl"):6:" | gpg --batch --quiet \
		--import-ownertrust
	git cat-file commit pv/deployments~2 | sed 's/^Deploy/Deployed/' >../forged
	verified 1 0 1 0 0 "$(git hash-object -t commit -w ../forged)"
	verified 1 4 0 4 4
}

it 'tells them apart with keys of gpg' 'with_gpg gpg_story'

finish
