# socat as scripts use it: an echo server that forks, one-way copies, programs behind a port, chains.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
for p in 80 81; do $B socat TCP4-LISTEN:$p,fork,reuseaddr exec:cat >/dev/null 2>&1 & done
sleep 3
echo "== echo"
echo hello | $A timeout 10 nc -n -N -w 5 10.0.0.2 80 2>&1; echo "rc=$?"
echo hello | $A socat -t 8 - TCP4:10.0.0.2:81; echo "rc=$?"
echo "== several at once"
for i in 1 2 3; do (echo "hello $i" | $A socat -t 10 - TCP:10.0.0.2:80 >out$i) & p[i]=$!; done
wait ${p[1]} ${p[2]} ${p[3]}
cat out1 out2 out3
echo "== refused"
echo hello | $A socat - TCP4:10.0.0.2:82; echo "rc=$?"
$A socat -d -d -u - TCP4:10.0.0.2:80 </dev/null 2>&1 | sed 's/^[^ ]* [^ ]* socat\[[0-9]*\] //; s/:[34][0-9]\{4\}/:PORT/g; s/:[56][0-9]\{4\}/:PORT/g'
kill $(jobs -p); wait
echo "== one connection only"
$B socat -u TCP4-LISTEN:83 CREATE:file & srv=$!; sleep 2
echo content | $A socat -u - TCP4:10.0.0.2:83; echo "rc=$?"
wait $srv; echo "rc=$?"
cat file
echo "== a program behind a port"
$B socat TCP4-LISTEN:84,reuseaddr,fork SYSTEM:'read x; echo "you said $x"; exit 0' & srv=$!; sleep 2
echo ping | $A socat -t 8 - TCP4:10.0.0.2:84; echo "rc=$?"
echo pong | $A nc -n -w 8 10.0.0.2 84; echo "rc=$?"
kill $srv; wait $srv; echo "rc=$?"
echo "== a relay"
$B socat -u OPEN:file TCP4-LISTEN:85,bind=127.0.0.1 & one=$!; sleep 1
$B socat TCP4-LISTEN:86,bind=10.0.0.2 TCP4:127.0.0.1:85 & two=$!; sleep 2
$A socat -u TCP4:10.0.0.2:86 -; echo "rc=$?"
wait $one; echo "rc=$?"; wait $two; echo "rc=$?"
echo "== -T ends an idle connection, -t waits after the end"
$B socat TCP4-LISTEN:87 - >/dev/null </dev/null & sleep 2
sleep 30 | $A socat -T 3 - TCP4:10.0.0.2:87; echo "rc=$?"
kill $(jobs -p) 2>/dev/null
