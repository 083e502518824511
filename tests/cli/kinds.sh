# SPDX-License-Identifier: MIT
#
# Every command in every kind of repository. A test reads lib.sh and this
# file, defines a function for each kind, and calls
#
#	kind bare 'works in a bare repository as far as it can' '
#		new,edit  128  needs a working tree
#	'
#
# The function `kind_bare` builds the repository with plain git in the empty
# folder it is called in, from $BASE, and sets `top`, where git is asked
# afterwards, and `where`, the folder commands run in, when that differs; it
# may export variables and define functions of the table anew. Then each
# command of the table (kinds-commands.sh) runs with real arguments, those
# that write in a copy each. It has to work: status 0, the effect `came_*`
# looks for, sound objects, no lock, files and refs as they were but for that
# effect.
#
# Rows name the exceptions: commands (or *, reads, writes, files; a later row
# counts), the status, and a part of what is said. An error's message has to
# be in the manual, git-pv(1), and nothing may have changed. With status 0 the
# words are looked for instead of the usual effect; "1+" means that status and
# the effect, "1!" a command that stops half-way, as git's does. KIND=name runs one kind, ONLY="log diff" some commands.

. "$TEST_SOURCE/kinds-commands.sh"

# --- running it -------------------------------------------------------------

# porcelain: the files git sees as changed.
porcelain() {
	g --no-optional-locks status --porcelain -uall --ignore-submodules=none
}

# left [LINE]...: nothing has changed for git status but these lines.
left() {
	[ -z "$is_bare" ] || return 0
	got=$(porcelain)
	want=$(printf '%s\n' "$@")
	[ -n "$dirt" ] || {
		same "$want" "$got"
		return
	}
	got=$(printf '%s\n' "$got" | LC_ALL=C sort)
	want=$(printf '%s\n' "$dirt" "$@" | LC_ALL=C sort)
	same "$want" "$got"
}

# sound: objects and refs are whole, no lock and no odd file is left.
sound() {
	find "$TRASH/k" \( -name '*.lock' -o -name '*~' -o -name 'tmp_*' \) \
		-print -o -path '*/objects/*' -newer "$SCRATCH/stamp" \
		-printf 'new\n' | uniq >"$SCRATCH/found"
	if grep -vx new "$SCRATCH/found" >&3; then
		log 'these are left behind'
		return 1
	fi
	others_stay && { [ ! -s "$SCRATCH/found" ] || whole; }
}

whole() {
	g fsck --strict --no-dangling --no-progress >"$SCRATCH/fsck" 2>&1 &&
		! grep -Ev '^notice: ' "$SCRATCH/fsck" >&3 && return 0
	log 'git fsck complains'
	cat "$SCRATCH/fsck" >&3
	return 1
}

# others_stay: refs that no command here has to move are where they were.
others_stay() {
	g for-each-ref >"$SCRATCH/refs.now" || return 1
	! grep -vxFf "$SCRATCH/refs.now" "$SCRATCH/refs" >&3 && return 0
	log 'these refs have moved'
	return 1
}

# files_of: a line for each file, to see that nothing was written; in memory a
# folder lists what was put into it last first. The times
# that an index holds may be refreshed, and git touches objects it finds
# again; `fetched` names files that a partial clone may receive. ORIG_HEAD and
# COMMIT_EDITMSG are left behind by git as well. Working tree files are for git status.
files_of() {
	find "$TRASH/k" ! -type d ! -name index ! -name 'sharedindex.*' \
		! -name ORIG_HEAD ! -name COMMIT_EDITMSG ! -path "${fetched:-nothing}" \
		\( -path '*/objects/*' -printf '%p %i %s\n' -o \
		-path '*.git/*' -printf '%p %i %T@ %s %m %U\n' -o \
		-printf '%p %s %m %U\n' \) | LC_ALL=C sort >"$1"
}

untouched() {
	files_of "$SCRATCH/now"
	cmp_files "$SCRATCH/listing" "$SCRATCH/now" && left
}

# expectation COMMAND: sets status and message by the last row that names it,
# and is_done when the usual effect is to be seen.
expectation() {
	status=0 message= is_done=yes is_half=
	while read -r names code words; do
		case $names in
		'*') names="$reads $writes" ;;
		reads) names=$reads ;;
		writes) names=$writes ;;
		files) names=$files ;;
		esac
		case ,$names, in
		*[,\ ]"$1"[,\ ]*) status=$code message=$words ;;
		esac
	done <"$SCRATCH/rows"
	case $status in
	*+) status=${status%+} ;;
	*!) status=${status%!} is_done= is_half=yes ;;
	0) [ -z "$message" ] || is_done= ;;
	*) is_done= ;;
	esac
}

# said: the message is there, in the shape of an error when it is one.
said() {
	cat "$OUT" "$ERR" >"$SCRATCH/said"
	has "$SCRATCH/said" "$message" || return 1
	[ "$status" -lt 100 ] || grep -q '^{"error":{"code":"' "$OUT" ||
		is_error "$ERR"
}

