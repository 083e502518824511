# SPDX-License-Identifier: MIT
#
# The library of the command line tests. A test is a POSIX shell script
# tests/cli/tNNNN-<topic>.sh of this shape:
#
#	. "$(dirname "$0")/lib.sh"
#	begin 'what this file is about'
#	it 'refuses a bad id' '
#		expect_failure 128 git pv show ../x 2>err
#		is_error err "../x"
#	'
#	finish
#
# `begin` makes an empty scratch folder, enters it and isolates it from the
# machine: own HOME, no system configuration, fixed identity and a clock that
# ticks a minute per test, so object ids are the same in every run. git-pv
# comes from $PV_BUILD (default: build/dev) and is first on PATH. Each `it`
# body runs in a subshell under `set -e`, in the scratch folder: one command a
# line, without `&&`, which would hide a failure from `set -e`. What has to
# last between bodies goes into files. PV_VERBOSE=1 shows the output of every
# body, PV_KEEP=1 leaves the scratch folder behind.

set -u

# The sanitizers' verdict must not look like an exit status of git-pv.
SANITIZER_STATUS=99

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

TEST_SOURCE=$(cd "$(dirname "$0")" && pwd) || exit 1
PROJECT=$(cd "$TEST_SOURCE/../.." && pwd) || exit 1
PV_BUILD=${PV_BUILD:-$PROJECT/build/dev}
case $PV_BUILD in
/*) ;;
*) PV_BUILD=$PWD/$PV_BUILD ;;
esac
# Corpora too large or foreign for the repository; may be absent.
PV_SHARED=${PV_SHARED:-$PROJECT/../shared}
passed=0
failed=0
failures=

isolate_environment() {
	for name in $(env | sed -n 's/^\(GIT_[A-Z_0-9]*\)=.*/\1/p') \
		XDG_CONFIG_HOME XDG_CACHE_HOME VISUAL PAGER EMAIL \
		NO_COLOR CLICOLOR_FORCE COLUMNS \
		PV_REPO PV_INDEX PV_ENVIRONMENT PV_TRACKING PV_TRACE; do
		unset "$name"
	done
	LC_ALL=C.UTF-8 TZ=UTC TERM=dumb EDITOR=: HOME=$SCRATCH/home
	GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
	# Nothing may be found above the scratch folder.
	GIT_CEILING_DIRECTORIES=$SCRATCH
	GIT_AUTHOR_NAME='Ada Author' GIT_AUTHOR_EMAIL=ada@example.com
	GIT_COMMITTER_NAME='Carl Committer'
	GIT_COMMITTER_EMAIL=carl@example.com
	options=exitcode=$SANITIZER_STATUS
	ASAN_OPTIONS=$options UBSAN_OPTIONS=$options:print_stacktrace=1
	LSAN_OPTIONS=$options TSAN_OPTIONS=$options
	PATH=$PV_BUILD/cmd/git-pv:$PATH
	export LC_ALL TZ TERM EDITOR HOME PATH GIT_CONFIG_NOSYSTEM \
		GIT_TERMINAL_PROMPT GIT_CEILING_DIRECTORIES \
		GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL \
		GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL \
		ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS
	mkdir -p "$HOME"
	git config --global init.defaultBranch main
	git config --global advice.detachedHead false
	# A collection in the background could outlive the scratch folder.
	git config --global gc.autoDetach false
	git config --global maintenance.auto false
	# Run by tests/postgres.sh, executions are kept there.
	[ -z "${PV_TEST_POSTGRES:-}" ] || use_postgres
}

# use_postgres: executions of each repository in a project of its own, as all
# share a server, and many begin with the same commit.
use_postgres() {
	command git init -q "$SCRATCH/probe"
	! (cd "$SCRATCH/probe" && PV_INDEX=$PV_TEST_POSTGRES git-pv index info) \
		2>&1 | grep -qF 'was built without' ||
		skip_all 'this git-pv was built without PostgreSQL'
	rm -rf "$SCRATCH/probe"
	git config --global pv.index "$PV_TEST_POSTGRES"
	git() {
		command git "$@" || return
		[ "$1" != init ] || {
			for git_folder; do :; done
			case $git_folder in
			init | -*) git_folder=. ;;
			esac
			command git -C "$git_folder" config pv.project \
				"$(cat /proc/sys/kernel/random/uuid)"
		}
	}
}

