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
