# A path MTU is remembered for the route that is found when it is looked up again: bound to lo by then, so an address of another
# device is found no more (unless a connected socket asks), and with the datagram's source, so by the rules about it.
# native
ip link set lo up
ip link add e0 address 02:00:00:00:00:0a type veth peer name e1 address 02:00:00:00:00:0b
ip link set e0 mtu 1000; ip link set e0 up; ip link set e1 up
ip addr add 10.1.0.1/24 dev e0; ip addr add 10.1.0.2/24 dev e0; ip addr add 10.0.0.1/32 dev e0; ip addr add 10.9.0.1/32 dev lo
iptables -t nat -A OUTPUT -d 10.0.0.1 -j DNAT --to 10.1.0.8
iptables -t nat -A OUTPUT -d 10.9.0.1 -j DNAT --to 10.1.0.8
cached() { ip route get "$@" | sed 's/expires [0-9]*sec/expires/'; }
try() { ping -c 1 -W 1 -s 1000 -M do "$@" 2>&1 | sed 's/, time .*//'; sleep 1.2; }
echo "== an address of another device"; try 10.0.0.1; cached 10.0.0.1; try 10.0.0.1
echo "== with a source"; try -I 10.1.0.1 10.0.0.1; cached 10.0.0.1 from 10.1.0.1
echo "== an address of lo"; try 10.9.0.1; cached 10.9.0.1; try 10.9.0.1; try -I 10.1.0.1 10.9.0.1; ip route show cache | sed 's/expires [0-9]*sec/expires/'
for n in r d; do ip netns add $n; ip -n $n link set lo up; done
ip link add f0 address 02:00:00:00:01:0a type veth peer name f0 netns r address 02:00:00:00:01:0b
ip link add f1 netns r address 02:00:00:00:02:0a mtu 900 type veth peer name f0 netns d address 02:00:00:00:02:0b
ip addr add 10.2.0.1/24 dev f0; ip addr add 10.2.0.9/24 dev f0; ip link set f0 up
ip -n r addr add 10.2.0.2/24 dev f0; ip -n r link set f0 up; ip -n r addr add 10.3.0.2/24 dev f1; ip -n r link set f1 up
ip -n d addr add 10.3.0.1/24 dev f0; ip -n d link set f0 up; ip -n d link set f0 mtu 900; ip -n d route add default via 10.3.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip route add 10.3.0.0/24 via 10.2.0.2
ip rule add from 10.2.0.9 lookup 100; ip route add 10.3.0.0/24 via 10.2.0.2 table 100
echo "== by the rule about the source"
try -I 10.2.0.9 10.3.0.1; cached 10.3.0.1; cached 10.3.0.1 from 10.2.0.9
try -I 10.2.0.1 10.3.0.1; cached 10.3.0.1; cached 10.3.0.1 from 10.2.0.1
echo "== by the rule about a mark"
ip rule add fwmark 7 lookup 101; ip route add 10.3.0.0/24 via 10.2.0.2 table 101 mtu 1400
try -m 7 -I 10.2.0.1 10.3.0.1; cached 10.3.0.1 mark 7; cached 10.3.0.1
echo "== a locked metric learns nothing"
ip route replace 10.3.0.0/24 via 10.2.0.2 mtu lock 1200
try 10.3.0.1; cached 10.3.0.1
echo "== flushed, and learned again"
ip route flush cache; ip route replace 10.3.0.0/24 via 10.2.0.2
cached 10.3.0.1; try 10.3.0.1; cached 10.3.0.1