# forget_index: the repository here has no executions any more.
forget_index() {
	rm -f .git/pv/index.db*
	[ -z "${PV_TEST_POSTGRES:-}" ] ||
		git config pv.project "$(cat /proc/sys/kernel/random/uuid)"
}

clean_up() {
	status=$?
	trap - EXIT
	cd /
	if [ -n "${PV_KEEP:-}" ]; then
		printf 'kept: %s\n' "$SCRATCH" >&2
	else
		chmod -R u+rwX "$SCRATCH" 2>/dev/null
		rm -rf "$SCRATCH"
	fi
	exit "$status"
}

# begin TITLE: set everything up; the first call of a test.
begin() {
	[ -x "$PV_BUILD/cmd/git-pv/git-pv" ] ||
		die "no git-pv in $PV_BUILD: build it or set PV_BUILD"
	SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/pv-test.XXXXXX") ||
		die 'no scratch folder'
	# Tests compare paths with what git prints, which is resolved.
	SCRATCH=$(cd "$SCRATCH" && pwd -P)
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	isolate_environment
	TRASH=$SCRATCH/trash
	mkdir "$TRASH" && cd "$TRASH" || exit 1
	echo 1767225600 >"$SCRATCH/clock"
	printf '%s: %s\n' "${0##*/}" "$1"
}

# tick: move author and committer dates one minute on.
tick() {
	read -r now <"$SCRATCH/clock"
	now=$((now + 60))
	echo "$now" >"$SCRATCH/clock"
	GIT_AUTHOR_DATE="@$now +0100" GIT_COMMITTER_DATE="@$now +0100"
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}

# it NAME BODY: run BODY, count it as passed or failed.
it() {
	tick
	(
		set -e
		eval "$2"
	) >"$SCRATCH/output" 2>&1 3>&1 </dev/null
	it_status=$?
	if [ "$it_status" -eq 0 ]; then
		passed=$((passed + 1))
		printf 'ok   %s\n' "$1"
	else
		failed=$((failed + 1))
		failures="$failures
  $1"
		printf 'FAIL %s (status %d)\n' "$1" "$it_status"
	fi
	if [ "$it_status" -ne 0 ] || [ -n "${PV_VERBOSE:-}" ]; then
		sed 's/^/    | /' "$SCRATCH/output"
	fi
}

# it_tty NAME BODY: `it` for what needs a terminal, which a bare container may
# not be able to make.
it_tty() {
	if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
		it "$1" "$2"
	else
		skip "$1" 'no pseudo-terminal can be made here (/dev/pts)'
	fi
}

# it_sqlite NAME BODY: `it` for what looks into SQLite's file, breaks it, or is
# its own answer.
it_sqlite() {
	if [ -n "${PV_TEST_POSTGRES:-}" ]; then
		skip "$1" 'it is about SQLite, and this runs on PostgreSQL'
	else
		it "$1" "$2"
	fi
}

# skip NAME REASON: name a test that cannot run here, visibly.
skip() {
	printf 'skip %s: %s\n' "$1" "$2"
}

# skip_all REASON: give up the whole file as not applicable here.
skip_all() {
	printf 'skipped: %s\n' "$1"
	exit 77
}

# finish: the last call of a test.
finish() {
	if [ "$failed" -ne 0 ]; then
		printf 'failed:%s\n' "$failures"
	fi
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ]
	exit
}

# --- checks: each says on the test's log what it expected, and fails --------

# log WORDS...: descriptor 3 is the log of `it`, whatever is redirected.
log() {
	printf '%s\n' "$*" >&3
}

# expect_failure STATUS COMMAND...: the command must exit with just that.
expect_failure() {
	want=$1
	shift
	got=0
	"$@" || got=$?
	[ "$got" -eq "$want" ] && return 0
	log "expected status $want, got $got: $*"
	return 1
}

# expect_success COMMAND...: as the command alone, but says what failed.
expect_success() {
	expect_failure 0 "$@"
}

