# nc over UDP: the first datagram names the peer, -k serves all, probes of -zv, -W
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ip -n n link set lo up
t() { echo "== $*"; "$@" 2>&1; echo "rc=$?"; }
ip netns exec n nc -lunv 53 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
echo hi | t nc -u -w1 -v 10.0.0.2 53; sleep 0.2; cat /tmp/netsim-o
kill %%
echo == keep
ip netns exec n nc -luknv 53 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
echo hi | t nc -u -w1 10.0.0.2 53
echo two | t nc -u -w1 10.0.0.2 53
t nc -zuv -w 1 10.0.0.2 53
t nc -zuv -w 1 10.0.0.2 54
cat /tmp/netsim-o
kill %%
echo == limit
ip netns exec n nc -lun -W 1 54 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
(echo a; sleep 0.3; echo b) | timeout 2 nc -u 10.0.0.2 54; echo rc=$?
sleep 0.2; cat /tmp/netsim-o; rm /tmp/netsim-o
