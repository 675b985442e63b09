#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: kellasctl.sh KELLASCTL
#
# The tool from outside: usage, messages, exit statuses, output; and that help,
# manual pages and completion say the same. No kernel module is needed: the
# module's files are played by ordinary ones (KELLAS_PROC).

set -uo pipefail
tool=$(realpath "$1")
cd "$(dirname "$0")" || exit
doc=../../doc
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
export KELLAS_PROC=$folder/none TERM=xterm
unset NO_COLOR
passed=0 failed=0 status=0

ok() {
	passed=$((passed + 1))
	echo "ok $*"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok $1"
	printf '    %s\n' "status $status"
	head -n 20 "$folder/out" | sed 's/^/    out: /'
	head -n 20 "$folder/err" | sed 's/^/    err: /'
}

# try ARGUMENT…: run the tool; its status, output and messages are kept.
try() {
	"$tool" "$@" >"$folder/out" 2>"$folder/err" </dev/null
	status=$?
}

# try_in TEXT ARGUMENT…: the same with standard input
try_in() {
	local text=$1

	shift
	"$tool" "$@" >"$folder/out" 2>"$folder/err" <<<"$text"
	status=$?
}

# expect NAME STATUS [OUT [ERR]]: status, and patterns of grep -E that must be found
expect() {
	if ((status != $2)) ||
		{ [[ ${3-} ]] && ! grep -qE -e "$3" "$folder/out"; } ||
		{ [[ ${4-} ]] && ! grep -qE -e "$4" "$folder/err"; }; then
		not_ok "$1"
	else
		ok "$1"
	fi
}

# expect_json NAME STATUS EXPRESSION: d is what was printed, or a list of its lines
expect_json() {
	if ((status == $2)) && python3 -c '
import json, sys
text = open(sys.argv[1]).read()
try:
    d = json.loads(text)
except ValueError:
    d = [json.loads(line) for line in text.splitlines()]
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$folder/out" "$3"; then
		ok "$1"
	else
		not_ok "$1"
	fi
}

