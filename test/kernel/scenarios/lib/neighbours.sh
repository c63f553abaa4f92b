# v0 here (10.0.0.1, 02:00:00:00:00:01) and v1 in the namespace b (10.0.0.2, 02:00:00:00:00:02), wired.
ip netns add b
ip link add v0 type veth peer name v1 netns b
ip link set v0 address 02:00:00:00:00:01
ip -n b link set v1 address 02:00:00:00:00:02
ip link set v0 up; ip -n b link set v1 up; ip -n b link set lo up
ip addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
b="ip netns exec b"
