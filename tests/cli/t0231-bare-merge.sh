#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv merge in a bare repository, and without touching anything'

# origin NAME: a repository with main, exp (merges) and clash (does not), and
# a bare clone of it.
origin() {
	new_repo "$1"
	cd "$1" || exit 1
	mkdir -p prompts
	echo '/prompts/**/*.yaml merge=pv' >.gitattributes
	printf 'name: One\nprompt: |\n  Sort it.\n  Be kind.\n  Thanks.\n' \
		>prompts/a.yaml
	printf 'name: Two\nprompt: Hello\n' >prompts/b.yaml
	git pv commit -q -m base >/dev/null
	git switch -q -c exp
	sed -i "s/Thanks/Thank you/" prompts/a.yaml
	git mv prompts/b.yaml prompts/c.yaml
	git commit -qam "On exp"
	git switch -q -c clash main
	sed -i "s/One/Eins/" prompts/a.yaml
	git commit -qam "On clash"
	git switch -q main
	sed -i "s/One/Uno/; s/kind/kind and brief/" prompts/a.yaml
	git pv commit -q -m "On main" >/dev/null
	cd .. || exit 1
	git clone -q --bare "$1" "$1.git"
	git -C "$1.git" config core.logAllRefUpdates true
}

it 'merges into the branch of HEAD, as git does in a clone' '
	origin r1
	git -C r1.git pv merge exp --json >out
	json out "[.result, .conflicts]" "[\"merged\",[]]"
	json out .commit "$(git -C r1.git rev-parse main)"
	cd r1
	git pv merge -q exp >/dev/null
	same "$(git rev-parse "main^{tree}")" \
		"$(git -C ../r1.git rev-parse "main^{tree}")"
	same "$(git log -1 --format="%P %s")" \
		"$(git -C ../r1.git log -1 --format="%P %s")"
	git -C ../r1.git fsck --strict --no-dangling
	git -C ../r1.git reflog -1 main | grep "merge exp: "
'

it 'gives versions to what the merge brought' '
	json out "[.released[] | .id]" "[\"a\",\"c\"]"
	git -C r1.git rev-parse --verify a/v1.2.0
'

it 'is up to date, and moves forward' '
	git -C r1.git pv merge exp >out
	has out up-to-date
	git -C r1.git branch old main~1
	git -C r1.git symbolic-ref HEAD refs/heads/old
	expect_failure 128 git -C r1.git -c merge.ff=only pv merge clash 2>err
	is_error err "not ahead"
	git -C r1.git pv merge main --json >out
	json out .result fast-forward
	same "$(git -C r1.git rev-parse main)" "$(git -C r1.git rev-parse old)"
	git -C r1.git branch -f older main~1
	git -C r1.git symbolic-ref HEAD refs/heads/older
	git -C r1.git pv merge --no-ff -m "By hand" -m Why main
	same "By hand" "$(git -C r1.git log -1 --format=%s)"
	same 2 "$(git -C r1.git log -1 --format=%P | wc -w)"
'

it 'lists conflicts and changes nothing' '
	origin r2
	before=$(git -C r2.git for-each-ref)
	count=$(find r2.git -type f | wc -l)
	expect_failure 1 git -C r2.git pv merge clash >out 2>err
	has out "conflict: a name"
	grep "nothing was changed" err
	same "$before" "$(git -C r2.git for-each-ref)"
	same "$count" "$(find r2.git -type f | wc -l)"
	expect_failure 1 git -C r2.git pv merge clash --json >out
	json out "[.result, .commit]" \
		"[\"conflict\",\"$(git -C r2.git rev-parse main)\"]"
	json out ".conflicts[] | [.id, .field, .base, .ours, .theirs]" \
		"[\"a\",\"name\",\"One\",\"Uno\",\"Eins\"]"
'

it 'says how a merge would go, and stores nothing' '
	cd r2
	count=$(find .git -type f | wc -l)
	git pv merge -n exp --json >../out
	json ../out "[.result, .dry_run, .commit]" \
		"[\"merged\",true,\"$(git rev-parse HEAD)\"]"
	expect_failure 1 git pv merge --dry-run clash >../out 2>../err
	has ../out "conflict: a name"
	same "$count" "$(find .git -type f | wc -l)"
	is_clean
	expect_failure 129 git pv merge --dry-run --abort
'