# cmp_files EXPECTED ACTUAL: the same bytes.
cmp_files() {
	diff -u "$1" "$2" >&3 && return 0
	log "files differ: $1 $2"
	return 1
}

# has FILE TEXT: FILE contains the line fragment TEXT.
has() {
	grep -qF -e "$2" "$1" && return 0
	log "not in $1: $2"
	cat "$1" >&3
	return 1
}

# lacks FILE TEXT: the opposite.
lacks() {
	grep -qF -e "$2" "$1" || return 0
	log "unexpected in $1: $2"
	cat "$1" >&3
	return 1
}

# same EXPECTED ACTUAL: the same text.
same() {
	[ "$1" = "$2" ] && return 0
	printf 'expected: %s\nactual:   %s\n' "$1" "$2" >&3
	return 1
}

# empty FILE: nothing in it.
empty() {
	[ ! -s "$1" ] && return 0
	log "not empty: $1"
	cat "$1" >&3
	return 1
}

# json FILE FILTER EXPECTED: what a jq filter makes of a JSON document, raw
# and compact. The document must be the only one in the file.
json() {
	actual=$(jq -csr "if length == 1 then .[0] | ($2)
		else error(\"not one document\") end" "$1") || {
		log "no JSON document in $1:"
		cat "$1" >&3
		return 1
	}
	[ "$actual" = "$3" ] && return 0
	printf '%s of %s\nexpected: %s\nactual:   %s\n' \
		"$2" "$1" "$3" "$actual" >&3
	return 1
}

# is_json_error FILE CODE: the JSON error document with that code.
is_json_error() {
	json "$1" .error.code "$2" &&
		json "$1" '.error | has("message") and has("hint")' true
}

# is_error FILE [TEXT]: an "error:" line and a "hint:" line on stderr.
is_error() {
	has "$1" 'error: ' && has "$1" 'hint: ' &&
		{ [ $# -eq 1 ] || has "$1" "$2"; }
}

# check_repo [DIR]: objects sound, no lock left behind.
check_repo() {
	check_dir=$(git -C "${1:-.}" rev-parse --absolute-git-dir) || return 1
	git --git-dir="$check_dir" fsck --strict --no-dangling \
		--no-progress >"$SCRATCH/fsck" 2>&1 || {
		log "git fsck --strict fails in $check_dir"
		cat "$SCRATCH/fsck" >&3
		return 1
	}
	# Progress and notices of unborn branches are no errors.
	if grep -Ev '^notice: ' "$SCRATCH/fsck" >&3; then
		log "git fsck --strict complains in $check_dir"
		return 1
	fi
	find "$check_dir" -name '*.lock' -print >"$SCRATCH/locks"
	empty "$SCRATCH/locks"
}

# is_clean [DIR]: check_repo, and git status has nothing to say.
is_clean() {
	git -C "${1:-.}" status --porcelain >"$SCRATCH/status" &&
		empty "$SCRATCH/status" && check_repo "${1:-.}"
}

# snapshot DIR: everything a failed command must leave alone, as text: HEAD,
# refs, index, and the files with their contents.
snapshot() {
	git -C "$1" symbolic-ref -q HEAD || :
	git -C "$1" rev-parse -q --verify HEAD || :
	git -C "$1" for-each-ref
	git -C "$1" ls-files --stage
	(cd "$1" && find . -name .git -prune -o -type f -exec cksum {} + |
		LC_ALL=C sort)
}

# --- making things ----------------------------------------------------------

# write PATH: standard input into a file, with its folders.
write() {
	case $1 in
	*/*) mkdir -p "${1%/*}" ;;
	esac
	cat >"$1"
}

# text_prompt PATH [TEXT]: the smallest prompt file worth committing.
text_prompt() {
	if [ $# -eq 1 ]; then
		set -- "$1" 'Say hello to {{ name }}.'
	fi
	printf 'name: %s\nprompt: |\n  %s\n' "$(basename "$1" .yaml)" "$2" |
		write "$1"
}

# new_repo DIR: an empty repository with plain git, and the one setting that
# `git pv init` would make which commands look at.
new_repo() {
	git init -q "$1"
	git -C "$1" config pv.defaultBranch main
}
