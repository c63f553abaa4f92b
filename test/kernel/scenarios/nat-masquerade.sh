# MASQUERADE: the address of the outgoing device; its connections end when the address or the device goes.
# native
# include: nat
$r iptables -t nat -A POSTROUTING -o r2 -j MASQUERADE
$r ip addr add 10.3.0.1/24 dev r2
$r ip addr add 10.2.0.9/24 dev r2
$s ip addr add 10.3.0.2/24 dev a2
$s socat UDP4-LISTEN:53,fork EXEC:cat 2>/dev/null & listening s 53
echo "== the address that goes with the gateway"
$c ping -q -c 2 -i 0.2 -e 1 10.2.0.2
$c ping -q -c 1 -e 2 10.3.0.2
ask c 5000 10.2.0.2 53
ask r 5001 10.2.0.2 53
ct
echo "== the other address goes: its connections go"
$r ip addr del 10.3.0.1/24 dev r2; sleep 0.3
ct
echo "== down and up"
$r ip link set r2 down; sleep 0.3
ct
$r ip link set r2 up
$c ping -q -c 1 -W 3 -e 3 10.2.0.2 | sed -n 4p
echo "== secondary"
$r ip addr del 10.2.0.1/24 dev r2; sleep 0.3
ct
$r ip addr add 10.2.0.7/24 dev r2
$c ping -q -c 1 -W 3 -e 4 10.2.0.2 | sed -n 4p
ct
echo "== no address there, but elsewhere"
$r ip addr flush dev r2; sleep 0.3
$r ip route add 10.2.0.0/24 dev r2
$s ip route add 10.1.0.0/24 dev a2
$c ping -q -c 1 -W 3 -e 5 10.2.0.2 | sed -n 4p
ct
echo "== it would leave by another device: the connection is given up"
$r ip addr add 10.2.0.1/24 dev r2
$r conntrack -F 2>/dev/null
$s ip route del 10.1.0.0/24
ip link add a3 netns s type veth peer name r3 netns r
ip -n r addr add 10.4.0.1/24 dev r3; ip -n r link set r3 up
ip -n s addr add 10.4.0.2/24 dev a3; ip -n s link set a3 up
$r iptables -t nat -A POSTROUTING -o r3 -j MASQUERADE
$c ping -c 6 -i 0.5 -e 6 10.2.0.2 >out & sleep 1.2
$r ip route add 10.2.0.2 via 10.4.0.2
wait $!
sed '/time=/!d; s/time.*//' out
ct
$r iptables-save -c -t nat | grep -v '^#'
kill $(jobs -p); wait 2>/dev/null
