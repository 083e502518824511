#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv hook where everything has to be signed'

command -v ssh-keygen >/dev/null || {
	echo 'skipped: no ssh-keygen'
	exit 77
}

# sign NAME: what is made here from now on, by that key; "" for no key.
sign() {
	if [ -n "$1" ]; then
		git config commit.gpgSign true
		git config tag.gpgSign true
		git config user.signingKey "$SCRATCH/$1"
	else
		git config commit.gpgSign false
		git config tag.gpgSign false
	fi
}

# refused TEXT REF...: the push is, and the server stays as it is.
refused() {
	text=$1
	shift
	git -C ../server.git for-each-ref >../before
	expect_failure 1 git push origin "$@" 2>../err
	has ../err "$text"
	git -C ../server.git for-each-ref >../after
	cmp_files ../before ../after
}

it 'makes a server that knows one key' '
	for name in ann eve; do
		ssh-keygen -q -t ed25519 -N "" -C "$name" -f "$SCRATCH/$name"
	done
	git init -q --bare server.git
	printf "carl@example.com %s\n" "$(cat "$SCRATCH/ann.pub")" \
		>"$SCRATCH/signers"
	git -C server.git config gpg.format ssh
	git -C server.git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
	new_repo work
	cd work
	git config gpg.format ssh
	git config gpg.ssh.allowedSignersFile "$SCRATCH/signers"
	git remote add origin ../server.git
	cat >pv.yaml <<-E
	policy:
	  signed: true
	  override: ["*"]
	E
	text_prompt prompts/a.yaml "One."
	sign ann
	git add .
	git commit -q -m First
	git push -q origin main
	printf "#!/bin/sh\nexec git pv hook pre-receive\n" \
		>../server.git/hooks/pre-receive
	chmod +x ../server.git/hooks/pre-receive
'

it 'takes commits that are signed by a known key, and no others' '
	cd work
	text_prompt prompts/a.yaml "Two."
	sign ""
	git commit -q -a -m Second
	refused "has no good signature" main
	git commit -q --amend --no-edit -m "Second

Pv-Override: it burns"
	refused "has no good signature" main
	sign eve
	git commit -q --amend --no-edit
	refused "has no good signature" main
	sign ann
	git commit -q --amend --no-edit -S
	git push -q origin main
'

it 'takes no commit that was changed behind its signature' '
	cd work
	text_prompt prompts/a.yaml "Three."
	git commit -q -a -m Third
	git cat-file commit HEAD | sed "s/^Third/Thirds/" >../forged
	forged=$(git hash-object -t commit -w ../forged)
	refused "has no good signature" "$forged:refs/heads/main"
	git push -q origin main
'

it 'takes no unsigned commit between signed ones' '
	cd work
	sign ""
	text_prompt prompts/a.yaml "Four."
	git commit -q -a -m Fourth
	sign ann
	text_prompt prompts/a.yaml "Five."
	git commit -q -a -m Fifth
	refused "has no good signature" main
	git reset -q --hard origin/main
'

it 'takes versions that are signed' '
	cd work
	sign ""
	git pv release -q --all
	refused "has no good signature" refs/tags/a/v1.0.0
	git tag -d a/v1.0.0 >/dev/null
	sign eve
	git pv release -q --all
	refused "has no good signature" refs/tags/a/v1.0.0
	git tag -d a/v1.0.0 >/dev/null
	sign ann
	git pv release -q --all
	git verify-tag a/v1.0.0
	git push -q origin refs/tags/a/v1.0.0
'

it 'takes deployments that are signed' '
	cd work
	sign ""
	git pv deploy a -e staging --json >../out || :
	json ../out "[.checks[] | select(.ok | not) | .name]" "[\"policy\"]"
	sign eve
	git pv deploy a -e staging
	refused "has no good signature" pv/deployments
	git update-ref -d refs/heads/pv/deployments
	sign ann
	git pv deploy a -e staging
	git verify-commit pv/deployments
	git push -q origin pv/deployments
	git pv audit --json >../out
	json ../out "[.[].action]" "[\"deploy\",\"release\",\"override\"]"
'

it 'takes what is said in reviews when it is signed by who says it' '
	cd work
	git switch -q -c exp/six
	text_prompt prompts/a.yaml "Six."
	git commit -q -a -m Sixth
	git push -q origin exp/six
	sign ""
	id=$(git pv review open exp/six -m Six --json | jq -r .id)
	ref=refs/pv/reviews/$(printf %.2s "$id")/$id
	refused "has no good signature" "$ref"
	git update-ref -d "$ref"
	sign ann
	id=$(git pv review open exp/six -m Seven --json | jq -r .id)
	ref=refs/pv/reviews/$(printf %.2s "$id")/$id
	git push -q origin "$ref"
	GIT_COMMITTER_EMAIL=dora@example.com git pv review approve -q "$id"
	refused "has no good signature" "$ref"
	git update-ref "$ref" "$ref~1"
	sign eve
	git pv review comment -q "$id" -m "Well."
	refused "has no good signature" "$ref"
	git update-ref "$ref" "$ref~1"
	sign ann
	git pv review comment -q "$id" -m "Well."
	PV_PUSHER=dora@example.com git push -q origin "$ref"
	git pv verify "$id"
'

finish
