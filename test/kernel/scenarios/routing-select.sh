# Equal routes and the state of their gateways (fib_select_default), carrier, promote_secondaries, garbage collection.
ip netns add x; ip netns add y
ip link add w1 type veth peer name v netns x
ip link add w2 type veth peer name v netns y
ip addr add 10.1.0.2/24 dev w1; ip link set w1 up
ip addr add 10.2.0.2/24 dev w2; ip link set w2 up
ip -n x addr add 10.1.0.1/24 dev v; ip -n x link set v up
ip -n y addr add 10.2.0.1/24 dev v; ip -n y link set v up
for n in x y; do ip -n $n link set lo up; ip -n $n addr add 192.0.2.1/32 dev lo; done
ip -n x route add default via 10.1.0.2; ip -n y route add default via 10.2.0.2
echo "== two default routes of one metric"
ip route add default via 10.1.0.1
ip route append default via 10.2.0.1
ip route
ip route get 192.0.2.1
ping -c 1 -W 1 192.0.2.1
ip route get 192.0.2.1
echo "== the first gateway is dead"
ip -n x link set v down
ip -n x addr flush dev v
ip link set w1 down; ip link set w1 up; ip -n x link set v up
ip route
ip route append default via 10.1.0.1
ip route
ip route get 192.0.2.1
ip route del default via 10.2.0.1
ip route append default via 10.2.0.1
ip route
ping -c 1 -W 4 192.0.2.1
ip neigh show to 10.1.0.1
ip route get 192.0.2.1
ping -c 1 -W 4 192.0.2.1
ip route get 192.0.2.1
echo "== another metric is no alternative"
ip route flush 0/0
ip route add default via 10.1.0.1 metric 1
ip route add default via 10.2.0.1 metric 2
ip neigh replace 10.1.0.1 dev w1 nud failed
ip route get 192.0.2.1
echo "== promote_secondaries"
ip addr add 10.5.0.1/24 dev w1
ip addr add 10.5.0.2/24 dev w1
ip addr add 10.5.0.3/24 dev w1
ip addr del 10.5.0.1/24 dev w1
ip addr show dev w1 | grep inet
ip addr add 10.5.0.1/24 dev w1
ip addr add 10.5.0.2/24 dev w1
ip addr add 10.5.0.3/24 dev w1
sysctl -w net.ipv4.conf.w1.promote_secondaries=1
ip route get 10.5.0.9
ip addr del 10.5.0.1/24 dev w1
ip addr show dev w1 | grep inet
ip route get 10.5.0.9
ip route show table all dev w1 to root 10.5.0.0/24
