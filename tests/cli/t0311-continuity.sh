# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
#
# Git goes on where git pv stopped, and the other way round: state, index and
# files are what git leaves and expects.

. "$(dirname "$0")/lib.sh"
begin 'continuity with git'

# prompt TEMPERATURE TEXT
prompt() {
	write prompts/a.yaml <<-EOF
		name: A
		model:
		  name: m
		  temperature: $1
		tags: [x]
		prompt: |
		  One.
		  $2
		  Three.
	EOF
}

new_repo base
cd base || exit 1
git config core.editor :
echo 'prompts/**/*.yaml merge=pv diff=pv' >.gitattributes
prompt 0.2 Two
git add .
git commit -qm base
git switch -q -c topic
prompt 0.3 Deux
git commit -qam topic
git switch -q main
prompt 0.1 Zwei
git commit -qam main
git branch kept
cd ..

# stopped NAME: a merge of git pv that stopped in a copy of the repository.
stopped() {
	cp -R base "$1"
	cd "$1"
	expect_failure 1 git pv merge topic >../log 2>&1
	has prompts/a.yaml "<<<<<<< ours"
}

settle_by_hand() {
	prompt 0.1 Deux
	git add prompts/a.yaml
}

# joined: HEAD is the merge, with both parents and nothing left over.
joined() {
	same "$(git rev-parse kept topic | tr "\n" " ")" \
		"$(git log -1 --format="%P" | tr " " "\n" | tr "\n" " ")"
	test ! -e .git/MERGE_HEAD
	test ! -e .git/MERGE_MSG
	is_clean
}

# state: what a merge leaves for git to go on with.
state() {
	git ls-files -s
	cat .git/MERGE_HEAD .git/MERGE_MODE
	grep -v "^#" .git/MERGE_MSG
	git rev-parse HEAD ORIG_HEAD
	git status --porcelain=v2 | sed "s/^1 .M.*//"
}

it 'leaves stages and heads as git does' '
	cp -R base twin
	cd twin
	expect_failure 1 git merge --no-edit topic >../log 2>&1
	state >../want
	cd ..
	stopped ours
	state >../have
	cmp_files ../want ../have
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	for stage in 1 2 3; do
		same "$(git -C ../twin rev-parse :$stage:prompts/a.yaml)" \
			"$(git rev-parse :$stage:prompts/a.yaml)"
	done
	check_repo
'

it 'is finished by git merge --continue and git commit -a' '
	stopped c1
	settle_by_hand
	git merge --continue >../log
	joined
	cd ..
	stopped c2
	prompt 0.1 Deux
	git commit -q -a --no-edit
	joined
'

it 'is dropped by git merge --abort' '
	stopped c3
	git merge --abort
	same "$(git rev-parse kept)" "$(git rev-parse HEAD)"
	is_clean
'

it 'is settled by any git mergetool' '
	stopped c4
	git config mergetool.take.cmd "cp \"\$REMOTE\" \"\$MERGED\""
	git config mergetool.take.trustExitCode true
	git config mergetool.keepBackup false
	git mergetool -y -t take >../log 2>&1
	git show topic:prompts/a.yaml >../want
	cmp_files ../want prompts/a.yaml
	git merge --continue >../log
	joined
'

it 'merges by fields as a mergetool without a terminal' '
	cp -R base m1
	cd m1
	git pv install >../log
	git config mergetool.keepBackup false
	git config --remove-section merge.pv
	prompt 0.1 Two
	sed -i "s/x/y/" prompts/a.yaml
	git commit -qam again
	expect_failure 1 git merge topic >../log 2>&1
	has prompts/a.yaml "<<<<<<< HEAD"
	expect_failure 1 git mergetool -y -t pv >../log 2>&1
	has ../log "1 conflict left"
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	has prompts/a.yaml "<<<<<<< HEAD"
	for stage in 1 2 3; do
		git show :$stage:prompts/a.yaml >../$stage
	done
	expect_failure 1 git pv mergetool ../1 ../2 ../3 prompts/a.yaml
	has prompts/a.yaml "  Deux"
	has prompts/a.yaml "<<<<<<< ours"
	git merge --abort
	git reset -q --hard kept
	prompt 0.2 Two
	sed -i "s/x/y/" prompts/a.yaml
	git commit -qam apart
	expect_failure 1 git merge topic >../log 2>&1
	git mergetool -y -t pv >../log 2>&1
	git ls-files -u >../unmerged
	empty ../unmerged
	has prompts/a.yaml "temperature: 0.3"
	has prompts/a.yaml "tags: [y]"
	git merge --continue >../log
	is_clean
