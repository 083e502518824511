#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv branch and switch are what git makes of them'

new_repo repo
cd repo || exit 1
text_prompt prompts/a.yaml "One."
git pv commit -q -m one >/dev/null

it 'makes a branch where HEAD is, or at a start' '
	git pv branch exp/concise
	same "$(git rev-parse main)" "$(git rev-parse exp/concise)"
	text_prompt prompts/a.yaml "Two."
	git pv commit -q -m two >/dev/null
	git pv branch old a/v1.0.0
	same "$(git rev-parse HEAD~1)" "$(git rev-parse old)"
	git pv branch from-branch exp/concise --json >../out
	json ../out "[.name, .commit, .deleted]" \
		"[\"from-branch\",\"$(git rev-parse HEAD~1)\",false]"
	is_clean
'

it 'lists branches as git has them' '
	git pv branch --json >../out
	json ../out "[.[].name]" \
		"[\"exp/concise\",\"from-branch\",\"main\",\"old\"]"
	json ../out "[.[] | select(.current).name]" "[\"main\"]"
	json ../out ".[2].commit" "$(git rev-parse main)"
	git pv branch >../out
	has ../out "* main"
	has ../out " two"
'

it 'tells how far branches are from the default branch' '
	new_repo ../far
	cd ../far
	for id in a b c; do
		text_prompt prompts/$id.yaml
	done
	git pv commit -q -m one >../out
	git switch -q -c exp/long-name
	text_prompt prompts/a.yaml Calm.
	git pv mv b d -q >../out
	git pv commit -q -m calm >../out
	git commit -q --allow-empty -m "Nothing"
	git switch -q main
	text_prompt prompts/c.yaml Main.
	git pv commit -q -m two >../out
	git branch ahead exp/long-name~1
	git branch behind main~1
	git switch -q --orphan alone
	text_prompt prompts/x.yaml
	git add . && git commit -q -m alone
	git switch -q main
	git pv branch --json >../out
	json ../out "[.[] | [.name, .ahead, .behind, .prompts_changed]]" \
		"[[\"ahead\",2,1,3],[\"alone\",1,2,4],[\"behind\",0,1,0],[\"exp/long-name\",3,1,3],[\"main\",0,0,0]]"
	c() {
		git log -1 --format=%h --abbrev=7 "$1"
	}
	day=$(git log -1 --format=%cd --date=format:%Y-%m-%d)
	git pv branch >../out
	cmp_files ../out - <<-TEXT
		  ahead          $(c ahead)  $day  [ahead 2, behind 1] 3 prompts  calm
		  alone          $(c alone)  $day  [ahead 1, behind 2] 4 prompts  alone
		  behind         $(c behind)  $day  [behind 1] one
		  exp/long-name  $(c exp/long-name)  $day  [ahead 3, behind 1] 3 prompts  Nothing
		* main           $(c main)  $day  two
	TEXT
	git branch -q -m main trunk
	git pv branch --json >../out
	json ../out "map(.ahead, .behind, .prompts_changed) | unique" "[null]"
	git pv branch >../out
	lacks ../out ahead:
'

# A graph of 40 commits with merges, and dates that do not follow it.
it 'counts as git does, whatever the graph and its dates' '
	new_repo ../graph
	cd ../graph
	tree=$(git write-tree)
	random=7
	draw() { # draw N: the next number below N, in $drawn
		random=$(((random * 1103515245 + 12345) % 2147483648))
		drawn=$((random / 65536 % $1))
	}
	git commit -q --allow-empty -m root
	git rev-parse HEAD >../commits
	for i in $(seq 40); do
		draw "$(wc -l <../commits)"
		first=$(sed -n "$((drawn + 1))p" ../commits)
		draw "$(wc -l <../commits)"
		second=$(sed -n "$((drawn + 1))p" ../commits)
		draw 3
		set -- -p "$first"
		[ "$drawn" -gt 0 ] || [ "$first" = "$second" ] || set -- "$@" -p "$second"
		draw 50
		GIT_COMMITTER_DATE="@$((1767225600 + 60 * i - 300 * (drawn / 45))) +0000" \
			git commit-tree "$tree" "$@" -m "$i" >>../commits
	done
	i=0
	while read -r commit; do
		i=$((i + 1))
		echo "create refs/heads/b$i $commit"
	done <../commits | git update-ref --stdin
	for i in 41 25; do
		git update-ref refs/heads/main "refs/heads/b$i"
		git pv branch --json | jq -r ".[] | [.name, .ahead, .behind] | @tsv" >../mine
		git for-each-ref --format="%(refname:short)" refs/heads |
			while read -r name; do
				printf "%s\t%s\n" "$name" \
					"$(git rev-list --left-right --count "$name...main")"
			done >../git
		cmp_files ../git ../mine
	done
