# Readers that close early, and what their writers get: SIGPIPE, 141 in PIPESTATUS, pipefail, ignored SIGPIPE.
echo "== yes into head"
yes | head -n 2
echo "${PIPESTATUS[@]}"
echo "== seq into head"
seq 1 1000000000 | head -n 3
echo "${PIPESTATUS[@]}"
echo "== a loop of echo into head"
while :; do echo a line; done | head -n 1
echo "${PIPESTATUS[@]}"
echo "== three stages"
yes | cat | head -n 1
echo "${PIPESTATUS[@]}"
echo "== tee between"
yes | tee /dev/null | head -n 1
echo "${PIPESTATUS[@]}"
echo "== tr and cut"
yes abc | tr a b | cut -c1-2 | head -n 1
echo "${PIPESTATUS[@]}"
echo "== a reader that reads nothing"
yes | true
echo "${PIPESTATUS[@]}"
echo "== head -c of an endless device"
cat /dev/zero | head -c 100000 | wc -c
echo "${PIPESTATUS[@]}"
echo "== a short writer has ended before"
echo one | head -n 1
echo "${PIPESTATUS[@]}"
echo "== pipefail"
set -o pipefail
yes | head -n 1
echo $?
set +o pipefail
echo "== the status of the pipeline is the last command's"
yes | head -n 1
echo $?
echo "== sed q and grep -q, grep -m"
seq 1 1000000000 | sed 2q
echo "${PIPESTATUS[@]}"
seq 1 1000000000 | grep -q 7
echo "${PIPESTATUS[@]}"
seq 1 1000000000 | grep -m 2 7
echo "${PIPESTATUS[@]}"
echo "== a subshell whose last command is the writer"
(yes) | head -n 1
echo "${PIPESTATUS[@]}"
echo "== a group goes on after its program was ended"
{ yes; echo "yes: $?" >&2; } | head -n 1
echo "${PIPESTATUS[@]}"
echo "== SIGPIPE ignored: the write fails"
(trap '' PIPE; yes; echo "yes: $?" >&2) 2>&1 >/dev/full | head -n 3
(trap '' PIPE; while echo x; do :; done; echo "echo: $?" >&2) 2>/tmp/err | head -n 1
sed 's/^[^ ]*: line [0-9]*: //' /tmp/err
rm -f /tmp/err
echo "== SIGPIPE trapped"
bash -c 'trap "echo trapped >&2; exit 3" PIPE; while :; do echo x 2>/dev/null; done' | head -n 1
echo "${PIPESTATUS[@]}"
echo "== process substitution"
read x < <(yes)
echo "$x $?"
head -n 1 <(seq 1 1000000000)
echo $?
echo "== command substitution around it"
x=$(yes | head -n 2; echo "${PIPESTATUS[@]}")
echo "$x"
echo "== tail and wc read all of it"
seq 1 200000 | tail -n 2
echo "${PIPESTATUS[@]}"
seq 1 200000 | tail -n +199999
seq 1 200000 | head -n -199998
seq 1 200000 | head -c -1288888
seq 1 200000 | tail -c 9
seq 1 200000 | wc
seq 1 200000 | tac | head -n 2
echo "${PIPESTATUS[@]}"
echo "== a reader that is killed"
yes | timeout 0.1 sleep 5
echo "${PIPESTATUS[@]}"