# call COMMAND: runs it and looks at what is said and done.
call() {
	case $1 in
	merge-driver) name=merge_driver ;;
	check-output) name=check_output ;;
	cherry-pick) name=cherry_pick ;;
	cherry-pick:field) name=cherry_pick_field ;;
	*:1.0) name=show_1_0 ;;
	*:*) name=${1%:*}_${1#*:} ;;
	*) name=$1 ;;
	esac
	tick
	got=0
	"do_$name" >"$OUT" 2>"$ERR" || got=$?
	[ "$got" -eq "$status" ] || {
		log "expected status $status, got $got:"
		cat "$OUT" "$ERR" >&3
		return 1
	}
	[ -z "$message" ] || said || return 1
	[ -z "$is_done" ] || "came_$name" || { cat "$ERR" >&3 && return 1; }
	also "$1"
}

# also COMMAND: more to look at; kinds define their own.
also() { :; }

is_among() {
	case " $2 " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# read_all: one copy does for all commands that only read.
read_all() {
	files_of "$SCRATCH/listing"
	for one_command in $nowhere $reads; do
		[ -z "${ONLY:-}" ] || is_among "$one_command" "$ONLY" || continue
		expectation "$one_command"
		call "$one_command" || complain "$1" "$one_command"
	done
	untouched || complain "$1" 'what only reads'
}

# write_one COMMAND: afterwards all is sound, or as it was.
write_one() {
	expectation "$1"
	dirt=$clean
	prepare "$1" || return 1
	case $is_done$is_half$status in
	yes* | 0)
		call "$1" && sound
		return
		;;
	esac
	[ "$dirt" != changed ] || dirt=$(porcelain)
	files_of "$SCRATCH/listing"
	call "$1" && untouched
}

# write_all: the same place for each copy, so that paths git has stored stay
# right.
write_all() {
	for one_command in $writes; do
		[ -z "${ONLY:-}" ] || is_among "$one_command" "$ONLY" || continue
		cd "$TRASH" && rm -rf k && cp -a saved k || return 1
		: >"$SCRATCH/stamp"
		cd "$where"
		write_one "$one_command" || complain "$1" "$one_command"
	done
}

complain() {
	log "--- $1: git pv $2"
	bad=1
}

# look: what the repository is like before any command.
look() {
	head=$(g rev-parse -q --verify HEAD) || :
	branch=$(g symbolic-ref -q HEAD) || :
	branch=${branch#refs/heads/}
	case $(g rev-parse --is-bare-repository) in
	true) is_bare=yes ;;
	esac
	clean=
	[ -n "$is_bare" ] || clean=$(g status >/dev/null && porcelain)
	dirt=$clean
	g for-each-ref | grep -v "	refs/heads/$branch\$" >"$SCRATCH/refs" || :
}

run_kind() {
	cd "$TRASH"
	rm -rf k saved
	mkdir k
	cd k
	top= where= as= is_bare= fetched= bad=0
	OUT=$SCRATCH/out ERR=$SCRATCH/err
	"kind_$1"
	where=${where:-$top}
	cd "$where"
	look
	cp -a "$TRASH/k" "$TRASH/saved"
	read_all "$1"
	write_all "$1"
	return $bad
}

# documented: the errors of the rows are in the manual; what check finds is
# none.
documented() {
	while read -r names code words; do
		[ "$code" != 0 ] && [ "$names" != check ] || continue
		grep -qF -e "$words" "$SCRATCH/manual" || {
			log "not in the manual: $words"
			bad=1
		}
	done <"$SCRATCH/rows"
	return $bad
}

# kind NAME TITLE [ROWS]: one test.
kind() {
	[ -z "${KIND:-}" ] || [ "$KIND" = "$1" ] || return 0
	printf '%s\n' "${3:-}" | sed 's/^[[:space:]]*//; /^$/d' >"$SCRATCH/rows"
	it "$2" "run_kind $1 && documented"
}

# --- what kinds are made from -----------------------------------------------

# make_base: two prompts, `a` with two versions and `support/b` with none, on
# main; a branch that changed `support/b`. Also the files of other commands.
make_base() {
	BASE=$SCRATCH/repo
	git init -q --template= "$BASE"
	git -C "$BASE" config pv.defaultBranch main
	(
		set -e
		cd "$BASE"
		tick
		echo read >README
		git add .
		git commit -q -m zero
		text_prompt prompts/a.yaml 'One {{ x }}.'
		text_prompt prompts/support/b.yaml 'Bee {{ y }}.'
		git add .
		git commit -q -m one
		git pv release -q a >/dev/null
		git checkout -q -b side
		echo 'description: side' >>prompts/support/b.yaml
		git commit -q -a -m side
		git checkout -q main
		tick
		text_prompt prompts/a.yaml 'Two {{ x }}.'
		git commit -q -a -m two
		git pv release -q a >/dev/null
		git gc -q
	) || die 'cannot make the base'
	for side in base:n:d ours:n:x theirs:m:d both:m:x; do
		printf 'name: %s\nprompt: Hi.\ngoal: g\ndescription: %s\n' \
			"$(echo "$side" | cut -d: -f2)" "${side##*:}" \
			>"$SCRATCH/${side%%:*}"
	done
	tr '\n\t' '  ' <"$PROJECT/cmd/git-pv/man/git-pv.1.scd" | tr -d '\\*' |
		tr -s ' ' >"$SCRATCH/manual"
	echo '{"id": "i/one", "prompt": "One."}' >"$SCRATCH/one.jsonl"
}

# copy_base [DIR]: a copy of it here.
copy_base() {
	cp -a "$BASE" "${1:-r}"
	top=$PWD/${1:-r}
}
