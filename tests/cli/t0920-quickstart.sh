#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'the quickstart plays through, twice, from anywhere'

# The quickstart makes its own build; packages must be there already, so that
# this test touches neither the network nor the machine.
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
TMPDIR=$SCRATCH
export TMPDIR

play() {
	mkdir -p "$1"
	cd "$1"
	sh "$PROJECT/examples/quickstart.sh" >"$TRASH/$2" 2>"$TRASH/$2.err"
	tail -n 1 "$TRASH/$2" >"$TRASH/$2.last"
	cd "$TRASH"
}

it 'ends with the repository it made' '
	play "$SCRATCH/some where" first
	has first.last "repository: $SCRATCH/"
	same "repository:" "$(cut -d " " -f 1 first.last)"
'

it 'leaves a sound repository to explore' '
	repository=$(sed "s/^repository: //" first.last)
	is_clean "$repository"
	test "$(git -C "$repository" tag | wc -l)" -gt 13
	PATH=$PROJECT/build/release/cmd/git-pv:$PATH
	git -C "$repository" pv list --json >list
	json list "length > 12" true
'

it 'shows commands and what they print' '
	has first "\$ git pv merge exp/short-reason"
	has first "support/triage 1.0.0 (first)"
	has first "conflict: support/reply model.temperature"
	has first "the clone agrees"
	lacks first.err "error:"
'

it 'plays again beside the first' '
	play "$SCRATCH" second
	if cmp -s first.last second.last; then exit 1; fi
	same "$(grep -c "^\\$ " first)" "$(grep -c "^\\$ " second)"
'

finish
