# h1 (10.1.0.2) - r - h2 (10.2.0.2): hosts without routes, a router that does not forward yet.
for n in h1 r h2; do ip netns add $n; ip -n $n link set lo up; done
ip link add a1 netns h1 type veth peer name r1 netns r
ip link add a2 netns h2 type veth peer name r2 netns r
ip -n h1 addr add 10.1.0.2/24 dev a1; ip -n h1 link set a1 up
ip -n r addr add 10.1.0.1/24 dev r1; ip -n r link set r1 up
ip -n r addr add 10.2.0.1/24 dev r2; ip -n r link set r2 up
ip -n h2 addr add 10.2.0.2/24 dev a2; ip -n h2 link set a2 up
h1="ip netns exec h1" r="ip netns exec r" h2="ip netns exec h2"
