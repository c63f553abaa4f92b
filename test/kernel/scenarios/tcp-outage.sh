# The line breaks while a connection is up: what was sent meanwhile arrives after it; and a large transfer.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
echo "== an outage"
$B nc -n -l 10.0.0.2 80 >got & server=$!
sleep 2
(echo before; sleep 4; echo meanwhile; sleep 25; echo after) | $A nc -n -N 10.0.0.2 80 & client=$!
sleep 3
ip -n b link set eth0 down
sleep 5
cat got
ip -n b link set eth0 up
wait $client; echo "rc=$?"; wait $server; echo "rc=$?"
cat got
echo "== a megabyte each way"
seq 1 150000 >big
$B socat TCP4-LISTEN:81,reuseaddr EXEC:cat & sleep 2
$A nc -n -N 10.0.0.2 81 <big >back; echo "rc=$?"
[ "$(cat big)" = "$(cat back)" ] && echo same
wc -c <back
echo "== through a small receive window"
$B sysctl -qw net.ipv4.tcp_rmem='4096 4096 4096'
$B nc -n -l 10.0.0.2 82 >got2 & server=$!
sleep 2
$A nc -n -N 10.0.0.2 82 <big; echo "rc=$?"
wait $server
[ "$(cat big)" = "$(cat got2)" ] && echo same
