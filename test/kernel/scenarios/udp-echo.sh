# UDP between two namespaces: an answer, an unreachable port, a broadcast that two listeners hear.
ip netns add a; ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n a addr add 10.0.0.1/24 brd + dev eth0
ip -n b addr add 10.0.0.2/24 brd + dev eth0
ip netns exec b socat UDP4-LISTEN:53,fork EXEC:cat &
sleep 2
ip netns exec b ss -Huln
echo question | ip netns exec a nc -u -w 6 10.0.0.2 53
kill %1
wait
echo question | ip netns exec a nc -u -w 1 10.0.0.2 54; echo "rc $?"
ip netns exec a ping -c 1 -W 1 -M do -s 1473 10.0.0.2 | grep -v ' ms'
ip netns exec a ip -s link show eth0 | grep -c errors
