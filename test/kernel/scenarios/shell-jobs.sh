# Background jobs, wait, kill, timeout, traps: exit codes and words, in the order of time.
sleep 0.6 & sleep 0.2 & jobs
wait -n; echo "first $?"
kill $(jobs -pr); wait; echo all
(sleep 0.2; exit 7) & wait $!; echo $?
{ sleep 0.2; echo late; } & echo early; wait
timeout 0.2 sleep 5; echo $?
timeout 1 true; echo $?
{ timeout -k 0.2 0.2 bash -c 'trap "" TERM; while :; do sleep 0.1; done'; echo $?; } 2>/dev/null
trap 'echo usr1' USR1
(sleep 0.2; kill -USR1 $$) & wait $!
sleep 0.4; echo after
trap - USR1
bash -c 'trap "echo bye" EXIT; exit 3'; echo $?
bash -c 'trap "echo term; exit 5" TERM; kill $$; echo not reached'; echo $?
true | false | (exit 5); echo ${PIPESTATUS[@]}
set -o pipefail; false | true; echo $?; set +o pipefail
kill -0 $$ && echo alive
wait 99999; echo $?
echo "== what the standard input of a background command is"
cd "$(mktemp -d)"; echo file > in
f() { cat & wait; }
echo a; echo hi | { cat & wait; }
echo b; echo hi | ( cat & wait )
echo c; echo hi | f
echo d; { cat & wait; } < in
echo e; (cat & wait) < in
echo f; bash -c 'cat & wait' < in
echo g; f < in
echo h; echo hi | bash -c 'cat & wait'
echo i; echo hi | { f; }
echo j; printf 'a\nb\n' | { read x; (cat & wait); }
echo k; { f; } < in
echo l; ( { cat & wait; } ) < in
echo m; if true; then cat & wait; fi < in
echo n; x=$(echo hi | f); echo $x
echo o; echo hi | eval 'cat & wait'
