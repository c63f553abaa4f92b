# What ends masqueraded connections: their address, their device going down, deleted, or moved to another namespace. What does not: another
# address, another device, SNAT.
# native
# include: nat
$r ip link add v3 type veth peer name a3 netns s
ip -n r addr add 10.3.0.1/24 dev v3; ip -n r link set v3 up
ip -n s addr add 10.3.0.2/24 dev a3; ip -n s link set a3 up
$r iptables -t nat -A POSTROUTING -o r2 -p icmp -j SNAT --to-source 10.2.0.1
$r iptables -t nat -A POSTROUTING -o r2 -j MASQUERADE
$r iptables -t nat -A POSTROUTING -o v3 -j MASQUERADE
$s socat UDP4-LISTEN:53,fork EXEC:cat 2>/dev/null & listening s 53
all() { $c ping -q -c1 -e 1 10.2.0.2 > /dev/null; ask c 5000 10.2.0.2 53; ask c 5001 10.3.0.2 53; ask r 5002 10.3.0.2 53; ct; }
again() { $r conntrack -F 2>/dev/null; all > /dev/null; }
echo "== all of them"; all
echo "== an address that none uses comes and goes"
$r ip addr add 10.9.0.1/24 dev v3; $r ip addr add 10.3.0.77/24 dev v3
$r ip addr del 10.9.0.1/24 dev v3; $r ip addr del 10.3.0.77/24 dev v3; sleep 0.2; ct
echo "== the address"
$r ip addr del 10.3.0.1/24 dev v3; sleep 0.2; ct
$r ip addr add 10.3.0.1/24 dev v3
echo "== flushed"
again; $r ip addr flush dev r2; sleep 0.2; ct
$r ip addr add 10.2.0.1/24 dev r2
echo "== down"
again; $r ip link set v3 down; sleep 0.2; ct
$r ip link set v3 up
echo "== the other end goes down: nothing goes"
again; $s ip link set a3 down; sleep 0.2; ct
$s ip link set a3 up
echo "== the same address on another device"
again; $r ip addr add 10.3.0.1/32 dev r2; $r ip addr del 10.3.0.1/32 dev r2; sleep 0.2; ct
echo "== moved to another namespace"
again; $r ip link set v3 netns c; sleep 0.2; ct
$c ip link set v3 netns r; ip -n r addr add 10.3.0.1/24 dev v3; ip -n r link set v3 up
echo "== deleted, by its other end"
again; $s ip link del a3; sleep 0.2; ct
echo "== the rule goes: the connections stay"
$r iptables -t nat -F; sleep 0.2; ct
ask c 5000 10.2.0.2 53
ct
kill $(jobs -p) 2>/dev/null; wait 2>/dev/null