it 'tells which version was taken' '
	new_repo r3
	cd r3
	mkdir -p prompts
	printf "version: 1.0.0\nprompt: x\n" >prompts/v.yaml
	git add .
	git commit -qm 0
	git switch -q -c exp
	printf "version: 1.2.0\nprompt: x\n" >prompts/v.yaml
	git commit -qam 2
	git switch -q main
	printf "version: 1.1.0\nprompt: x\n" >prompts/v.yaml
	git commit -qam 1
	git clone -q --bare . ../r3.git
	git -C ../r3.git pv merge exp 2>../err >../out
	grep "1.2.0.* is higher than .*1.1.0" ../err
	git -C ../r3.git cat-file blob main:prompts/v.yaml >../v
	has ../v "version: 1.2.0"
'

# both NAME: a repository whose branches changed neighbouring fields, without
# attributes, and a bare clone of it.
both() {
	new_repo "$1"
	cd "$1" || exit 1
	rm -f .gitattributes .git/info/attributes
	mkdir -p prompts
	printf "a: 1\nb: 2\nprompt: x\n" | tee prompts/one.yaml >prompts/two.yml
	cp prompts/one.yaml other.yaml
	mkdir -p datasets experiments/e
	printf "prompt: one\ncases:\n- name: a\n  vars: {x: 1}\n" |
		tee datasets/d.yaml experiments/e/e.yaml >pv.yaml
	git add . && git commit -qm base
	git switch -q -c exp
	sed -i "s/b: 2/b: 3/" prompts/* other.yaml
	for file in datasets/d.yaml experiments/e/e.yaml pv.yaml; do
		printf -- "- name: exp\n  vars: {x: 2}\n" >>"$file"
	done
	git commit -qam exp
	git switch -q main
	sed -i "s/a: 1/a: 2/" prompts/*
	for file in datasets/d.yaml experiments/e/e.yaml pv.yaml; do
		printf -- "- name: main\n  vars: {x: 3}\n" >>"$file"
	done
	git commit -qam main
	cd .. || exit 1
	git clone -q --bare "$1" "$1.git"
}

it 'gives the same in a clone when no attribute speaks of a prompt' '
	both r6
	git -C r6.git pv merge -q exp >/dev/null
	git -C r6 pv merge -q exp >/dev/null
	same "$(git -C r6.git rev-parse "main^{tree}")" \
		"$(git -C r6 rev-parse "main^{tree}")"
	for file in datasets/d.yaml experiments/e/e.yaml pv.yaml; do
		has "r6/$file" "name: exp"
		has "r6/$file" "name: main"
	done
	same "a: 2 b: 3 prompt: x" "$(tr "\\n" " " <r6/prompts/two.yml | sed "s/ $//")"
	git -C r6 reset -q --hard main~1
	git -C r6 switch -q exp
	git -C r6 pv cherry-pick "$(git -C r6 rev-parse main)" >/dev/null
	grep -q "a: 2" r6/prompts/one.yaml
'

it 'lets attributes of the user stand' '
	both r7
	echo "*.yml -merge" >attributes
	git -C r7 config core.attributesFile "$PWD/attributes"
	expect_failure 1 git -C r7 pv merge -q exp >/dev/null
	same "UU prompts/two.yml" "$(git -C r7 status --porcelain | grep "^U")"
	git -C r7 pv merge --abort
	git -C r7.git config core.attributesFile "$PWD/attributes"
	expect_failure 1 git -C r7.git pv merge exp >out
	has out prompts/two.yml
'

it 'leaves a branch that a worktree has checked out' '
	origin r4
	git -C r4.git worktree add -q ../tree exp
	git -C r4.git symbolic-ref HEAD refs/heads/exp
	expect_failure 1 git -C r4.git pv merge main 2>err
	is_error err "checked out"
'

it 'warns of settings that the merge brought and commit would refuse' '
	origin r8
	cd r8
	git switch -q exp
	printf "tracking:\n  batch_size: many\n" >pv.yaml
	git add pv.yaml
	git commit -q -m bad
	cd ..
	git -C r8.git fetch -q ../r8 exp:exp
	git -C r8.git pv merge --dry-run exp >/dev/null 2>err
	lacks err warning
	git -C r8.git pv merge exp --json >out 2>err
	json out .result merged
	has err "warning: merged, but pv.yaml:2:15: \`tracking.batch_size\` must be an integer"
	has err "hint: correct and commit it"
'

it 'refuses what needs files' '
	expect_failure 129 git -C r2.git pv merge --edit exp
	expect_failure 128 git -C r2.git pv merge --abort 2>err
	is_error err "no merge"
	expect_failure 128 git -C r2.git pv merge nosuch 2>err
	git init -q --bare r5.git
	git -C r5.git fetch -q ../r2.git main:x
	expect_failure 128 git -C r5.git pv merge x 2>err
	is_error err "no commit yet"
'

it 'merges into a branch that is not checked out, as where it is' '
	origin into
	cd into
	git clone -q . ../there
	git switch -q -c elsewhere exp
	git pv merge clash --into exp --json >../out
	json ../out ".result" merged
	git -C ../there switch -q exp
	git -C ../there branch -q clash origin/clash
	git -C ../there pv merge -q clash >/dev/null
	for what in "exp^{tree}" exp^1 exp^2; do
		same "$(git -C ../there rev-parse "$what")" "$(git rev-parse "$what")"
	done
	same "$(git -C ../there log -1 --format=%B exp)" "$(git log -1 --format=%B exp)"
	same "Merge branch '\''clash'\'' into exp" "$(git log -1 --format=%s exp)"
	is_clean
'

it 'gives versions to what came into the default branch so' '
	cd into
	git pv merge exp --into main --json >../out || :
	json ../out ".result" conflict
	json ../out "[.conflicts[].field]" "[\"name\"]"
	main=$(git rev-parse main)
	git pv merge exp~1 --into main --json >../out
	json ../out "[.result, [.released[].id]]" "[\"merged\",[\"a\",\"c\"]]"
	same "$main" "$(git rev-parse main^1)"
	same "$(git rev-parse main)" "$(git rev-parse "$(git tag -l "a/*" | tail -n 1)^{}")"
	same elsewhere "$(git branch --show-current)"
	git pv merge exp~1 --into main --json >../out
	json ../out ".result" up-to-date
	git branch old main~1
	git pv merge main --into old --json >../out
	json ../out "[.result, .released]" "[\"fast-forward\",[]]"
	same "$(git rev-parse main)" "$(git rev-parse old)"
	ls .git/pv/releasing.* 2>/dev/null >../notes || :
	empty ../notes
'

it 'merges anew when others were faster' '
	new_repo ../crowd
	cd ../crowd
	text_prompt prompts/a.yaml Hello
	git add -A
	git commit -qm base
	for i in 1 2 3 4 5 6; do
		git switch -q -c "topic$i" main
		text_prompt "prompts/p$i.yaml" Hello
		git add -A
		git commit -qm "topic $i"
	done
	git switch -q main
	git commit -q --allow-empty -m more
	git clone -q --bare . ../crowd.git
	cd ../crowd.git
	for i in 1 2 3 4 5 6; do
		{
			git pv merge --into main "topic$i" >"../log$i" 2>&1 ||
				echo "failed: $?" >>"../log$i"
		} &
	done
	wait
	cat ../log?
	! grep -q "^failed" ../log? || exit 1
	same 7 "$(git ls-tree --name-only main:prompts | wc -l)"
	same 6 "$(git rev-list --merges --count main)"
'

it 'names conflicts, changes nothing, and says where to settle them' '
	cd into
	before=$(git for-each-ref)
	expect_failure 1 git pv merge clash --into main >../out 2>../err
	has ../out "name"
	has ../err "git pv switch"
	same "$before" "$(git for-each-ref)"
	is_clean
	git pv merge clash --into main --dry-run --json >../out || :
	json ../out "[.result, .dry_run]" "[\"conflict\",true]"
'

it 'merges into the branch that is checked out as ever' '
	cd into
	git switch -q old
	git reset -q --hard old~1
	git pv merge main --into old -q
	same "$(git rev-parse main)" "$(git rev-parse HEAD)"
	is_clean
	git worktree add -q ../third-tree exp
	expect_failure 1 git pv merge main --into exp --json >../out
	is_json_error ../out conflict
	git worktree remove ../third-tree
	expect_failure 128 git pv merge main --into nowhere --json >../out
	is_json_error ../out version-not-found
	expect_failure 128 git pv merge main --into ../x --json >../out
	expect_failure 129 git pv merge --continue --into exp 2>../err
	expect_failure 129 git pv merge --edit main --into exp 2>../err
	git -C ../r1.git branch side exp~1
	git -C ../r1.git pv merge main --into side --json >../out
	json ../out .result fast-forward
	same "$(git -C ../r1.git rev-parse main)" "$(git -C ../r1.git rev-parse side)"
'

finish
