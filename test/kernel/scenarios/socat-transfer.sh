# socat: echo servers over TCP and UDP, forwarding, one-way transfer, log of -d -d
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ip -n n link set lo up
t() { echo "== $*"; "$@" 2>&1; echo "rc=$?"; }
ip netns exec n socat TCP4-LISTEN:80,fork,reuseaddr exec:cat & P=$!
sleep 0.5
echo hi | t socat - TCP4:10.0.0.2:80
t socat TCP4:10.0.0.2:80 - </dev/null
ip netns exec n socat TCP4-LISTEN:80 exec:cat; echo rc=$?
socat TCP4-LISTEN:8080,fork,reuseaddr TCP4:10.0.0.2:80 & Q=$!
sleep 0.3
echo forwarded | t socat - TCP4:127.0.0.1:8080
kill $P $Q; sleep 0.2
echo == udp
ip netns exec n socat UDP4-LISTEN:53,fork exec:cat & P=$!
sleep 0.3
echo q | t socat -t 1 - UDP4:10.0.0.2:53
echo r | t socat -t 1 - UDP4:10.0.0.2:53
kill $P
ip netns exec n socat -u UDP4-RECV:54 - >/tmp/netsim-o & P=$!
sleep 0.3
echo q | t socat -u - UDP4:10.0.0.2:54; sleep 0.3; cat /tmp/netsim-o
kill $P
ip netns exec n socat UDP4-RECVFROM:55,fork exec:cat & P=$!
sleep 0.3
echo q | t socat - UDP4-SENDTO:10.0.0.2:55
echo q2 | t socat - UDP4-DATAGRAM:10.0.0.2:55
kill $P
echo == one way
ip netns exec n socat -u TCP4-LISTEN:81 - >/tmp/netsim-o &
sleep 0.3; echo hi | t socat -u - TCP4:10.0.0.2:81; sleep 0.3; cat /tmp/netsim-o; rm /tmp/netsim-o
