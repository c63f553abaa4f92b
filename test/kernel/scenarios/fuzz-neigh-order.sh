# Two neighbours that were asked for at the same time: their timers end in the same tick, and of one tick's timers the kernel runs the newest first.
# native
for n in n0 n1 n3; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratemask=0; ip -n $n link set lo up; done
ip link add e0 address 02:00:00:00:00:01 netns n0 type veth peer name e0 address 02:00:00:00:00:02 netns n1
ip link add e1 address 02:00:00:00:02:01 netns n1 type veth peer name e0 address 02:00:00:00:02:02 netns n3
ip -n n0 addr add 10.0.0.1/8 dev e0; ip -n n0 link set e0 up
ip -n n1 addr add 10.0.0.2/16 dev e0; ip -n n1 link set e0 up; ip -n n1 addr add 10.0.2.1/24 dev e1; ip -n n1 link set e1 up
ip -n n3 addr add 10.0.2.2/30 dev e0; ip -n n3 link set e0 up
ip -n n1 route add 10.0.1.0/24 via 10.0.0.1; ip -n n3 route add 10.0.1.0/24 via 10.0.2.1
for n in n0 n1 n3; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; ip netns exec $n sysctl -qw net.ipv4.neigh.e0.retrans_time_ms=200; done
cd "$(mktemp -d)"
ip netns exec n0 tcpdump -l -n -t -i e0 2>/dev/null >packets & t=$!
sleep 1
ip netns exec n3 ping -n -c 1 -W 1 10.0.1.2
sleep 2; kill $t; wait $t
sed 's/ id [0-9]*,//' packets
ip -n n0 neigh | sort
