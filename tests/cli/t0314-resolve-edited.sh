# SPDX-License-Identifier: MIT
#
# git pv resolve where git merged by lines and the file was edited since.

. "$(dirname "$0")/lib.sh"
begin 'resolve-edited'

git init -q -b main repo
cd repo || exit 1
mkdir prompts
write prompts/t.yaml <<-EOT
	description: d
	owner: ann
	name: N
	category: c
	tags: [a]
	prompt: |
	  Hello.
EOT
git add .
git commit -qm base
git switch -q -c topic
sed -i 's/: d$/: dx/;s/Hello/Hi/' prompts/t.yaml
git commit -qam topic
git switch -q main
sed -i 's/: d$/: dy/;s/ann/bob/;s/Hello/Hey/' prompts/t.yaml
git commit -qam main

# Two hunks; of the first one's lines only the description is in conflict.
merge() {
	git reset -q --hard
	expect_failure 1 git merge -q topic >../log 2>&1
}

it 'drops no change of one side beside a line put in by hand' '
	merge
	sed -i "s/^category: c/category: k/" prompts/t.yaml
	git pv resolve t --theirs 2>../err
	has prompts/t.yaml "description: dx"
	has prompts/t.yaml "owner: bob"
	has prompts/t.yaml "category: k"
	has prompts/t.yaml "  Hi."
	lacks prompts/t.yaml "<<<<"
'

it 'drops none when another hunk was settled by hand' '
	merge
	sed -i "/^prompt/,\$d" prompts/t.yaml
	printf "prompt: |\n  Both.\n" >>prompts/t.yaml
	git pv resolve t --theirs 2>../err
	has prompts/t.yaml "description: dx"
	has prompts/t.yaml "owner: bob"
	has prompts/t.yaml "  Both."
'

it 'refuses where an edit stands beside such a change in the hunk' '
	merge
	sed -i "s/^owner: ann/owner: eve/" prompts/t.yaml
	cp prompts/t.yaml ../edited
	expect_failure 1 git pv resolve t --theirs 2>../err
	is_error ../err "changed by one side only"
	has ../err "--remerge"
	cmp_files ../edited prompts/t.yaml
'

finish