# is NAME COMMAND…: the command must succeed
is() {
	local name=$1

	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

subcommands() {
	"$tool" help | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# Long options of a subcommand
options() {
	"$tool" help "$1" | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -e '--[a-z-]+'
}

#### usage

try
expect 'no argument is wrong usage' 2 '' 'Usage: kellasctl SUBCOMMAND'
try --help
expect '--help lists the subcommands' 0 '^  explain '
try --version
expect '--version without a module' 0 '^kellasctl [^ ]+, policy language 1$'
expect '--version says that no module is loaded' 0 'module not loaded'
try chekc
expect 'a typing error names the nearest subcommand' 2 '' "'chekc'; did you mean check"
try help nonsense
expect 'help about nothing' 2 '' 'no subcommand'
mapfile -t all < <(subcommands)
is 'there are as many subcommands as files that define one' \
	[ ${#all[@]} = "$(grep -l '^const struct kl_command [a-z_]* = ' ../../usr_sbin/kellasctl/*.c | wc -l)" ]
is 'and none stands twice' [ -z "$(printf '%s\n' "${all[@]}" | sort | uniq -d)" ]
for one in "${all[@]}"; do
	try "$one" --help
	cp "$folder/out" "$folder/help"
	expect "$one --help" 0 "^Usage: kellasctl $one "
	try help "$one"
	is "help $one is $one --help" cmp -s "$folder/out" "$folder/help"
	try "$one" --nonsense
	expect "$one refuses an unknown option" 2 '' "Try 'kellasctl help $one'"
	try "$one" -o yaml
	expect "$one refuses an unknown format" 2 '' 'yaml'
done
try monitor --lines
expect 'an option without its argument' 2 '' 'needs an argument'

#### help, manual pages and completion agree

manual() {
	scdoc <"$doc/$1.scd" >"$folder/$1" || return
	MANWIDTH=200 man --warnings -l "$folder/$1" >"$folder/$1.txt" 2>"$folder/err" || return
	[[ ! -s $folder/err && -s $folder/$1.txt ]]
}

# page_of SUBCOMMAND: the page that help sends to
page_of() {
	"$tool" help | awk -v one="$1" '
	/^[A-Z]/ { page = match($0, /kellasctl-[a-z]*/) ? substr($0, RSTART, RLENGTH) : "kellasctl" }
	$1 == one && /^  / { print page }'
}

# What a page says of a subcommand, and of options that all have
section_of() {
	sed -n "/^## $1$/,/^#/p" "$doc/$(page_of "$1").8.scd"
	sed -n '/^# COMMON/,/^# VALUES/p' $doc/kellasctl.8.scd
}

for page in kellasctl.8 kellasctl-log.8 kellasctl-policy.8 kellas-policy.5; do
	is "$page renders without a warning" manual "$page"
done
for shell in bash zsh; do
	"$tool" completion $shell >"$folder/completion.$shell"
done
for one in "${all[@]}"; do
	section=$(section_of "$one")
	is "$one is in its manual page" grep -q "^\*kellasctl $one\*" <<<"$section"
	for option in $(options "$one"); do
		grep -q -e "\*$option\*" <<<"$section"
		status=$?
		is "$one $option is in the manual page" [ $status = 0 ]
		for shell in bash zsh; do
			grep -q -e "$option" "$folder/completion.$shell"
			status=$?
			is "$one $option is completed by $shell" [ $status = 0 ]
		done
	done
done
for one in "${all[@]}"; do
	options "$one" >"$folder/options"
	for option in $(section_of "$one" | grep -E -e '^\*(-|kellasctl )' | grep -oE -e '\*--[a-z-]+' |
		tr -d '*' | sort -u); do
		grep -qx -e "$option" "$folder/options"
		status=$?
		is "$one $option of the manual page exists" [ $status = 0 ]
	done
done
try ops -o json
expect_json 'ops lists all operations and their attributes' 0 \
	'len(d) == 66 and {"name": "path.parent.uid", "type": "number"} in d[1]["attributes"]'
python3 -c '
import json, sys
for operation in json.load(sys.stdin):
    print(operation["operation"])
    for attribute in operation["attributes"]:
        name = attribute["name"].split("[")[0]
        if "." not in name or name.startswith("task."):
            print(name)' <"$folder/out" | sort -u >"$folder/names"
for name in $(<"$folder/names"); do
	grep -qE -e "\*$name(\*|\[|=)" $doc/kellas-policy.5.scd
	status=$?
	is "$name is in kellas-policy(5)" [ $status = 0 ]
done
# shellcheck disable=SC2016
sed -n '/^```$/,/^```$/{/^```$/d;s/\\\\/\\/g;p}' $doc/kellas-policy.5.scd >"$folder/examples"
try check "$folder/examples"
expect 'the examples of kellas-policy(5) are valid' 0 'valid: [4-9] blocks'
try ops inet_raw_send
expect 'ops of one operation' 0 '^    proto '
try ops inet_raw_sent
expect 'ops of no operation' 2 '' 'did you mean inet_raw_send'

# complete_bash WORD…: what bash would offer for the last word
complete_bash() {
	bash -c '
	compopt() { :; }
	source "$1"
	shift
	COMP_WORDS=(kellasctl "$@") COMP_CWORD=$#
	_kellasctl
	printf "%s\n" "${COMPREPLY[@]}"' bash "$folder/completion.bash" "$@" | xargs
}

: >"$folder/out"
: >"$folder/err"
is 'the script is valid bash' bash -n "$folder/completion.bash"
is 'bash completes a subcommand' [ "$(complete_bash mon)" = monitor ]
is 'bash completes an option' [ "$(complete_bash monitor --res)" = --result= ]
is 'bash completes the word of an option' [ "$(complete_bash monitor --result = d)" = denied ]
is 'bash completes a short option' [ "$(complete_bash check -o j)" = json ]
is 'bash completes an operation' [ "$(complete_bash explain -p x -- unl)" = unlink ]
is 'bash completes attributes' \
	[ "$(complete_bash explain -p x -- create path.parent.)" = \
	"path.parent.uid= path.parent.gid= path.parent.ino= path.parent.major= path.parent.minor= \
path.parent.perm= path.parent.fsmagic=" ]
is 'bash offers no attribute that an operation lacks' \
	[ -z "$(complete_bash explain -p x -- create path.uid)" ]
is 'bash completes names of numbers' \
	[ "$(complete_bash explain -p x -- signal sig = SIGS)" = "SIGSEGV SIGSTKFLT SIGSTOP SIGSYS" ]
is 'bash offers all names behind the sign' \
	[ "$(complete_bash explain -p x -- ptrace mode =)" = "read attach" ]
is 'bash completes task attributes' [ "$(complete_bash explain --task = ex)" = exe= ]
is 'bash completes help' [ "$(complete_bash help ex)" = explain ]
try completion fish
expect 'completion for an unknown shell' 2 '' 'neither bash nor zsh'

#### check

good=$folder/good.conf
bad=$folder/bad.conf
cat >"$good" <<'EOF'
# a comment
string_group G /a
string_group G /b
100 acl write path=@G
	audit 1
	10 deny task.uid!=0
	20 allow
200 acl read
EOF
printf '100 acl read\n\n\t10 deny\tpath="/a\n' >"$bad"
try check "$good"
expect 'check says what there is' 0 \
	'^valid: 2 blocks for 2 operations, 2 rules, 1 group with 2 members, [0-9]+ bytes$'
try check -q "$good"
is 'check -q says nothing' [ ! -s "$folder/out" ]
try check -o json "$good"
expect_json 'check in JSON' 0 \
	'd["valid"] and d["rules"] == 2 and d["blocks_by_operation"] == {"read": 1, "write": 1}'
try check "$bad"
expect 'check of an invalid policy' 3 '' "^$bad:3:[0-9]+: .*closed"
expect 'the line is shown' 3 '' '^  	10 deny	path="/a$'
expect 'the caret stands below the column, tabs and all' 3 '' '^  	       	 +\^$'
try check -o json "$bad"
expect_json 'an invalid policy in JSON' 3 \
	'not d["valid"] and d["file"].endswith("bad.conf") and d["line"] == 3 and d["column"] > 9'
printf '100 acl read path=@TYPO\n10 deny path=@G task.uid=@N\nstring_group G /a\n' \
	>"$folder/typo.conf"
printf 'rule_group R\n10 deny path=@MISSING\n' >>"$folder/typo.conf"
try check "$good" "$folder/typo.conf"
expect 'a group without members is told, where it is used' 0 \
	"^$folder/typo.conf:1:14: warning: string_group TYPO has no members.* \[empty-group\]$"
expect 'and each of them' 0 \
	"^$folder/typo.conf:2:17: warning: number_group N has no members"
expect 'in a rule group, too' 0 \
	"^$folder/typo.conf:5:9: warning: string_group MISSING has no members"
is 'one with members is not' [ "$(grep -c empty-group "$folder/out")" = 3 ]
try check "$good" "$bad"
expect 'lines count within their file' 3 '' "^$bad:3:"
try check "$good" "$good"
expect 'the same file twice is the same policy' 0 '^valid: 2 blocks for 2 operations, 2 rules'
printf '10 deny\n' >"$folder/rule.conf"
try check "$good" "$folder/rule.conf"
expect 'a block does not continue into the next file' 3 '' "rule.conf:1:4: .*outside a block"
try_in '100 acl read' check -
expect 'check of standard input' 0 '^valid: 1 block for 1 operation, 0 rules'
try_in '100 acl raed' check -
expect 'an error in standard input' 3 '' '^<stdin>:1:9: .*raed'
printf '100 acl read\n10 deny' >"$folder/open.conf"
try check "$folder/open.conf"
expect 'the last line may lack its newline' 0 '1 rule'
: >"$folder/empty.conf"
try check "$folder/empty.conf"
expect 'an empty policy is valid' 0 '^valid: 0 blocks'
try check "$folder/missing"
expect 'a file that does not exist' 1 '' 'missing: No such file'
try check "$folder"
expect 'a folder is no policy' 1 '' 'Is a directory'
try check
expect 'check of nothing' 2 '' 'which FILE'
for command in begin commit abort detach; do
	printf '100 acl read\n%s\n' $command >"$folder/command.conf"
	try check "$folder/command.conf"
	expect "$command cannot stand in a file" 3 '' 'command.conf:2:1: '
done
python3 -c 'print("100 acl read path=\"/" + "a" * 5000 + "\\q" + "b" * 5000 + "\"")' \
	>"$folder/long.conf"
try check "$folder/long.conf"
expect 'a long line is shown around the error' 3 '' '^  \.\.\.a+\\qb+\.\.\.$'
is 'and no more of it' [ "$(wc -c <"$folder/err")" -lt 600 ]
printf '100 acl read \033[31mred\n' >"$folder/escape.conf"
try check "$folder/escape.conf"
expect 'escape sequences of a file do not reach the terminal' 3 '' '\?\[31mred'
printf '100 acl read path="/\303\251" x\n' >"$folder/utf8.conf"
try check "$folder/utf8.conf"
expect 'columns are bytes, the caret counts characters' 3 '' '^ {22}\^$'
head -c 70000000 /dev/zero | tr '\0' '\n' >"$folder/huge.conf"
try check "$folder/huge.conf"
expect 'a file beyond the limit' 1 '' 'too big|too large|too long'
: >"$folder/huge.conf"
"$tool" check --help >/dev/full 2>"$folder/err"
status=$?
expect 'help that cannot be written' 1 '' 'No space left'
"$tool" check "$good" >/dev/full 2>"$folder/err"
status=$?
expect 'results that cannot be written' 1 '' 'No space left'

#### what check finds: LINES NAMES PLACES, each finding as NAME:LINE:COLUMN

finds() {
	local name=$1 lines=$2
	shift 2
	printf '%b\n' "$lines" >"$folder/lint.conf"
	try check "$folder/lint.conf"
	sed -nE 's/^[^:]*:([0-9]+:[0-9]+): [a-z]+: .*\[([a-z-]+)\]$/\2:\1/p' "$folder/out" |
		xargs >"$folder/found"
	if ((status == 0)) && [[ $(<"$folder/found") == "$*" ]]; then
		ok "$name"
	else
		cat "$folder/found"
		not_ok "$name"
	fi
}

head='1 acl rmdir\n'
finds 'a rule that an earlier one covers' "$head 10 allow path=\"/\\\\*\"\n 20 deny path=\"/a\"" covered:3:2
expect 'and the rule that covers it' 0 'line 2 matches all that it matches, unless'
finds 'not one of lower priority number' "$head 20 allow path=\"/\\\\*\"\n 10 deny path=\"/a\""
finds 'not one that says less' "$head 10 deny path=\"/a\"\n 20 allow path=\"/\\\\*\""
finds 'a rule that two ranges cover' "$head 1 deny task.uid=0-4\n 2 deny task.uid=5-9\n 3 deny task.uid=3-7" \
	covered:4:2
expect 'and both of them' 0 'line 2 and line 3 together'
finds 'not if one is missing' "$head 1 deny task.uid=0-4\n 2 deny task.uid=6-9\n 3 deny task.uid=3-7"
finds 'what the block says counts' '1 acl rmdir task.uid=0\n 1 deny task.uid=0\n 2 allow' covered:3:2
finds 'rules behind one without conditions' "$head 1 deny path=\"/a\"\n 2 allow\n 3 deny" covered:4:2
finds 'a block that contradicts itself' '1 acl read path="/a" path="/b"' contradiction:1:1
finds 'a rule that contradicts itself' "$head 1 deny task.uid=0 task.uid!=0" contradiction:2:2
finds 'a rule that contradicts its block' '1 acl rmdir task.uid=0\n 1 deny task.uid=1' contradiction:2:2
finds 'a block behind one that denies all' '1 acl mkdir\n 1 deny\n2 acl mkdir path="/a"' unreachable:3:1
finds 'not if something is allowed' '1 acl mkdir\n 1 allow task.uid=0\n 2 deny\n2 acl mkdir path="/a"'
finds 'but if that is something else' \
	'1 acl mkdir\n 1 allow path="/b"\n 2 deny\n2 acl mkdir path="/a"' unreachable:4:1
finds 'not if it is not enforced' '1 acl mkdir\n permissive\n 1 deny\n2 acl mkdir path="/a"'
finds 'a rule of a group that is never reached' \
	'rule_group G\n 1 deny task.uid=0\n 2 deny task.uid=0 task.gid=0\n1 acl mkdir\n 1 use G' covered:3:2
finds 'not if it is in another place' 'rule_group G\n 1 deny task.uid=0\n1 acl mkdir\n 1 deny\n 2 use G
1 acl rmdir\n 1 use G'
finds 'words that look like no path' \
	'1 acl unlink\n 1 deny path="a"\n 2 deny path="/a/"\n 3 deny path="/a//b"\n 4 deny path="/./a"
 5 deny path="/a/.."\n 6 deny path=""\n 7 deny task.exe="bin/sh"' \
	relative-path:2:9 trailing-slash:3:9 double-slash:4:9 dot-component:5:9 dot-component:6:9 \
	relative-path:7:9 relative-path:8:9
finds 'words that look like one' \
	'1 acl unlink\n 1 deny path="/"\n 2 deny path="proc:/"\n 3 deny path="pipe:[\\$]"
 4 deny path="anon_inode:[eventfd]"\n 5 deny path="/..a/.b/c."\n 6 deny task.exe="<kernel>"
 7 deny path="dev(8,1):/x"\n 9 deny task.domain="x/"'
finds 'a / behind a pattern, a wildcard before one' \
	'1 acl unlink\n 1 deny path="/\\*/"\n 2 deny path="/\\{a\\}/"\n 3 deny path="\\*/a"' \
	trailing-slash:2:9 trailing-slash:3:9 leading-wildcard:4:9
finds 'members of a group of paths' \
	'string_group P a\nstring_group D a\n1 acl unlink\n 1 deny path=@P task.domain=@D' relative-path:1:16
finds 'names within a file system' '1 acl setxattr path="/a"\n1 acl removexattr path="tmpfs:/a"' local-path:1:16
finds 'groups that nobody uses' 'ip_group A ::1\nnumber_group B 1\nrule_group C\n 1 deny\n1 acl read task.uid=@B' \
	unused-group:1:12 unused-rule-group:3:1
finds 'a rule group without rules' 'rule_group E\n1 acl read\n 1 use E' empty-rule-group:3:2
finds 'a denial of sshd' '1 acl execute path="/usr/sbin/sshd"\n 1 deny' \
	lockout:2:2 lockout:2:2
finds 'a denial of the shell' '1 acl execute\n 1 allow task.exe="/x"\n 2 deny path="/usr/bin/bash"' \
	lockout:3:2 lockout:3:2
finds 'a denial of the policy itself' '1 acl write path="proc:/kellas/\\*"\n 1 deny task.uid=0' \
	lockout:2:2 lockout:2:2
finds 'a denial of files that all may read' '1 acl read path="/etc/ssh/sshd_config"\n 1 deny path.perm=0644' \
	lockout:2:2
finds 'not one that depends on what is not known' '1 acl execute\n 1 deny task.domain="d"'
finds 'not one that is not enforced' 'mode permissive\n1 acl execute\n 1 deny'
try check --strict "$folder/typo.conf"
expect 'warnings are errors with --strict' 3 'empty-group'
printf 'ip_group A ::1\n' >"$folder/hint.conf"
try check --strict "$folder/hint.conf"
expect 'hints are not' 0 'hint: no condition uses ip_group A'
try check -q "$folder/hint.conf"
is 'nor are they said with -q' [ ! -s "$folder/out" ]
printf '1 acl rmdir\n 1 deny\n 2 deny path="/a"\n' >"$folder/covered.conf"
try check -o json "$folder/covered.conf"
expect_json 'findings in JSON' 0 '[(f["level"], f["name"], f["line"], f["column"], f["if_known"],
	[o["line"] for o in f["others"]]) for f in d["findings"]] ==
	[("warning", "covered", 3, 2, False, [2])] and (d["errors"], d["warnings"], d["hints"]) == (0, 1, 0)'
for policy in ../../policy/*.conf; do
	try check --strict "$policy"
	expect "nothing is wrong with ${policy##*/}" 0 '^valid'
	is "not even a hint for ${policy##*/}" [ "$(wc -l <"$folder/out")" = 1 ]
done

#### diff

cat >"$folder/old.conf" <<'XXX'
quota audit[1] denied=10
string_group D /a
string_group D /b
100 acl write path=@D task.uid=010
    10 allow task.gid=1
    20 deny
200 acl read
    10 deny path="/x"
    10 allow
300 acl chmod
XXX
cat >"$folder/new.conf" <<'XXX'
string_group D /b
string_group D /c
100 acl write task.uid=8 path=@D
    audit 1
    20 deny
    10 allow task.gid=0x1
    30 allow label=late
200 acl read
    10 allow
    10 deny path="/x"
400 acl chmod
quota audit[1] denied=11
XXX
try diff "$folder/old.conf" "$folder/new.conf"
cat >"$folder/want" <<'XXX'
- quota audit[1] allowed=0 denied=10 unmatched=0
+ quota audit[1] allowed=0 denied=11 unmatched=0
- string_group D /a
+ string_group D /c
  200 acl read
>     10 allow
  100 acl write task.uid=8 path=@D
-     audit 0
+     audit 1
+     30 allow label=late
- 300 acl chmod
-     audit 0
+ 400 acl chmod
+     audit 0
XXX
expect 'diff says that policies differ' 1
is 'and in what' diff "$folder/want" "$folder/out"
try diff "$folder/old.conf" "$folder/old.conf"
expect 'a policy does not differ from itself' 0
is 'and nothing is said' [ ! -s "$folder/out" ]
printf '1 acl read task.uid=1 path="/a"\n  10 deny task.pid=010-8\n  20 deny\n' >"$folder/one.conf"
printf '\n1 acl read path="/a" task.uid=0x1 # same\n20 deny\n\t10 deny task.pid=8\n' >"$folder/two.conf"
try diff "$folder/one.conf" "$folder/two.conf"
expect 'order of conditions and looks of numbers do not matter' 0
try diff -o json "$folder/old.conf" "$folder/new.conf"
expect_json 'diff in JSON' 1 'not d["same"] and [(s["kind"], s["change"], s["title"], len(s["lines"]))
	for s in d["sections"]] == [("settings", "changed", "", 2),
	("group", "changed", "string_group D", 2), ("block", "changed", "200 acl read", 1),
	("block", "changed", "100 acl write task.uid=8 path=@D", 3),
	("block", "removed", "300 acl chmod", 1), ("block", "added", "400 acl chmod", 1)] and
	d["sections"][2]["lines"] == [{"change": "moved", "text": "10 allow"}]'
