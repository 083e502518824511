#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The page of git pv diff as a browser has it: colours, focus, width, and that
# nothing is fetched; see page.js. What of this the style alone says is looked
# at in any case.
#
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'a page in a browser'

# contrast LEAST FORE BACK...: of the style's colours in each scheme.
cat >"$SCRATCH/contrast.py" <<'PYTHON'
import re, sys

def light(color):
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
             for p in parts]
    return sum(p * w for p, w in zip(parts, (0.2126, 0.7152, 0.0722)))

style = open(sys.argv[1], encoding="utf-8").read()
schemes = re.findall(r":root \{(.*?)\}", style, re.S)
pairs = [("fore", "back"), ("fore", "panel"), ("dim", "back"), ("dim", "panel"),
         ("link", "back"), ("old-text", "old"), ("new-text", "new"),
         ("warn-text", "warn")]
assert len(schemes) == 3, "light, dark and paper"
for number, scheme in enumerate(schemes):
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", schemes[0]))
    colors.update(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", scheme))
    for fore, back in pairs:
        low, high = sorted((light(colors[fore]), light(colors[back])))
        if (high + 0.05) / (low + 0.05) < 4.5:
            sys.exit("scheme %d: %s on %s" % (number, fore, back))
PYTHON

it 'has colours far enough apart' '
	python3 "$SCRATCH/contrast.py" "$PROJECT/libpv/diff/page.css"
'

command -v chromium >/dev/null && command -v node >/dev/null || {
	skip 'is sound in a browser' 'chromium or node is not installed'
	finish
}

new_repo repo
cd repo || exit 1
write prompts/support/triage.yaml <<-'EOF'
	# note
	name: Support triage
	model: {temperature: 0.2}
	messages:
	  - role: system
	    content: |
	      # Role

	      You *sort* tickets, see [here](https://example.com).
	      ```
	      code
	      ```
	      > quoted
	  - role: user
	    content: "{{ ticket }}"
EOF
text_prompt prompts/other.yaml
{
	printf 'prompt: |\n'
	seq 200 | sed 's/^/  Line /'
} >prompts/long.yaml
git add .
git commit -qm first
git pv release --all >/dev/null 2>&1

it 'is sound in a browser' '
	sed -i -e "s/0.2/0.4/" -e "s/You/Please now/" -e "s/{{ ticket/{{ mail/" \
		-e "s/# note/# other note/" prompts/support/triage.yaml
	sed -i "s/Line 99$/Row 99/" prompts/long.yaml
	rm prompts/other.yaml
	printf "prompt: a\\u202e%s\n" "$(seq 400 | tr -d "\n")" >prompts/new.yaml
	git pv diff --format html >out.html
	has out.html "id=rendered"
	node "$TEST_SOURCE/page.js" "$PWD/out.html" "$SCRATCH/profile" >out
	cat out
	empty out
'

finish
