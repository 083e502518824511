# SPDX-License-Identifier: MIT
#
# git pv diff --format html: a page that stands alone. What it may contain is
# checked here by a parser of HTML that is not ours.

. "$(dirname "$0")/lib.sh"
begin 'diff as a page'

cat >"$SCRATCH/page.py" <<'EOF'
import base64, hashlib, html.parser, re, sys

VOID = {"meta", "input", "br", "hr", "col"}
RUNS = {"script", "iframe", "object", "embed", "link", "img", "form", "base",
        "svg", "video", "audio"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.levels, self.ids = [], [], [], set()
        self.refs, self.style, self.policy, self.lang = [], "", "", None
        self.hidden, self.marks, self.heads = [], 0, 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in RUNS:
            self.wrong.append(tag)
        if any(name.startswith("on") or name in ("style", "src")
               for name in attrs):
            self.wrong.append(str(attrs))
        href = attrs.get("href", "#")
        if not re.match(r"#|https?://|mailto:", href):
            self.wrong.append(href)
        if href.startswith("#"):
            self.refs.append(href[1:])
        self.refs.append(attrs.get("aria-labelledby", ""))
        if attrs.get("id") in self.ids:
            self.wrong.append("id " + attrs["id"])
        self.ids.add(attrs.get("id", ""))
        if tag == "html":
            self.lang = attrs.get("lang")
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th":
            self.heads += 1
            if attrs.get("scope") not in ("col", "row"):
                self.wrong.append("th without scope")
        self.marks += tag in ("ins", "del")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("/" + tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data


page = Page()
text = open(sys.argv[1], encoding="utf-8", newline="").read()
page.feed(text)
page.close()
digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest())
checks = {
    "what runs or is fetched, or nesting": not page.wrong,
    "something is not closed": not page.open,
    "a reference to nothing": set(page.refs) <= page.ids | {""},
    "the policy": page.policy == "default-src 'none'; style-src 'sha256-%s'; "
    "base-uri 'none'; form-action 'none'" % digest.decode(),
    "the language": page.lang == "en",
    "the headings": page.levels[0] == 1 and page.levels.count(1) == 1 and
    all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:])),
    "control characters": not re.search(
        "[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]",
        text),
}
wrong = [what for what, is_well in checks.items() if not is_well]
if wrong:
    sys.exit("%s: %s %s" % (sys.argv[1], wrong, page.wrong))
EOF

sound() {
	python3 "$SCRATCH/page.py" "$1"
}

new_repo repo
cd repo || exit 1
printf '%s\n' 'out*' err >.git/info/exclude
write prompts/support/triage.yaml <<-'EOF'
	name: Support triage
	model: {temperature: 0.2}
	messages:
	  - role: system
	    content: |
	      # Role

	      You *sort* tickets, see [here](https://example.com).
	  - role: user
	    content: "{{ ticket }}"
EOF
text_prompt prompts/other.yaml
git add .
git commit -qm first
git pv release --all >/dev/null 2>&1

it 'says so when nothing differs' '
	git pv diff --format html >out
	sound out
	has out "Nothing differs."
	expect_success git pv diff --format html --exit-code >out
'

it 'writes a page of what changed' '
	sed -e "s/0.2/0.4/" -e "s/You \*sort\*/Please *sort* {{ kind }}/" \
		prompts/support/triage.yaml >out1
	cp out1 prompts/support/triage.yaml
	git pv diff --format html >out
	sound out
	has out "<h1>Prompts <code><bdi>$(git rev-parse HEAD) → :worktree"
	has out "<p>1 prompt differs: 1 major.</p>"
	has out "<span class=note>1.0.0 → 2.0.0-main.0+g"
	has out "<h3><code><bdi>messages[0].content</bdi></code>"
	has out "<p>Please <em>sort</em> {{ kind }} tickets, see <a rel="
	has out "rendered as Markdown"
	lacks out "<nav"
	expect_failure 1 git pv diff --format html --exit-code >out1
	cmp_files out out1
'

it 'has an overview of several' '
	rm prompts/other.yaml
	text_prompt prompts/new.yaml
	git pv diff --format html >out
	sound out
	has out "<p>3 prompts differ: 1 added, 1 removed, 1 major.</p>"
	has out "<a href=\"#p3\"><code><bdi>support/triage"
	git pv diff --format html -- support >out
	sound out
	has out "<p>1 prompt differs: 1 major.</p>"
'

it 'disarms what a prompt holds' '
	cat >prompts/evil.yaml <<-"EOF"
	"</style><script>alert(1)</script>": "a\0\u202Etrojan\e[31m"
	prompt: |
	  </pre></main><script>alert(1)</script> &lt;

	  - [a](javascript:alert(1)) ![b](https://evil.example/x.png)
	  - [c](data:text/html;base64,PHA+) <a href=javascript:d onclick=e>f</a>
	  - *שלום* <https://example.com/"onclick=x>

	  <iframe src=https://evil.example>
	EOF
	printf "\377\000</pre>\033]0;t\007\r\n" >prompts/bad.yaml
	git pv diff --format html >out
	sound out
	has out "<span class=x>\\u202e</span>"
	has out "<span class=x>\\x00</span>"
	has out "a (<code><bdi>javascript:alert(1)</bdi></code>)"
	has out "[image: b] (<code><bdi>https://evil.example/x.png"
	git add -A
	git commit -qm evil
	git pv diff --format html HEAD HEAD~1 >out
	sound out
'

it 'stands lines of a megabyte' '
	{
		printf "prompt: "
		head -c 1000000 /dev/zero | tr "\0" x
		printf " y\n"
	} >prompts/long.yaml
	git add prompts/long.yaml
	git commit -qm long
	sed "s/ y/ z/" prompts/long.yaml >out1
	cp out1 prompts/long.yaml
	git pv diff --format html >out
	sound out
	has out " bytes not shown …"
	test "$(wc -c <out)" -lt 100000
	git checkout -q .
'

it 'grows with what is shown only' '
	i=0
	while [ "$i" -lt 300 ]; do
		i=$((i + 1))
		printf "prompt: Sort %d.\n" "$i" >prompts/many-$i.yaml
	done
	git pv diff --format html >out
	sound out
	has out "<p>300 prompts differ: 300 added.</p>"
	has out "<details><summary>All 300</summary>"
'

it 'leaves other formats alone' '
	expect_failure 129 git pv diff --format html --word 2>err
	expect_failure 129 git pv diff --format html --json 2>err
	expect_failure 128 git pv diff --format html nowhere >out 2>err
	empty out
'

finish
