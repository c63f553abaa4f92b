# What bash makes of parameters, braces, patterns, 64-bit numbers; its words for errors; jobs, traps, scripts on stdin.
t() { s=$(cat); echo "== ${s%%$'\n'*}"; bash -c "$s" 2>&1; echo "rc=$?"; }
t <<'E'
x=hello.tar.gz; echo ${x%.*} ${x##*.} ${x/l/L} ${x: -2} ${#x} ${x^^}
E
t <<'E'
set -- a "b c"; for i in "$@"; do echo "[$i]"; done; for i in "$*"; do echo "[$i]"; done
E
t <<'E'
a=(1 2 "3 4"); echo ${#a[@]} "${a[-1]}" "${a[@]:1:1}" ${!a[@]}
E
t <<'E'
declare -A m=([k]=v ["a b"]=2); echo "${m[a b]}" ${m[k]} ${#m[@]}
E
t <<'E'
x="a  b"; echo $x "$x"; IFS=:; y=1::2; for i in $y; do echo "<$i>"; done
E
t <<'E'
echo a{b,c{d,e}}{1..3} {a}"{b,c}" {01..3}
E
t <<'E'
[[ x.sh == [!a-c]*.@(sh|c) ]] && echo one; [[ x.c == !(*.c) ]] || echo two; [[ '*' == \* ]] && echo three; [[ b.sh == [!a-c]* ]] || echo four
E
t <<'E'
echo $((9223372036854775807 + 1)) $((1 ? 2 : 1/0)) $((0 ? 1/0 : 3))
E
t <<'E'
echo $((1/0)); echo no
echo yes
E
t <<'E'
nosuch
E
t <<'E'
/tmp
E
t <<'E'
set -u; echo $x; echo no
E
t <<'E'
x="a b"; echo > $x
E
t <<'E'
echo 1
echo 2; )
echo 3
E
t <<'E'
if true; then
E
t <<'E'
echo $(fi)
E
t <<'E'
set -eo pipefail; echo $(false)ok; false | true; echo no
E
t <<'E'
set -e; trap "echo bye \$?" EXIT; f() { false; }; f; echo no
E
t <<'E'
sleep 1 & jobs; wait; (exit 7) & wait $!; echo $?
E
t <<'E'
sleep 3 & sleep 1 & wait -n; (( SECONDS >= 1 && SECONDS <= 2 )) && echo one; kill $(jobs -p); wait; (( SECONDS <= 2 )) && echo two
E
t <<'E'
timeout 0.1 sleep 5; echo $?; timeout 1 true; echo $?
E
t <<'E'
trap "echo usr" USR1; (sleep 1; kill -USR1 $$) & wait $!; sleep 1; echo end
E
echo "== a script on standard input shares it with its commands"
printf 'read x\ndata\necho got $x\n' | bash; echo "rc=$?"
printf 'echo one\nfalse\necho two\n' | bash -e; echo "rc=$?"
printf 'for i in 1 2\ndo\necho $i $1\ndone\n' | bash -s a; echo "rc=$?"
echo "== a session's lines"
printf '%s\n' 'x=1; f() { echo "f $1"; }; cd /tmp; sleep 100 &' 'f $x; pwd' 'kill %1; wait; nosuch' 'if true; then' 'echo done; fi' 'exit 3' 'echo no' | bash 2>/dev/null; echo "rc=$?"
echo "== arguments, a name, standard input"
echo in | bash -c 'echo one; echo two >&2; echo "$0 $1"; cat; exit 3' me a 2>&1; echo "rc=$?"
