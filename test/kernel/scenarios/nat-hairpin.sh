# Hairpin: two clients in one subnet, one asks the other by the router's address. With and without MASQUERADE, with accept_local.
# native
# include: nat
ip netns add d; ip -n d link set lo up; d="ip netns exec d"
ip link add a5 netns d type veth peer name r5 netns r
ip -n d addr add 10.1.0.3/24 dev a5; ip -n d link set a5 up
ip -n r link set r5 up
ip -n r route add 10.1.0.3 dev r5 src 10.1.0.1
ip -n d route add default via 10.1.0.1
ip -n c route del 10.1.0.0/24; ip -n c route add 10.1.0.1 dev a1; ip -n c route replace default via 10.1.0.1
ip -n d route del 10.1.0.0/24; ip -n d route add 10.1.0.1 dev a5; ip -n d route replace default via 10.1.0.1
$d socat UDP4-LISTEN:53,fork EXEC:cat 2>/dev/null & listening d 53
$c socat UDP4-LISTEN:53,fork EXEC:cat 2>/dev/null & listening c 53
$r iptables -t nat -A PREROUTING -d 10.96.0.100 -p udp -j DNAT --to-destination 10.1.0.3:53
$r iptables -t nat -A PREROUTING -d 10.96.0.100 -p icmp -j DNAT --to-destination 10.1.0.3
$r iptables -t nat -A OUTPUT -d 10.96.0.100 -p udp -j DNAT --to-destination 10.1.0.3:53
$r iptables -t nat -A OUTPUT -d 10.96.0.100 -p icmp -j DNAT --to-destination 10.1.0.3
ip -n r route add 10.96.0.0/16 dev r1
echo "== another pod"
$c ping -c 1 -W 1 -e 1 10.96.0.100
ask c 5000 10.96.0.100 1053
echo "== the host"
$r ping -c 1 -W 1 -e 2 10.96.0.100
ask r 5000 10.96.0.100 1053
echo "== the pod itself"
$d ping -c 1 -W 1 -e 3 10.96.0.100 | tail -n 2
ask d 5000 10.96.0.100 1053
echo "== the pod itself, accept_local"
$d sysctl -qw net.ipv4.conf.a5.accept_local=1
$d ping -c 1 -W 1 -e 4 10.96.0.100 | tail -n 2
ask d 5001 10.96.0.100 1053
$d sysctl -qw net.ipv4.conf.a5.accept_local=0
echo "== the pod itself, masqueraded"
$r iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -d 10.1.0.0/24 -j MASQUERADE
$d ping -c 2 -i 0.2 -W 1 -e 5 10.96.0.100
ask d 5002 10.96.0.100 1053
ct
$r iptables-save -c -t nat | grep -v '^#'
$r ip route get 10.1.0.3 from 10.1.0.2 iif r1
kill $(jobs -p); wait 2>/dev/null
