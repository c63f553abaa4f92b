# c (10.1.0.2) - r (10.1.0.1, 10.2.0.1) - s (10.2.0.2): a client behind a router that forwards, a server that knows no way to the client.
for n in c r s; do ip netns add $n; ip -n $n link set lo up; done
ip link add a1 netns c type veth peer name r1 netns r
ip link add a2 netns s type veth peer name r2 netns r
ip -n c addr add 10.1.0.2/24 dev a1; ip -n c link set a1 up
ip -n r addr add 10.1.0.1/24 dev r1; ip -n r link set r1 up
ip -n r addr add 10.2.0.1/24 dev r2; ip -n r link set r2 up
ip -n s addr add 10.2.0.2/24 dev a2; ip -n s link set a2 up
ip -n c route add default via 10.1.0.1
c="ip netns exec c" r="ip netns exec r" s="ip netns exec s"
$r sysctl -qw net.ipv4.ip_forward=1
cd "$(mktemp -d)"
# connections, without what depends on time, in order
ct() { ip netns exec "${1:-r}" conntrack -L 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/' | sort; }
ask() { ip netns exec "$1" nc -u -w 2 -p "$2" "$3" "$4" <<<question; }
listening() { until [ -n "$(ip netns exec "$1" ss -Hltun "sport = :$2")" ]; do sleep 0.2; done; }