try diff --patch "$folder/old.conf" "$folder/new.conf"
cp "$folder/out" "$folder/patch.conf"
expect 'diff --patch takes away' 1 '^delete 300 acl chmod$'
expect 'and adds by the old looks' 1 '^100 acl write path=@D task.uid=010$'
try check "$folder/patch.conf"
expect 'the patch is a policy file' 0 '^valid'
try diff "$folder/old.conf" "$folder/missing"
expect 'diff with a missing file is trouble' 2 '' 'No such file'
try diff "$folder/old.conf" "$bad"
expect 'diff with an invalid policy' 3 '' "^$bad:3:"
try diff "$folder/old.conf" kernel
expect 'diff with the running policy wants the module' 4 '' 'not loaded'
try diff "$folder/old.conf"
expect 'diff of one policy' 2 '' 'which two'
try_in '300 acl chmod' diff - "$folder/empty.conf"
expect 'diff of standard input' 1 '^- 300 acl chmod$'
try_in '300 acl chmod' diff - -
expect 'which is not two policies' 2 '' 'only be one of the two'
"$tool" diff "$folder/old.conf" "$folder/new.conf" >/dev/full 2>"$folder/err"
status=$?
expect 'a difference that cannot be written is trouble' 2 '' 'No space left'

#### load, save, stat, version, unload