'

it 'goes through all files without being installed, and stages them' '
	stopped m3
	cp prompts/a.yaml ../before
	git config mergetool.keepBackup false
	expect_failure 129 git pv mergetool prompts/a.yaml 2>../err
	has ../err "BASE LOCAL REMOTE MERGED"
	expect_failure 1 git pv mergetool >../log 2>&1 <&-
	has ../log "left"
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	cmp_files ../before prompts/a.yaml
	git pv resolve -q prompts/a.yaml --ours
	git checkout -q -m prompts/a.yaml
	sed -i "/^<<<<<<</d; /^=======/,/^>>>>>>>/d" prompts/a.yaml
	git pv mergetool >../log 2>&1 <&-
	git ls-files -u >../unmerged
	empty ../unmerged
	git pv mergetool >../log 2>&1
	has ../log "No files need merging"
	git merge --continue >../log
	is_clean
	cd ..
	mkdir none
	cd none
	expect_failure 128 env GIT_CEILING_DIRECTORIES="$PWD/.." \
		git-pv mergetool 2>../err
	has ../err "not a git repository"
'

it_tty 'asks field by field as a mergetool' '
	stopped m2
	git pv install >../log
	git config mergetool.keepBackup false
	{
		sleep 1
		printf "x\nu\nt\nq\n"
	} | TERM=dumb script -qec "git mergetool -y -t pv" /dev/null >../tty ||
		:
	has ../tty "model.temperature"
	has ../tty "theirs  0.3"
	has ../tty "cannot be both"
	has ../tty "1 conflict left"
	same 3 "$(git ls-files -u | wc -l | tr -d " ")"
	{
		sleep 1
		printf "t\no\n"
	} | TERM=dumb script -qec "git pv mergetool" /dev/null >../tty
	has prompts/a.yaml "temperature: 0.3"
	has prompts/a.yaml "Zwei"
	git ls-files -u >../unmerged
	empty ../unmerged
	git merge --continue >../log
	is_clean
'

it 'comes back with git checkout -m' '
	stopped c5
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	cp prompts/a.yaml ../want
	echo "broken: [" >prompts/a.yaml
	git checkout -q -m -- prompts/a.yaml
	cmp_files ../want prompts/a.yaml
	settle_by_hand
	git checkout -q -m -- prompts/a.yaml
	cmp_files ../want prompts/a.yaml
	git checkout -q --conflict=diff3 -- prompts/a.yaml
	git pv resolve a --field model.temperature --theirs 2>../err
	git pv resolve a --ours 2>../err
	has prompts/a.yaml "temperature: 0.3"
	has prompts/a.yaml "Zwei"
	git merge --continue >../log
	joined
'

it 'is remembered by rerere' '
	cp -R base c6
	cd c6
	git config rerere.enabled true
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	expect_failure 1 git pv merge topic >../log 2>&1
	git pv resolve a --field model.temperature --value 0.25 2>../err
	git pv resolve a --ours 2>../err
	cp prompts/a.yaml ../want
	git merge --continue >../log 2>&1
	joined
	git reset -q --hard kept
	expect_failure 1 git merge topic >../log 2>&1
	has ../log "using previous resolution"
	cmp_files ../want prompts/a.yaml
	git commit -q -a --no-edit
	joined
	git reset -q --hard kept
	expect_failure 1 git pv merge topic >../log 2>&1
	cmp_files ../want prompts/a.yaml
	expect_failure 1 git pv resolve a --ours 2>../err
	is_error ../err "no conflict markers are left"
	git add prompts/a.yaml
	git pv merge --continue >../log 2>&1
	joined
'

it 'goes on with git pv where git merge stopped' '
	for driver in "" "git-pv merge-driver %O %A %B %L %P"; do
		rm -rf c7
		cp -R base c7
		cd c7
		[ -z "$driver" ] || git config merge.pv.driver "$driver"
		expect_failure 1 git merge topic >../log 2>&1
		git pv resolve a --field prompt --theirs 2>../err
		git pv resolve a --field model.temperature --ours 2>../err
		prompt 0.1 Deux
		git diff --exit-code
		git pv merge --continue >../log 2>&1
		joined
		cd ..
	done
	cd c7
	git reset -q --hard kept
	expect_failure 1 git merge topic >../log 2>&1
	git pv merge --abort 2>../err
	same "$(git rev-parse kept)" "$(git rev-parse HEAD)"
	is_clean
'

# wired NAME [STYLE]: a copy in which git merges with git-pv.
wired() {
	cp -R base "$1"
	cd "$1"
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	[ -z "${2:-}" ] || git config merge.conflictStyle "$2"
}

