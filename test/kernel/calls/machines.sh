# The machines of every section: a (10.0.0.1) - b (10.0.0.2, a router: 10.0.1.254) - c (10.0.1.2). 10.0.0.9 is nobody: segments
# made by hand speak in its name from a0.
for n in a b c; do ip netns add $n; ip -n $n link set lo up; done
ip link add a0 netns a address 02:00:00:00:0a:00 type veth peer name b0 netns b address 02:00:00:00:0b:00
ip link add b1 netns b address 02:00:00:00:0b:01 type veth peer name c0 netns c address 02:00:00:00:0c:00
ip -n a link set a0 up; ip -n b link set b0 up; ip -n b link set b1 up; ip -n c link set c0 up
ip -n a addr add 10.0.0.1/24 brd + dev a0; ip -n b addr add 10.0.0.2/24 brd + dev b0
ip -n b addr add 10.0.1.254/24 brd + dev b1; ip -n c addr add 10.0.1.2/24 brd + dev c0
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n c route add default via 10.0.1.254
ip -n b neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev b0