'

it 'lists nothing before the first commit' '
	new_repo ../empty
	git -C ../empty pv branch --json >../out
	json ../out . "[]"
'

it 'refuses names that are taken, bad, or start nowhere' '
	snapshot . >../before
	expect_failure 128 git pv branch old --json >../out
	is_json_error ../out exists
	for name in "a b" "../x" "-x" "a..b" "x.lock" "@"; do
		expect_failure 128 git pv branch -- "$name" 2>../err
		is_error ../err
	done
	expect_failure 128 git pv branch Main --json >../out
	is_json_error ../out exists
	expect_failure 128 git pv switch -c EXP/concise --json >../out
	is_json_error ../out exists
	expect_failure 128 git pv branch new nowhere --json >../out
	is_json_error ../out version-not-found
	snapshot . >../after
	cmp_files ../before ../after
'

it 'means the branch where a tag has its name' '
	git tag main HEAD~1
	git pv branch twin
	same "$(git rev-parse heads/main)" "$(git rev-parse twin)"
	git pv branch twin2 main
	same "$(git rev-parse heads/main)" "$(git rev-parse twin2)"
	git tag -d main
	git branch -q -D twin twin2
'

# twin ARGS: `git branch` in one copy of the repository, `git pv branch` in
# another; refs, their logs and the settings are the same afterwards.
twin() {
	rm -rf ../gits ../ours
	cp -a . ../gits
	cp -a . ../ours
	git -C ../gits branch "$@" >../gits.said 2>/dev/null ||
		log "git refuses: $*"
	[ "$1" != -D ] || { shift; set -- -d -f "$@"; }
	git -C ../ours pv branch "$@" >../ours.said 2>/dev/null ||
		log "we refuse: $*"
	for copy in gits ours; do
		(cd ../$copy/.git && find refs logs -type f -exec cat {} + -print |
			LC_ALL=C sort && cat config packed-refs 2>/dev/null) >../$copy.state
	done
	cmp_files ../gits.state ../ours.state
}

it 'takes a name whose folders are left, and minds one that is there' '
	git pv branch n
	expect_failure 128 git pv branch n/m 2>../err
	has ../err "\"refs/heads/n\" is in the way"
	git pv branch -d n
	git pv branch n/m/o
	expect_failure 128 git pv branch n 2>../err
	has ../err "there are refs below \"refs/heads/n\""
	git pv branch -d n/m/o
	test ! -e .git/refs/heads/n
	test ! -e .git/logs/refs/heads/n
	mkdir -p .git/refs/heads/n/m .git/logs/refs/heads/n/m
	git pv branch n
	test -f .git/logs/refs/heads/n
	git pack-refs --all
	expect_failure 128 git pv branch n/m 2>../err
	has ../err "\"refs/heads/n\" is in the way"
	git pv branch -d n
	git pv branch n/m
	test -f .git/logs/refs/heads/n/m
	git pv branch -d n/m
'

it 'leaves what git leaves' '
	git clone -q . ../clone
	cd ../clone
	git config pv.defaultBranch main
	git tag light
	git tag other-name main
	git branch side main~1
	git update-ref refs/odd/one main
	git update-ref refs/remotes/origin/HEAD refs/remotes/origin/main
	for start in "" main HEAD main~1 refs/heads/side heads/side light \
		a/v1.0.0 origin/main origin/main~1 remotes/origin/main origin \
		refs/remotes/origin/main refs/odd/one odd/one \
		"$(git rev-parse main~1)" "$(git rev-parse --short main)" @; do
		twin new $start
		twin deep/er/new $start
	done
	for value in false always inherit simple; do
		git config branch.autoSetupMerge $value
		for start in "" side origin/main light; do
			twin new $start
		done
	done
	git config --unset branch.autoSetupMerge
	git config branch.autoSetupRebase always
	twin new origin/main
	git config --unset branch.autoSetupRebase
	git config core.logAllRefUpdates false
	twin new
	git config --unset core.logAllRefUpdates
	git config --add remote.mirror.url ../repo
	git config --add remote.mirror.fetch "+refs/heads/*:refs/heads/*"
	twin new side
	git config --remove-section remote.mirror
	git pack-refs --all
	twin side/new
	twin new side
	git switch -q --detach
	twin new
	git switch -q --orphan unborn
	twin unborn main
	mkdir -p .git/hooks
	printf "#!/bin/sh\ncat >>hooked\n" >.git/hooks/reference-transaction
	chmod +x .git/hooks/reference-transaction
	twin new main
	[ -s ../ours/hooked ]
	cp ../ours/hooked ../hooked
	cmp_files ../gits/hooked ../hooked