it 'settles what git cherry-pick, rebase, revert and stash left, by fields' '
	for driver in "" "git-pv merge-driver %O %A %B %L %P"; do
		rm -rf d1
		cp -R base d1
		cd d1
		[ -z "$driver" ] || git config merge.pv.driver "$driver"
		expect_failure 1 git cherry-pick topic >../log 2>&1
		git pv conflicts --json >../out
		json ../out "[.[].field]" "[\"model.temperature\",\"prompt\"]"
		git pv resolve a --field prompt --theirs 2>../err
		git pv resolve a --ours 2>../err
		git cherry-pick --continue >../log 2>&1
		has prompts/a.yaml "Deux"
		has prompts/a.yaml "temperature: 0.1"
		is_clean
		git reset -q --hard kept
		expect_failure 1 git cherry-pick topic >../log 2>&1
		git cherry-pick --abort
		is_clean
		git switch -q -c moved topic
		expect_failure 1 git rebase kept >../log 2>&1
		git pv conflicts --json >../out
		json ../out "[.[] | [.field, .ours, .theirs]][0]" \
			"[\"model.temperature\",0.1,0.3]"
		git pv resolve a --theirs 2>../err
		GIT_EDITOR=: git rebase --continue >../log 2>&1
		same "$(git rev-parse kept)" "$(git rev-parse HEAD~1)"
		has prompts/a.yaml "temperature: 0.3"
		is_clean
		prompt 0.7 Sieben
		git stash -q
		prompt 0.8 Acht
		git commit -qam eight
		expect_failure 1 git stash pop >../log 2>&1
		git pv resolve a --field model.temperature --value 0.75 2>../err
		git pv resolve a --theirs 2>../err
		has prompts/a.yaml "Sieben"
		has prompts/a.yaml "0.75"
		git stash drop -q
		git commit -qam popped
		is_clean
		cd ..
	done
'

it 'settles what git switch -m brought over' '
	wired d2
	prompt 0.9 Two
	sed -i "s/x/y/" prompts/a.yaml
	git switch -q -m topic >../log 2>&1 || :
	git ls-files -u >../unmerged
	same 3 "$(wc -l <../unmerged | tr -d " ")"
	git pv conflicts --json >../out
	json ../out "[.[] | [.field, .ours, .theirs]]" \
		"[[\"model.temperature\",0.3,0.9],[\"prompt\",\"One.\\nDeux\\nThree.\\n\",\"One.\\nTwo\\nThree.\\n\"]]"
	git pv resolve a --field model.temperature --theirs 2>../err
	git pv resolve a --ours 2>../err
	has prompts/a.yaml "0.9"
	has prompts/a.yaml "tags: [y]"
	has prompts/a.yaml "Deux"
'

it 'says what rerere has settled' '
	wired e85
	git config rerere.enabled true
	expect_failure 1 git merge topic >../log 2>&1
	git pv resolve a --theirs 2>../err
	git commit -q --no-edit
	git reset -q --hard HEAD~1
	expect_failure 1 git pv merge topic >../out 2>../err
	has ../out "conflict: a settled by rerere: \"git add prompts/a.yaml\""
	has ../err "nothing is left to settle: look at the files and \"git add\""
	lacks ../err "git pv resolve"
	git pv conflicts >../out
	has ../out "settled by rerere: \"git add prompts/a.yaml\""
	expect_failure 1 git pv merge --continue 2>../err
	is_error ../err "\"prompts/a.yaml\" is not merged yet"
	has ../err "settled by rerere: \"git add prompts/a.yaml\""
	git add prompts/a.yaml
	git pv merge --continue >../out
	is_clean
'

it 'names a hand where rerere waits for one' '
	wired e86
	git config rerere.enabled true
	expect_failure 1 git merge topic >../log 2>&1
	git checkout -q --ours prompts/a.yaml
	git pv conflicts >../out
	has ../out "no markers are left in the file: \"git add prompts/a.yaml\""
	expect_failure 1 git pv commit -m x 2>../err
	has ../err "no markers are left in the file: \"git add prompts/a.yaml\""
'