try load "$good"
expect 'load without the module' 4 '' 'not loaded'
try load -n "$good"
expect 'load -n needs no module' 0 '^checked: 2 blocks, 2 rules, 1 group$'
try load "$bad"
expect 'an invalid policy is refused before the kernel is asked' 3 '' "^$bad:3:"
try load -o json "$bad"
expect_json 'load of an invalid policy in JSON' 3 \
	'not d["valid"] and d["file"].endswith("bad.conf") and d["line"] == 3 and d["message"]'
for one in save stat monitor unload confirm revert "lock --yes"; do
	# shellcheck disable=SC2086
	try $one
	expect "$one without the module" 4 '' 'not loaded'
done

export KELLAS_PROC=$folder/proc
mkdir "$KELLAS_PROC"
# fake LANGUAGE: the files of a module that speaks it
fake() {
	printf 'version=0.9\nlanguage=%s\nkernel=6.1\noperations=execute write read\n' "$1" \
		>"$KELLAS_PROC/version"
	cp fake-stat "$KELLAS_PROC/stat"
	: >"$KELLAS_PROC/policy"
	: >"$KELLAS_PROC/audit"
}
fake 2
for one in 'load good' save stat monitor; do
	# shellcheck disable=SC2086
	try ${one/good/$good}
	expect "$one refuses a module that speaks a newer language" 1 '' 'version 2 .*update the tools'
	is "$one has written nothing" [ ! -s "$KELLAS_PROC/policy" ]
