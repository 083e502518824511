#!/bin/sh
# SPDX-License-Identifier: MIT
#
# core.sharedRepository: the same work done by git-pv and by git leaves files
# and folders with the same permissions, whatever the umask.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'what is shared with a group is shared by git-pv, too'

# modes REPO: what is in the git folder, each kind with its permissions. The
# names of objects that only one side has do not matter.
modes() {
	(
		cd "$1/.git"
		find objects/?? -maxdepth 0 -printf 'object folder %m\n'
		find objects/?? -type f -printf 'object %m\n'
		find objects/pack -type f -name '*.idx' -printf 'index %m\n'
		find objects/pack -type f -name '*.pack' -printf 'pack %m\n'
		find refs logs -type d -printf '%p/ %m\n'
		find refs logs -type f -printf '%p %m\n'
		stat -c '%n %a' index packed-refs
	) | sort -u
}

# work COMMAND REPO: one commit, a branch in a folder and a tag in one.
work() {
	cd "$2"
	echo "goal: some" >>prompts/a.yaml
	if [ "$1" = git ]; then
		git commit -q -a -m more
		git branch team/x
		git tag -m one a/v1.0.0
	else
		git pv commit -q -m more
		git pv branch team/x
		git pv release -q
	fi >/dev/null
	cd ..
}

for setting in none umask group 1 everybody 0660 0640 0600; do
	for umask in 022 077; do
		it "has the modes of git: $setting, umask $umask" '
			rm -rf ours gits
			for side in ours gits; do
				new_repo $side
				mkdir -p $side/prompts
				echo "prompt: One." >$side/prompts/a.yaml
				git -C $side add .
				git -C $side commit -q -m one
				git -C $side pack-refs --all
				[ '"$setting"' = none ] ||
					git -C $side config \
					core.sharedRepository '"$setting"'
			done
			umask '"$umask"'
			work git gits
			work pv ours
			modes gits >want
			modes ours >got
			cmp_files want got
		'
	done
done

it 'shares packs and the folder of its notes' '
	new_repo packs
	cd packs
	git config core.sharedRepository group
	umask 077
	for i in $(seq 100); do
		echo "{\"id\":\"i/o$i\",\"prompt\":\"x $i\"}"
	done >../import.jsonl
	git pv import jsonl -q --commit ../import.jsonl
	same 440 "$(stat -c %a .git/objects/pack/*.pack)"
	same 440 "$(stat -c %a .git/objects/pack/*.idx)"
	same 2770 "$(stat -c %a .git/pv)"
	same "" "$(find .git/objects -name "tmp_*")"
	check_repo .
'

it 'refuses a mode without the owner, as git does' '
	new_repo owner
	cd owner
	mkdir prompts
	echo "prompt: One." >prompts/a.yaml
	printf "[core]\n\tsharedRepository = 0460\n" >>.git/config
	expect_failure 128 git pv commit -m one 2>../err
	has ../err "core.sharedRepository"
	sed -i s/0460/umask/ .git/config
	git pv commit -q -m one
'

finish
