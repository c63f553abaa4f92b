# Jobs that a signal ended: when a script is told of them, which are %+ and %-, what kill says of those that are over.
# native
exec 2>&1
d=$(mktemp -d); mkfifo "$d/f"; exec 9<>"$d/f"; busy() { read -t .1 -u 9; }
echo A; sleep 4 & kill -KILL $!; sleep 0.1; echo x; jobs; echo y
echo B; sleep 4 & kill -KILL $!; busy; echo x; jobs; echo y; jobs
echo C; sleep 4 & kill -KILL $!; busy; echo x; true; (true); echo y; jobs
echo D; sleep 4 & kill -KILL $!; busy; echo x; /bin/true; echo y; jobs
echo F; sleep 4 & kill -KILL $!; busy; echo x; echo 1 | cat; echo y; jobs
echo G; sleep 4 & kill -TERM $!; busy; echo x; jobs; echo y; jobs
echo H; sleep 4 & kill -TERM $!; sleep .1; echo x; jobs; echo y; jobs
f() { sleep 4 & kill -KILL $!; sleep 0.1; echo x; jobs; echo y; }
echo I; f; echo z
echo J; { sleep 4 & kill -KILL $!; sleep 0.1; echo x; }; echo z
echo K; if sleep 4 & kill -KILL $!; then sleep 0.1; echo x; fi; echo z
echo L; for i in 1 2; do sleep 4 & kill -KILL $!; sleep 0.1; echo x; done; echo z
echo M; (sleep 4 & kill -KILL $!; sleep 0.1; echo x; jobs; echo w); echo z
echo N; sleep 4 & p=$!; kill -KILL $p; sleep 0.1; wait $p; echo w=$?; wait $p; echo w=$?
echo O; sleep 4 & p=$!; kill -TERM $p; sleep 0.1; kill $p; echo k=$?
echo P; sleep 4 & p=$!; kill -TERM $p; busy; kill $p; echo k=$?; sleep .1
echo Q; sleep 4 & p=$!; kill -TERM $p; kill $p; echo k=$?; sleep .1
echo R; sleep .05 & p=$!; busy; kill $p; echo k=$?; kill %1; echo k=$?; jobs; kill $p; echo k=$?
echo S; sleep .05 & p=$!; sleep .2; kill $p; echo k=$?; kill %1; echo k=$?; jobs; kill $p; echo k=$?
echo T; sleep 4 & kill -KILL $!; sleep 0.1; jobs -p; echo x
echo U; sleep 4 & sleep 4 & sleep 4 & jobs; kill %2; sleep .1; jobs; kill %3; sleep .1; jobs; kill %1; sleep .1; jobs
echo V; sleep .05 & sleep 4 & sleep .1 & sleep .3; jobs; jobs; kill %2
