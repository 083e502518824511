#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From a fresh Debian 12 to a repository of prompts to play with: installs
# what is missing (as root, or with sudo), builds git-pv, and walks through
# the everyday loop on the sample prompts, each command shown with its real
# output. The repository stays; the last line says where. Nothing outside
# build/ and that folder is written, and your git configuration is not
# touched.
#
#	sh examples/quickstart.sh
#
set -eu

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/.." && pwd)
sample=$here/sample/prompts.jsonl

# --- what it takes ----------------------------------------------------------

install_packages() {
	# Elsewhere than on Debian, cmake says what it misses.
	if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
	then
		sh "$project/tests/install-deps.sh" build
	fi
}

build() {
	log=$project/build/quickstart.log
	mkdir -p "$project/build"
	echo "building git-pv in $project/build/release"
	# A build that is there keeps its settings; a new one needs no tests.
	set --
	[ -e "$project/build/release/CMakeCache.txt" ] || set -- -DPV_TESTS=OFF
	if ! (cd "$project" && cmake --preset release "$@" &&
		cmake --build build/release --target git-pv) >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		echo "error: the build failed, see $log" >&2
		exit 1
	fi
	PATH=$project/build/release/cmd/git-pv:$PATH
	export PATH
}

# --- the tour ---------------------------------------------------------------

say() {
	printf '\n# %s\n' "$*"
}

# run 'COMMAND LINE': shows the line as one would type it, then does it.
run() {
	printf '$ %s\n' "$1"
	eval "$1"
}

# A line that is expected to end with status 1.
run_negative() {
	printf '$ %s\n' "$1"
	status=0
	eval "$1" || status=$?
	[ "$status" -eq 1 ] || {
		echo "error: expected status 1, got $status" >&2
		exit 1
	}
}

make_repository() {
	# Git's variables of a hook or an editor must not lead elsewhere.
	unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY \
		GIT_COMMON_DIR GIT_NAMESPACE GIT_PREFIX
	PAGER=cat GIT_PAGER=cat GIT_EDITOR=:
	export PAGER GIT_PAGER GIT_EDITOR
	repository=$(mktemp -d "${TMPDIR:-/tmp}/git-pv-quickstart.XXXXXX")
	cd "$repository"
	say 'A repository of prompts is a git repository.'
	run 'git init -q -b main'
	# Commits need a name; this one stays in the scratch repository.
	git config user.name >/dev/null || git config user.name 'Pat Example'
	git config user.email >/dev/null ||
		git config user.email pat@example.com
	run 'git pv init --yes'
	run 'git pv commit -m "Set up git-pv"'
}

import_prompts() {
	say 'Bring prompts in from JSON lines; one commit for all of them.'
	cp "$sample" "$repository/../$(basename "$repository").jsonl"
	lines=$repository/../$(basename "$repository").jsonl
	printf '$ %s\n' 'git pv import jsonl prompts.jsonl --commit'
	git pv import jsonl "$lines" --commit -m 'Import the sample prompts'
	rm "$lines"
	run 'git pv list'
	run 'git pv show support/triage'
	say 'Versions are annotated tags, made when the prompts are ready.'
	run 'git pv release'
}

work_on_branches() {
	say 'An idea gets a branch, while main goes on.'
	run 'git pv switch -c exp/short-reason'
	run 'git pv edit support/triage --set model.max_tokens=120 --set "description=Sorts a ticket into a queue, with a short reason."'
	run 'git pv status'
	run 'git pv commit -m "Ask for a short reason"'
	run 'git pv show support/triage --json | grep -o "\"version\": *\"[^\"]*\""'
	run 'git pv switch main'
	run 'git pv edit support/triage --set owner=triage-team'
	run 'git pv commit -m "Triage has a team of its own"'
	say 'Both sides changed the same file; the merge keeps both.'
	run 'git pv merge exp/short-reason'
	run 'git pv diff support/triage@1.0.0 support/triage@latest'
	run 'git pv log support/triage'
}

meet_a_conflict() {
	say 'Where both sides want the same field, a person decides.'
	run 'git pv switch -c exp/creative'
	run 'git pv edit support/reply --set model.temperature=0.9'
	run 'git pv commit -m "Freer replies"'
	run 'git pv switch main'
	run 'git pv edit support/reply --set model.temperature=0.3'
	run 'git pv commit -m "Stricter replies"'
	run_negative 'git pv merge exp/creative'
	run 'git pv conflicts'
	run 'git pv merge --abort'
}

go_back() {
	say 'Undo a commit, or bring one prompt back as it was.'
	run 'git pv revert HEAD'
	run 'git pv rollback support/triage --to 1.0.0'
	run 'git pv versions support/triage'
}

check_the_clone() {
	say 'All of it is git: a plain clone has every prompt and version.'
	clone=$(mktemp -d "${TMPDIR:-/tmp}/git-pv-clone.XXXXXX")
	run "git clone -q . '$clone'"
	git pv list --json >"$clone.here"
	(cd "$clone" && git pv list --json) >"$clone.there"
	run "cmp '$clone.here' '$clone.there' && echo the clone agrees"
	run "git fsck --strict --no-progress --no-dangling && echo git finds no fault"
	rm -rf "$clone" "$clone.here" "$clone.there"
}

install_packages
build
make_repository
import_prompts
work_on_branches
meet_a_conflict
go_back
check_the_clone
say 'Your turn: cd there, and try "git pv help".'
echo "PATH for it: PATH=$project/build/release/cmd/git-pv:\$PATH"
echo "repository: $repository"
