#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Locks that another process holds, met by commands that run git: it does not
# wait, and meets those of refs only when the files are changed.
. "$(dirname "$0")/lib.sh"
begin 'locks of others are waited for before git is run'

# two NAME: a repository with something to merge, revert and pick.
two() {
	new_repo "$1"
	cd "$1"
	mkdir prompts
	printf "name: a\nprompt: One.\n" >prompts/a.yaml
	printf "name: b\nprompt: Two.\n" >prompts/b.yaml
	git add .
	git commit -q -m one
	git switch -q -c side
	echo "goal: side" >>prompts/b.yaml
	git commit -q -a -m side
	git switch -q main
	echo "goal: main" >>prompts/a.yaml
	git commit -q -a -m two
}

# stopped LOCK COMMAND: refused with path and age, nothing touched.
stopped() {
	lock=$1
	shift
	: >".git/$lock"
	touch -d "5 minutes ago" ".git/$lock"
	expect_failure 128 git pv "$@" 2>../err
	has ../err "$lock\" is there for 30"
	rm ".git/$lock"
	is_clean
	[ ! -e .git/MERGE_HEAD ]
	same two "$(git log -1 --format=%s)"
}

for command in 'merge side' 'revert HEAD' 'cherry-pick side'; do
	it "says what holds ${command%% *} up" '
		two "'"${command%% *}"'"
		for name in index HEAD refs/heads/main; do
			stopped $name.lock '"$command"'
		done
	'
done

it 'says what holds switch up, which leaves the branch alone' '
	two switch
	stopped index.lock switch side
	stopped HEAD.lock switch side
	: >.git/refs/heads/main.lock
	git pv switch side
	rm .git/refs/heads/main.lock
	same side "$(git branch --show-current)"
'

it 'goes on when the lock is gone soon' '
	two soon
	for command in "revert HEAD" "merge side"; do
		: >.git/HEAD.lock
		{ sleep 0.3; rm .git/HEAD.lock; } &
		git pv $command >/dev/null
		wait
	done
	is_clean
'

it 'waits while the lock changes hands, and says so when it is young' '
	two turns
	echo "goal: turns" >>prompts/b.yaml
	: >.git/index.lock
	{
		for i in 1 2 3 4 5 6 7 8; do
			sleep 0.5
			: >.git/other
			mv .git/other .git/index.lock
		done
		rm .git/index.lock
	} &
	git pv commit -q -m turns >/dev/null
	wait
	is_clean
	touch -d "2 minutes" .git/index.lock
	echo "tags: [young]" >>prompts/a.yaml
	expect_failure 128 git pv commit -m young 2>../err
	has ../err "is there for 0 s"
	lacks ../err "remove"
	rm .git/index.lock
'

it 'waits for a commit whose branch has moved before its index' '
	two between
	printf "#!/bin/sh\ntest \$1 != committed || sleep 1.5\n" \
		>.git/hooks/reference-transaction
	chmod +x .git/hooks/reference-transaction
	echo "goal: x" >>prompts/b.yaml
	head=$(git rev-parse HEAD)
	git pv commit -q -m first b >/dev/null &
	while [ "$(git rev-parse HEAD)" = "$head" ]; do
		sleep 0.02
	done
	rm .git/hooks/reference-transaction
	echo "tags: [more]" >>prompts/b.yaml
	git pv commit -q -m second >/dev/null
	wait
	same "second first" "$(git log -2 --format=%s | xargs)"
	is_clean
'

# half COMMAND [WRITES]: git dies as on a full disk, files written, none staged.
half() {
	real=$(command -v git)
	mkdir ../bin
	cat >../bin/git <<-HOOK
		#!/bin/sh
		case " \$* " in
		*" $1 "*)
			sleep 0.05
			${2:-echo "goal: odd" >>prompts/b.yaml
			echo "prompt: Three." >prompts/c.yaml}
			echo "fatal: index.lock write error" >&2
			exit 128
			;;
		esac
		exec "$real" "\$@"
	HOOK
	chmod +x ../bin/git
}

for command in "merge side" "cherry-pick side" "revert HEAD"; do
	it "says what a ${command% *} without space has changed" '
		two "half-'"${command% *}"'"
		rm -rf ../bin
		half "'"${command% *}"'"
		echo "goal: mine" >>prompts/a.yaml
		PATH=$PWD/../bin:$PATH expect_failure 128 git-pv '"$command"' 2>../err
		has ../err "git had changed files; to undo that: git restore"
		has ../err "prompts/b.yaml"
		has ../err "prompts/c.yaml"
		lacks ../err "prompts/a.yaml"
		sed -n "s/.*to undo that: //; s/; and /;/p" ../err >../cure
		sh ../cure
		same " M prompts/a.yaml" "$(git status --porcelain)"
		same "goal: mine" "$(tail -n 1 prompts/a.yaml)"
	'
done

it 'does not take what the user has changed for that' '
	two mine
	echo "goal: mine" >>prompts/b.yaml
	expect_failure 128 git pv merge side 2>../err
	lacks ../err "git restore"
	same " M prompts/b.yaml" "$(git status --porcelain)"
'

it 'undoes what git could write of the other side, and only that' '
	two undone
	git switch -q side
	echo "prompt: A long one, of more than one block." >prompts/c.yaml
	echo "prompt: Another." >prompts/d.yaml
	git add prompts
	git commit -q -m more
	git switch -q main
	rm -rf ../bin
	half merge "
		git show side:prompts/c.yaml | head -c 9 >prompts/c.yaml
		: >prompts/d.yaml
		rm prompts/b.yaml"
	echo "goal: mine" >>prompts/a.yaml
	echo "prompt: Mine." >prompts/e.yaml
	PATH=$PWD/../bin:$PATH expect_failure 128 git-pv merge side 2>../err
	lacks ../err "to undo that"
	same " M prompts/a.yaml
?? prompts/e.yaml" "$(git status --porcelain)"
'

finish