done
fake 1
try load "$good" "$good"
expect 'load says what it did' 0 '^replaced: 2 blocks, 2 rules, 1 group$'
{
	echo begin replace
	cat "$good"
	echo POLICY_VERSION=20120401
	cat "$good"
	echo commit
} >"$folder/wanted"
is 'load writes one transaction' cmp "$KELLAS_PROC/policy" "$folder/wanted"
fake 1
try load -q --add "$good"
expect 'load --add' 0
is 'load -q says nothing' [ ! -s "$folder/out" ]
is 'load --add does not replace' [ "$(head -n 1 "$KELLAS_PROC/policy")" = begin ]
fake 1
try load -o json "$good"
expect_json 'load in JSON' 0 'd == {"action": "replaced", "blocks": 2, "rules": 2, "groups": 1}'
fake 1
try load --confirm=90 "$good"
expect 'load --confirm' 0 '^taken back in 90 s, unless kellasctl confirm is said$'
is 'load --confirm commits for a time' [ "$(tail -n 1 "$KELLAS_PROC/policy")" = "commit confirm=90" ]
fake 1
try load --confirm 90 -o json "$good"
expect_json 'load --confirm in JSON' 0 'd["confirm"] == 90 and d["action"] == "replaced"'
for one in 0 86401 1m; do
	try load --confirm=$one "$good"
	expect "load --confirm=$one" 2 '' '1 to 86400 seconds'
done
for one in confirm revert 'lock -y'; do
	fake 1
	# shellcheck disable=SC2086
	try $one
	expect "$one" 0 "^${one% *}ed$"
	is "$one writes one line" [ "$(cat "$KELLAS_PROC/policy")" = "${one% *}" ]
done
fake 1
try lock
expect 'lock without a terminal' 2 '' 'give --yes'
is 'lock without a terminal does nothing' [ ! -s "$KELLAS_PROC/policy" ]
try confirm now
expect 'confirm takes no arguments' 2 '' 'no arguments'
rm "$KELLAS_PROC/policy"
ln -s /dev/full "$KELLAS_PROC/policy"
try load "$good"
expect 'load when the module refuses without a reason' 1 '' 'No space left'
expect 'load says that nothing has changed' 1 '' 'refused by the module; nothing has changed'
try confirm
expect 'confirm when the module refuses without a reason' 1 '' 'No space left'
rm "$KELLAS_PROC/policy"
try load "$good"
expect 'load when there is no such file' 1 '' 'policy: No such file'
cp "$good" "$KELLAS_PROC/policy"
try save
is 'save prints the policy' cmp "$folder/out" "$good"
try save "$folder/saved"
expect 'save to a file' 0 '^saved to .*saved \([0-9]+ bytes\)$'
is 'save writes the policy' cmp "$folder/saved" "$good"
is 'a saved policy is nobody else'"'"'s business' [ "$(stat -c %a "$folder/saved")" = 600 ]
chmod 640 "$folder/saved"
try save -q "$folder/saved"
is 'save keeps the mode' [ "$(stat -c %a "$folder/saved")" = 640 ]
mkdir "$folder/saved.d"
touch "$folder/saved.d/file"
try save "$folder/saved.d"
expect 'save over a folder' 1 '' 'saved.d: '
is 'save leaves no temporary file' [ -z "$(find "$folder" -name 'saved*.??????')" ]
try save "$folder/nowhere/file"
expect 'save into a folder that is not there' 1 '' 'No such file'
try check --kernel "$good"
expect 'check --kernel is silent about what can be checked' 0 '^valid'
is 'check --kernel warns of nothing' [ "$(grep -c warning "$folder/out")" = 0 ]
printf '1 acl mount\n1 acl append\n1 acl write\n' >"$folder/mount.conf"
try check --kernel -o json "$folder/mount.conf"
expect_json 'check --kernel names what cannot be checked' 3 \
	'[(f["line"], f["level"], f["name"]) for f in d["findings"]] ==
	[(1, "error", "unsupported"), (2, "error", "unsupported")] and d["errors"] == 2'