it 'waits to be committed when rerere has staged all' '
	cp -R base c6a
	cd c6a
	git config rerere.enabled true
	git config rerere.autoUpdate true
	for answer in ours theirs both; do
		git config merge.pv.driver \
			"git-pv merge-driver %O %A %B %L %P"
		expect_failure 1 git pv merge topic >../log 2>&1
		case $answer in
		both) sed -i "/[<=>|]\\{7\\}/d; /0.1$/d" prompts/a.yaml ;;
		*) git checkout -q --$answer prompts/a.yaml ;;
		esac
		cp prompts/a.yaml ../want
		git add prompts/a.yaml
		git commit -q -m merged
		git reset -q --hard kept
		expect_failure 1 git merge topic >../log 2>&1
		git status --porcelain >../git-status
		cp .git/MERGE_MSG ../git-message
		git merge --abort
		expect_failure 1 git pv merge topic >../log 2>../err
		is_error ../err "all conflicts are settled as recorded"
		[ -e .git/MERGE_HEAD ]
		git status --porcelain >../our-status
		cmp_files ../git-status ../our-status
		cmp_files ../git-message .git/MERGE_MSG
		cmp_files ../want prompts/a.yaml
		git merge --abort
		expect_failure 1 git pv merge --json topic >../out
		is_json_error ../out conflict "recorded by rerere"
		git pv merge --continue >../log 2>&1
		joined
		cmp_files ../want prompts/a.yaml
		git reset -q --hard kept
		rm -r .git/rr-cache
	done
'

it 'keeps a pick that rerere has staged' '
	cp -R base c6b
	cd c6b
	git config rerere.enabled true
	git config rerere.autoUpdate true
	expect_failure 1 git pv cherry-pick topic >../log 2>&1
	git checkout -q --theirs prompts/a.yaml
	cp prompts/a.yaml ../want
	git add prompts/a.yaml
	git commit -q -m picked
	git reset -q --hard kept
	expect_failure 1 git pv cherry-pick topic >../log 2>../err
	is_error ../err "all conflicts are settled as recorded"
	[ -e .git/CHERRY_PICK_HEAD ]
	cmp_files ../want prompts/a.yaml
	git pv cherry-pick --continue >../log 2>&1
	cmp_files ../want prompts/a.yaml
	is_clean
'

it 'is remembered by rerere through rebase and cherry-pick' '
	wired d3
	git config rerere.enabled true
	expect_failure 1 git cherry-pick topic >../log 2>&1
	git pv resolve a --field model.temperature --value 0.25 2>../err
	git pv resolve a --ours 2>../err
	cp prompts/a.yaml ../want
	git cherry-pick --continue >../log 2>&1
	git reset -q --hard kept
	expect_failure 1 git pv cherry-pick topic >../log 2>&1
	cmp_files ../want prompts/a.yaml
	git add prompts
	git pv cherry-pick --continue >../log 2>&1
	is_clean
	git reset -q --hard kept
	expect_failure 1 git merge topic >../log 2>&1
	git rerere forget prompts/a.yaml 2>../err
	git checkout -q -m -- prompts/a.yaml
	has prompts/a.yaml "<<<<<<<"
	git merge --abort
	is_clean
'

it 'reads and writes markers of the size and style that git is told' '
	for style in merge diff3 zdiff3; do
		rm -rf d4
		wired d4 $style
		echo "prompts/**/*.yaml merge=pv conflict-marker-size=12" \
			>.git/info/attributes
		expect_failure 1 git merge topic >../log 2>&1
		grep -q "^<<<<<<<<<<<< ours$" prompts/a.yaml
		! grep -q "^<<<<<<< " prompts/a.yaml
		case $style in
		merge) ! grep -q "^||||" prompts/a.yaml ;;
		*) same 2 "$(grep -c "^|||||||||||| base$" prompts/a.yaml)" ;;
		esac
		expect_failure 1 git pv check --json >../out
		json ../out ".findings[] | .rule" conflict-marker
		expect_failure 1 git pv commit -m no 2>../err
		cp prompts/a.yaml ../marked
		git pv resolve a --remerge 2>../err
		cmp_files ../marked prompts/a.yaml
		git pv resolve a --field prompt --union 2>../err
		grep -q "^<<<<<<<<<<<<" prompts/a.yaml
		git pv resolve a --theirs 2>../err
		! grep -q "<<<<<" prompts/a.yaml
		has prompts/a.yaml "temperature: 0.3"
		git merge --continue >../log
		joined
		cd ..
	done
'

it 'refuses markers of another size once they are staged, too' '
	wired d5
	echo "prompts/**/*.yaml merge=pv conflict-marker-size=12" \
		>.git/info/attributes
	expect_failure 1 git merge topic >../log 2>&1
	git add prompts
	expect_failure 1 git pv check 2>../err >../out
	has ../out "conflict-marker"
	expect_failure 1 git pv commit -m no --json >../out
	is_json_error ../out validation
	expect_failure 1 git pv merge --continue --json >../out
	is_json_error ../out validation
	git merge --abort
	is_clean
'

finish
