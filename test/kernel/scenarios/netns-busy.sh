# A namespace that loses its name lives on while a process is inside.
ip netns add b
ip link add v0 type veth peer name v1 netns b
ip netns exec b sleep 100 &
sleep 0.5
ip netns del b
sleep 0.5
ip netns list
ip -br link show v0 | cut -c1-3
kill %1
wait 2>/dev/null
sleep 0.5
ip -br link show v0