try check --kernel "$folder/mount.conf"
expect 'check --kernel as text' 3 \
	'mount.conf:1:1: error: the loaded module cannot check mount .*\[unsupported\]$'
try check -q --kernel "$folder/mount.conf"
expect 'errors are said even with -q' 3 'error: the loaded module cannot check append'
try version -o json
expect_json 'version of the module' 0 'd["language"] == 1 and d["module"] == {"version": "0.9",
	"language": 1, "kernel": "6.1", "operations": ["execute", "write", "read"]}'
try stat
expect 'stat shows the log' 0 '^log +written 12  read 11  lost 3 '
expect 'stat shows operations that were checked' 0 '^  read +checks 40  matches 7$'
is 'stat leaves out what was not' [ "$(grep -c '^  unlink' "$folder/out")" = 0 ]
is 'stat shows no rules' [ "$(grep -c 'acl read' "$folder/out")" = 0 ]
try stat --rules --functions
expect 'stat --rules' 0 '^ +7 +2 +5 +1  2026-11-21T19:03:40Z +100 acl read path="/x / y=z"$'
expect 'stat --rules of a rule without hits' 0 '^ +0 +0 +0 +0  never +10 deny task.uid=0$'
expect 'stat --rules of a rule group' 0 '^ +0 +0 +0 +0  never +rule_group G$'
expect 'stat --functions' 0 '^  security_file_open +family open  state attached$'
expect 'stat shows what it does not know' 0 '^newthing +a 1$'
try stat --rules -o json
expect_json 'stat in JSON' 0 'd["log"]["lost"] == 3 and
	d["policy"]["updated_at"] == "2026-11-21T19:03:40Z" and
	d["requests"]["denied_at"] == "never" and
	d["instance"]["id"] == "00ff00ff00ff00ff" and
	d["memory"][1] == {"kind": "audit", "used": 5, "quota": 16777216} and
	d["operations"][1] == {"operation": "unlink", "checks": 0, "matches": 0} and
	d["rules"][0] == {"kind": "block", "hits": 7, "denials": 2, "unenforced": 5, "lost": 1,
		"last": "2026-11-21T19:03:40Z", "line": 1, "text": "100 acl read path=\"/x / y=z\""} and
	[(r["kind"], r["unenforced"]) for r in d["rules"]] ==
		[("block", 5), ("rule", 0), ("group", 0), ("rule", 8)] and
	"functions" not in d and d["newthing"] == {"a": 1}'
# There is no module of this name: nothing can be unloaded by this.
if [[ ! -e /sys/module/kellas ]]; then
	try unload
	# Status 4, but a sandbox may not have the system call at all.
	if ((status == 1)) && grep -q 'not implemented' "$folder/err"; then status=4; fi
	expect 'unload of what is not there' 4 '' 'detached, but the module stays loaded'
	is 'unload detaches first' [ "$(head -n 1 "$KELLAS_PROC/policy")" = detach ]
fi

#### monitor

log=$folder/log
t='#2026/11/21 19:03:40.123456# '
# shellcheck disable=SC2028
{
	echo "${t}seq=1 instance=00ff boot_id=b global-pid=7 result=denied priority=100 rule=web / write path=\"/etc/a\\040b\" task.pid=7 task.uid=1000 task.exe=\"/bin/x\" task.domain=\"<kernel>\" path.uid=0 path.perm=0644 path.type=file"
	echo "${t}seq=2 global-pid=8 result=allowed priority=200 / write path=\"/tmp/a\" task.pid=8 task.uid=0"
	echo "${t}seq=3-6 lost=4 rule=web:3 other=1"
	echo "${t}suppressed=9 index=2 rule=web:9"
	echo "${t}seq=7 global-pid=9 result=unmatched priority=200 omitted=1 / execute exec=\"/bin/sh\" path=\"/bin/dash\" argc=3 envc=1 argv[0]=\"sh\" argv[2]=\"x\" envp[\"A\"]=\"b\" task.pid=9 task.uid=0"
	printf 'nonsense \033[31m\n'
	echo "${t}seq=8 global-pid=9 result=allowed priority=1 / inet_stream_connect ip=::1 port=80 task.pid=9 task.uid=0"
} >"$log"

shown() {
	grep -cE "$1" "$folder/out"
}

try monitor --file "$log"
expect 'monitor shows a record' 0 \
	'^2026-11-21 19:03:40.123456 denied    write path="/etc/a\\040b"  by /bin/x pid=7 uid=1000 domain=<kernel>  \[100 web\]$'
expect 'monitor shows arguments, and that some are missing' 0 \
	'unmatched execute exec="/bin/sh" path="/bin/dash" argc=3 envc=1 argv\[0\]="sh" argv\[2\]="x" pid=9 .* 1 arguments omitted$'
expect 'monitor shows what was lost' 0 '\*\*\* 4 RECORDS LOST \(seq 3-6\): web 3, other 1 \*\*\*'
expect 'monitor shows what was suppressed' 0 '9 records suppressed by the quota of audit 2: web 9'
expect 'monitor shows a line that is no record, made harmless' 0 'unreadable .*nonsense \\033\[31m$'
expect 'monitor counts' 0 '' \
	'^4 records shown; seen: 2 allowed, 1 denied, 1 unmatched; 4 lost, 9 suppressed, 1 unreadable$'
