# What ping says when signals and -w end it, and what it has written until then.
# native
times() { sed 's#\([0-9.]*/\)\{3\}[0-9.]* ms#T ms#'; }
ip link add va type veth peer name vb; ip link set va up; ip link set vb up; ip addr add 10.0.0.1/24 dev va
echo "== SIGQUIT, then SIGINT"
ping 127.0.0.1 >/tmp/out 2>/tmp/err & p=$!
sleep 2.5; kill -QUIT $p; sleep 0.1; kill -INT $p; wait $p; echo "rc=$?"
times </tmp/err | tr '\r' '>'; times </tmp/out
echo "== SIGTERM"
ping -W 1 10.0.0.9 >/tmp/out & p=$!
sleep 0.5; kill $p; wait $p 2>/dev/null; echo "rc=$?"
cat /tmp/out
ip neigh replace 10.0.0.9 lladdr 02:00:00:00:00:01 dev va
echo "== -w without an answer"
ping -q -w 3 10.0.0.9; echo "rc=$?"
echo "== -c without an answer"
ping -q -c 2 -W 0.5 10.0.0.9; echo "rc=$?"
