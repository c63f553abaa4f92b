# Namespaces wired by veth: what each sees of the other, and what goes when something is deleted.
ip netns add left
ip netns add right
ip link add l0 address 02:00:00:00:00:01 netns left type veth peer name r0 address 02:00:00:00:00:02 netns right
for ns in left right; do echo "== $ns"; ip -n $ns link show type veth; ip -n $ns addr; done
ip -n left addr add 10.0.0.1/24 dev l0
ip -n right addr add 10.0.0.2/24 dev r0
ip -n left link set l0 up
echo "== one end up"; ip -n left link show l0; ip -n left route; ip -n right route
ip -n right link set r0 up
echo "== both ends up"; ip -n left link show l0; ip -n left route; ip -n right route
ip -n left route add default via 10.0.0.2
echo "== default"; ip -n left route; ip -n left route get 8.8.8.8
ip -n right link set r0 down
echo "== peer down"; ip -n left link show l0; ip -n left route; ip -n left route get 8.8.8.8
ip -n right link set r0 up
echo "== back"; ip -n left route; ip -n right route; ip -n right addr show r0
ip -n right link set r0 netns left
echo "== moved"; ip -n left link show type veth; ip -n left addr; ip -n right addr; ip -n right route
ip -n left link set r0 netns right name eth0
echo "== moved back and renamed"; ip -n right addr; ip netns list
echo "== ids"; ip netns list-id; ip -n left netns list-id
ip netns del right
echo "== gone"; ip -n left link; ip -n left addr; ip -n left route
echo "== exec"; ip netns exec left bash -c 'ip -br addr; ip netns identify'; ip netns exec left ip link add x0 type dummy; ip -n left -br link | grep -c x0