'

it 'deletes what git deletes, and nothing else' '
	cd ../clone
	rm .git/hooks/reference-transaction
	git switch -q main
	git branch -q --no-track loose main~1
	git branch -q --no-track deep/er/loose main~1
	git branch -q --no-track deep/other main~1
	git branch -q --track follows origin/main
	git branch -q --no-track noted main
	git config branch.noted.description "A note"
	git symbolic-ref refs/heads/link refs/heads/loose
	git branch -q --no-track ahead "$(git commit-tree -p main -m x main^{tree})"
	git branch -q --no-track packed main~1
	git pack-refs --all --no-prune
	git branch -q --no-track fresh main
	for name in loose deep/er/loose deep/other follows noted link ahead \
		packed fresh main; do
		twin -d $name
		cmp_files ../gits.said ../ours.said
	done
	git config gc.packRefs false
	git update-ref -d refs/heads/fresh
	git branch -q deep/new main
	twin -D ahead
	twin -D fresh
	twin -D deep/new
	cmp_files ../gits.said ../ours.said
	git worktree add -q ../other deep/new
	twin -d deep/new
	git worktree remove ../other
	twin -d deep/new
	[ ! -e ../ours/.git/refs/heads/deep/new ]
'

it 'makes a branch where nobody has a name' '
	cd ../clone

	unset GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
	git config user.useConfigOnly true
	twin anonymous main
	git -C ../ours rev-parse -q --verify anonymous
'

it 'gives no wrong hint about a branch that is checked out' '
	for force in "" -f; do
		expect_failure 128 git pv branch -d $force main --json >../out
		json ../out ".error.hint | test(\"git pv switch\")" true
		git worktree add -q ../tree -b tree
		expect_failure 128 git pv branch -d $force tree --json >../out
		json ../out ".error.hint | test(\"checked out\")" true
		git worktree remove ../tree
		git branch -q -D tree
	done
'

it 'deletes what is merged; the rest only when forced' '
	git pv branch -d old --json >../out
	json ../out .deleted true
	expect_failure 1 git rev-parse -q --verify refs/heads/old
	git switch -q exp/concise
	text_prompt prompts/a.yaml "Unmerged."
	git pv commit -q -m unmerged >/dev/null
	git switch -q main
	expect_failure 128 git pv branch -d exp/concise 2>../err
	is_error ../err
	git pv branch -d -f exp/concise
	expect_failure 1 git rev-parse -q --verify refs/heads/exp/concise
	expect_failure 128 git pv branch -d gone --json >../out
	is_json_error ../out version-not-found
	is_clean
'

it 'deletes what is not merged with -D' '
	for how in -D "-d -f"; do
		git branch drop
		git switch -q drop
		text_prompt prompts/a.yaml "Unmerged $how."
		git pv commit -q -m unmerged >/dev/null
		git switch -q main
		expect_failure 128 git pv branch -d drop 2>../err
		has ../err "-D deletes it"
		git pv branch $how drop --json >../out
		json ../out .deleted true
		expect_failure 1 git rev-parse -q --verify refs/heads/drop
	done
	expect_failure 129 git pv branch -D 2>../err
'

it 'switches, makes the branch first with -c, and goes back with -' '
	git pv switch -c next 2>/dev/null
	same refs/heads/next "$(git symbolic-ref HEAD)"
	git pv switch - 2>/dev/null
	same refs/heads/main "$(git symbolic-ref HEAD)"
	git pv switch --json next >../out
	json ../out "[.branch, .previous, .created]" "[\"next\",\"main\",false]"
	git pv switch --json -c third a/v1.0.0 >../out
	json ../out "[.branch, .created, .commit]" \
		"[\"third\",true,\"$(git rev-parse "a/v1.0.0^{commit}")\"]"
	is_clean
