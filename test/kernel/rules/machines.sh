# a (10.0.0.1, device a0) – here (a router: v0 10.0.0.254, v1 10.0.1.254) – b (10.0.1.1, b0); set before the rules of each file.
ip netns add a; ip netns add b
ip link add v0 type veth peer name a0 netns a; ip link add v1 type veth peer name b0 netns b
ip addr add 10.0.0.254/24 dev v0; ip addr add 10.0.1.254/24 dev v1; ip link set lo up; ip link set v0 up; ip link set v1 up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up; ip -n a route add default via 10.0.0.254
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up; ip -n b route add default via 10.0.1.254
sysctl -qw net.ipv4.ip_forward=1
sleep 0.2
