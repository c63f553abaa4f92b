# Two namespaces, a connection and its states on both sides as it is opened, half closed and closed.
ip netns add a; ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
states() { for n in a b; do echo "$n: $(ip netns exec $n ss -Htan | awk '{print $1}' | sort | tr '\n' ' ')"; done; }
ip netns exec b nc -l 10.0.0.2 80 > /tmp/got &
sleep 2
states
(echo hello; sleep 20) | ip netns exec a nc -N 10.0.0.2 80 &
sleep 3
states
wait
sleep 1
cat /tmp/got
states
echo '-- refused, unreachable, filtered'
ip netns exec a nc -z -v -w 2 10.0.0.2 81; echo "rc $?"
ip netns exec a nc -z -v -w 10 10.0.0.77 80; echo "rc $?"
ip -n b link set eth0 down
ip netns exec a nc -z -v -w 2 10.0.0.2 80; echo "rc $?"