try monitor -q --file "$log"
is 'monitor -q counts in silence' [ ! -s "$folder/err" ]
try monitor --color=always --file "$log"
expect 'monitor in colour' 0 $'\033''\[1;31mdenied'
NO_COLOR=1 try monitor --color=auto --file "$log"
is 'monitor without colour' [ "$(shown $'\033')" = 0 ]
try monitor --raw --file "$log"
is 'monitor --raw changes nothing' cmp "$folder/out" "$log"
try monitor -o json --file "$log"
expect_json 'monitor in JSON' 0 '[r["type"] for r in d] == ["request", "request", "lost",
	"suppressed", "request", "unreadable", "request"] and
	d[0]["time"] == "2026-11-21T19:03:40.123456Z" and d[0]["seq"] == 1 and
	d[0]["instance"] == "00ff" and d[0]["rule"] == "web" and d[0]["priority"] == 100 and
	d[0]["attributes"]["path"] == "/etc/a\\040b" and d[0]["attributes"]["path.perm"] == "0644" and
	d[0]["attributes"]["path.type"] == "file" and d[0]["attributes"]["task.uid"] == 1000 and
	"rule" not in d[1] and d[2]["count"] == 4 and d[2]["first"] == 3 and d[2]["last"] == 6 and
	d[2]["rules"] == [{"rule": "web", "count": 3}, {"rule": "other", "count": 1}] and
	d[3]["index"] == 2 and d[4]["attributes"]["argv"] == ["sh", None, "x"] and
	d[4]["attributes"]["envp"] == ["A=b"] and d[4]["omitted"] == 1 and
	d[6]["attributes"]["ip"] == "::1" and d[6]["attributes"]["port"] == 80'

# filter NAME SEQUENCES ARGUMENT…: only these records must be shown, and the losses
filter() {
	local name=$1 want=$2

	shift 2
	try monitor -o json --file "$log" "$@"
	expect_json "monitor: $name" 0 \
		"[r.get('seq') for r in d if r['type'] == 'request'] == [$want] and
		[r['type'] for r in d].count('lost') == 1 and
		[r['type'] for r in d].count('suppressed') == 1"
}

filter 'an operation' 1,2 -- write
filter 'a pattern' 1 -- write 'path=/etc/\*'
filter 'two conditions' 1 -- write 'path="/\*/\*"' task.uid!=0
filter 'what a record has not is neither = nor !=' 1 -- write path.uid!=5
filter 'an address' 8 -- inet_stream_connect ip=::/64
filter 'arguments' 7 -- execute 'argv[2]=x' 'envp[A]="b"'
filter 'NULL' 7 -- execute 'argv[7]=NULL'
filter 'attributes compared' 7 -- execute exec!=path
filter 'a result' 1 --result denied
filter 'a priority' 2,7 --priority 200
filter 'a label' 1 --rule web
filter 'options and conditions' 2 --result=allowed -- write
filter 'nothing matches' '' -- unlink
try monitor -n 2 -o json --file "$log"
expect_json 'monitor -n' 0 '[r["seq"] for r in d] == [1, 2]'
try_in "$(cat "$log")" monitor --file - -q --raw --result=allowed
is 'monitor reads standard input' [ "$(shown 'result=allowed')" = 2 ]
head -c 100 "$log" >"$folder/cut"
try monitor --file "$folder/cut"
expect 'a record that is cut off is not passed over' 0 'unreadable' '0 records shown.*1 unreadable'
{
	head -c 3000000 /dev/zero | tr '\0' x
	echo
	cat "$log"
} >"$folder/endless"
try monitor --file "$folder/endless"
expect 'a line without end is told once, and what follows is read' 0 'too long' \
	'^4 records shown.*2 unreadable'
cp "$log" "$KELLAS_PROC/audit"
try monitor -n 1
expect 'monitor reads the module' 0 'write path="/etc/a'
try monitor --since=now
is 'monitor --since=now begins at the end' [ ! -s "$folder/out" ]
for arguments in '--since=noon' '--result=maybe' '--priority=65536' '-n 0' '-n x' '-- wrote' \
	'-- write port=1' '-- write path=@G' '-- write path'; do
	# shellcheck disable=SC2086
	try monitor --file "$log" $arguments
	expect "monitor $arguments is wrong usage" 2 '' .
done
try monitor --file "$folder/missing"
expect 'monitor of a missing file' 1 '' 'No such file'

interrupt() {
	local pid tries=0

	mkfifo "$folder/fifo"
	"$tool" monitor --file "$folder/fifo" >"$folder/out" 2>"$folder/err" &
	pid=$!
	exec 9>"$folder/fifo"
	cat "$log" >&9
	while ! grep -q 'port=80' "$folder/out" && ((tries++ < 100)); do sleep 0.1; done
	kill "-$1" $pid
	wait $pid
	status=$?
	exec 9>&-
	rm "$folder/fifo"
}

# Background jobs of a shell ignore SIGINT; the tool must not mind.
for signal in INT TERM; do
	interrupt $signal
	expect "monitor shows at once, and counts when SIG$signal ends it" 0 'port=80' '^4 records shown'
done

#### explain

KELLAS_PROC=$folder/none try explain -- write path=/a
expect 'explain without a policy' 2 '' 'which --policy'
try explain -p "$good"
expect 'explain without a request' 2 '' 'which request'
try explain -p "$bad" -- write
expect 'explain with an invalid policy' 3 '' "^$bad:3:"
try explain -p "$folder/missing" -- write
expect 'explain with a missing policy' 1 '' 'No such file'
try explain -p "$good" -- wriet
expect 'explain of an unknown operation' 2 '' 'did you mean write'
for words in 'path.uid=x' 'port=1' 'path!=/a' 'path=/a path=/b' 'path=/\*' 'path' 'path.perm=setuid' \
	'transition=x' 'task.uid=1-2'; do
	# shellcheck disable=SC2086
	try explain -p "$good" -- write $words
	expect "explain of $words is wrong usage" 2 '' .
done
for words in 'argc=1 argv[1]=x' 'argv[0]=a argv[0]=b' 'argv[9999999]=a' 'argc=99999999' \
	'envc=0 envp[A]=b'; do
	# shellcheck disable=SC2086
	try explain -p "$good" -- execute $words
	expect "explain of $words is wrong usage" 2 '' .