'

it 'goes to a commit, on no branch' '
	git pv switch --detach --json a/v1.0.0 >../out
	json ../out "[.branch, .commit]" \
		"[null,\"$(git rev-parse "a/v1.0.0^{commit}")\"]"
	git pv switch main 2>/dev/null
'

it 'carries changes along, or refuses as git does' '
	text_prompt prompts/new.yaml "Unsaved."
	git pv switch next 2>/dev/null
	same "?? prompts/new.yaml" "$(git status --porcelain)"
	git pv switch main 2>/dev/null
	rm prompts/new.yaml
	text_prompt prompts/a.yaml "Unsaved."
	snapshot . >../before
	expect_failure 128 git pv switch third 2>../err
	is_error ../err
	has ../err prompts/a.yaml
	expect_failure 128 git pv switch third --json >../out 2>/dev/null
	is_json_error ../out git
	json ../out ".error.message | contains(\"prompts/a.yaml\")" true
	snapshot . >../after
	cmp_files ../before ../after
	git checkout -q prompts
	is_clean
'

it 'says so when there is no such branch' '
	expect_failure 128 git pv switch nowhere 2>../err
	is_error ../err nowhere
	expect_failure 129 git pv switch 2>/dev/null
	expect_failure 129 git pv switch main third 2>/dev/null
'

it 'leaves no log of a branch that could not be made' '
	new_repo full
	cd full
	text_prompt prompts/a.yaml
	git pv commit -q -m one >/dev/null
	(
		trap "" XFSZ
		ulimit -f 0
		git pv branch zz 2>&1 || echo "status $?"
	) | cat >../out
	has ../out "status 128"
	expect_failure 1 git rev-parse -q --verify refs/heads/zz
	[ ! -e .git/logs/refs/heads/zz ]
	[ ! -e .git/refs/heads/zz.lock ]
	git pv branch zz
'

it 'lists the others when one is broken' '
	new_repo broken
	cd broken
	git commit -q --allow-empty -m one
	for id in deadbeef 00000000; do
		echo $id$id$id$id$id >.git/refs/heads/zz
		git pv branch >../out 2>../err
		has ../out "* main"
		lacks ../out zz
		git pv branch --json >../out 2>>../err
		json ../out "[.[].name]" "[\"main\"]"
	done
	has ../err "the branch \"zz\" is broken"
'

it 'moves the branch that a symbolic one leads to' '
	new_repo ../symbolic
	cd ../symbolic
	text_prompt prompts/p.yaml
	text_prompt prompts/q.yaml
	git pv commit -q -m one >/dev/null
	git branch -m trunk
	git symbolic-ref refs/heads/main refs/heads/trunk
	git symbolic-ref HEAD refs/heads/main
	for text in A B; do
		text_prompt prompts/p.yaml "$text"
		git pv commit -m "say $text" --json p >../out
		json ../out .branch main
		json ../out "[.released[].id]" "[\"p\"]"
		for log in HEAD main trunk; do
			same "commit: say $text" "$(git reflog -1 --format=%gs $log)"
		done
	done
	git pv rollback p --to 1.0.0 >/dev/null
	git pv mv q r >/dev/null
	git pv switch -c side >/dev/null
	text_prompt prompts/r.yaml C
	git pv commit -q -m C >/dev/null
	git pv switch main >/dev/null
	git pv merge side >/dev/null
	git pv release >/dev/null
	same refs/heads/trunk "$(git symbolic-ref refs/heads/main)"
	same "$(git rev-parse HEAD)" "$(git rev-parse trunk)"
	same "$(git rev-parse HEAD)" "$(git rev-parse side)"
	is_clean
'

it 'leaves the branch of environments out, and says which branch is not there' '
	new_repo deployed
	cd deployed
	text_prompt prompts/a.yaml
	git pv commit -q -m one
	git pv deploy a --env staging >/dev/null
	git pv branch --json >../out
	json ../out "[.[].name]" "[\"main\"]"
	expect_failure 128 git pv switch nosuch --json >../out 2>/dev/null
	json ../out .error.code version-not-found
	expect_failure 128 git pv switch mian --json >../out 2>/dev/null
	jq -e ".error.hint | test(\"main\")" ../out
	git pv switch main --json >../out
	json ../out "[.branch, .previous, .created]" "[\"main\",\"main\",false]"
'

finish