done
try explain -p "$good" -- write ''
expect 'explain of an empty word is wrong usage' 2 '' 'nothing here'
"$tool" explain -p "$good" - >"$folder/out" 2>"$folder/err" </
status=$?
expect 'explain tells that it cannot read' 1 '' 'Is a directory'
try_in $'\nnonsense' explain -p "$good" -
expect 'explain names the line of a bad record' 2 '' '^kellasctl: <stdin>:2:1: '
is 'explain prints nothing for a bad record' [ ! -s "$folder/out" ]
cp "$good" "$folder"/$'\377\303\251.conf'
try explain -p "$folder"/$'\377\303\251.conf' -o json -- write path=/b task.uid=5
expect_json 'JSON is UTF-8 whatever the name of a file' 0 \
	'd["blocks"][0]["rule"]["file"].endswith("/\\377\u00e9.conf")'
try explain -p "$good" --task uid=x -- write path=/a
expect 'explain with a bad --task' 2 '' 'task.uid=x'
try explain -p "$good" --task uid=5 exe=/x -- write path=/b
expect 'explain as text' 0 '^100 acl write path=@G  \(.*good.conf:4\)$'
expect 'explain names the rule and its place' 0 '^    denied by 10 deny task.uid!=0  \(.*good.conf:6\)$'
expect 'explain says the verdict' 0 '^verdict: deny$'
try explain -p "$good" --task uid=5 --task uid=0 -- write path=/b
expect 'the last --task counts' 0 '^verdict: permit$'
try explain -p "$good" --task uid=5 -- write path=/b task.uid=0
expect 'the request comes before --task' 0 '^verdict: permit$'
try explain -p "$good" -- write path=/b
expect 'undecided as text' 5 '^verdict: undecided for want of task.uid: permit or deny$'
try explain -p "$good" --assume-absent -- write path=/b
expect '--assume-absent' 0 '^    allowed by 20 allow'
try explain -p "$good" --all -- write path=/c
expect '--all says which condition fails' 0 '^    skipped: path=@G is false$'
cat >"$folder/all.conf" <<'EOF'
1 acl write path="/a" task.uid=0
10 deny
2 acl write path="/b" task.uid=0
3 acl write path="/a" task.uid=1
65535 acl write path="/c"
65535 acl write path="/a"
EOF
try explain -p "$folder/all.conf" --all -o json -- write path=/b task.uid=1
expect_json '--all in JSON' 0 '[(b["priority"], b["result"], b.get("failed")) for b in d["blocks"]] == [
	(1, "skipped", "path=\"/a\""), (2, "skipped", "task.uid=0"), (3, "skipped", "path=\"/a\""),
	(65535, "skipped", "path=\"/c\""), (65535, "skipped", "path=\"/a\"")]'
try explain -p "$folder/all.conf" --all -o json -- write path=/a task.uid=0
expect_json '--all behind a denial' 0 '[b["result"] for b in d["blocks"]] == ["denied"] + 4 * ["unreached"]'
try explain -p "$good" -p "$folder/all.conf" -o json -- write path=/a task.uid=0
expect_json 'explain with two files' 0 'd["blocks"][0]["rule"] == {"line": 2,
	"file": "'"$folder"'/all.conf", "text": "10 deny"}'
try explain -p "$good" -- "$(head -n 1 "$log")"
expect 'explain of a record' 0 '(no block matches)'
try explain -p "$good" -- "$(head -n 1 "$log" | tr / _)"
expect 'explain of a bad record' 2 '' 'column 1 of the record'
try explain -p "$good" -- "$(head -n 1 "$log")" more
expect 'a record that was not quoted' 2 '' 'quote it'
try_in "$(grep -v nonsense "$log")" explain -p "$good" -o json -
expect_json 'explain of a log' 0 '[r["verdict"] for r in d] == 4 * ["permit"]'
try_in "$(sed 's,/etc/a.040b,/a,' "$log")" explain -p "$good" -o json -
expect_json 'explain of a log goes on behind a bad line' 2 \
	'[r["verdict"] for r in d] == ["deny"] + 3 * ["permit"]'
for line in 'daemon=started version="0.1"|kellas-auditd says of itself' 'seq=7-9 lost=3 other=3|records were lost' \
	'suppressed=3 index=1 other=3|a quota kept out' 'netconsole=10.0.0.1 / usb 1-1: new device|console said'; do
	try explain -p "$good" -- "#2026/11/21 19:03:40.123456# ${line%|*}"
	expect "explain of what is no request: ${line%%=*}" 2 '' "this line .*${line#*|}.*no request"
	is 'and what to do instead' grep -q 'to explain: a record with' "$folder/err"
done
try_in $'#2026/11/21 19:03:40.123456# daemon=started\n'"$(head -n 1 "$log")" explain -p "$good" -
expect 'in a whole log it is passed over' 0 '(no block matches)' 'passed over: 1 line that is no request'
try_in '#2026/11/21 19:03:40.123456# daemon=started' explain -p "$good" -
expect 'but there should be something else' 2 '' 'there was nothing else'
printf '1 acl execute path="/bin/dash"\n10 deny argv[1]="-c"\n' >"$folder/omitted.conf"
try explain -p "$folder/omitted.conf" -o json -- "$(sed -n 5p "$log")"
expect_json 'an argument that a record leaves out is not known' 5 'd["missing"] == "argv"'
overlong=$(sed -n '1s,rule=web,overlong=path,;1s,path="[^"]*",,p' "$log")
try explain -p "$folder/omitted.conf" -o json -- "$overlong"
expect_json 'what was unknown to the kernel is no riddle' 0 'd["verdict"] == "permit"'
printf '1 acl write\n10 deny path="/never"\n' >"$folder/overlong.conf"
try explain -p "$folder/overlong.conf" -o json -- "$overlong"
expect_json 'an overlong string counts as true in deny' 0 'd["verdict"] == "deny"'

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
