# What ip route show cache tells: exceptions of the table asked for that a route has been made of, and the selectors of a listing.
# native
ip link set lo up
for n in r d; do ip netns add $n; ip -n $n link set lo up; done
ip addr add 10.9.0.1/32 dev lo
ip link add f0 address 02:00:00:00:01:0a type veth peer name f0 netns r address 02:00:00:00:01:0b
ip link add f1 netns r address 02:00:00:00:02:0a mtu 900 type veth peer name f0 netns d address 02:00:00:00:02:0b
ip addr add 10.2.0.1/24 dev f0; ip addr add 10.2.0.9/24 dev f0; ip link set f0 up
ip -n r addr add 10.2.0.2/24 dev f0; ip -n r link set f0 up; ip -n r addr add 10.3.0.2/24 dev f1; ip -n r link set f1 up
ip -n d addr add 10.3.0.1/24 dev f0; ip -n d addr add 10.3.0.4/24 dev f0;  ip -n d link set f0 up; ip -n d link set f0 mtu 900; ip -n d route add default via 10.3.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip route add 10.3.0.0/24 via 10.2.0.2
ip rule add from 10.2.0.9 lookup 100; ip route add 10.3.0.0/24 via 10.2.0.2 table 100 proto static
iptables -t nat -A OUTPUT -d 10.9.0.1 -j DNAT --to 10.3.0.1
s() { ip route show "$@" | sed 's/expires [0-9]*sec/expires/'; }
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.1 10.3.0.1 >/dev/null 2>&1
echo == before; s cache
ping -c 1 -W 1 -s 1000 -M do 10.9.0.1 >/dev/null 2>&1; sleep 1.2
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.1 10.3.0.1 >/dev/null 2>&1
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.9 10.3.0.1 >/dev/null 2>&1
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.9 10.3.0.4 >/dev/null 2>&1; sleep 1.2
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.1 10.3.0.1 >/dev/null 2>&1
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.9 10.3.0.1 >/dev/null 2>&1
ping -c 1 -W 1 -s 1000 -M do -I 10.2.0.9 10.3.0.4 >/dev/null 2>&1
ping -c 1 -W 1 -s 1000 -M do 10.9.0.1 >/dev/null 2>&1
for w in "" "table 100" "table all" "table local" "table main" "table cache" "root 10.3.0.0/24" "exact 10.3.0.1" "10.3.0.1" "match 10.3.0.1" "type local" "dev lo" "dev f0" "table all type local" "via 10.2.0.2" "proto static" "scope link" "src 10.2.0.1"; do
echo "== $w"; s cache $w ; done
echo == all; s table cache
ip -j -p route show cache | sed 's/expires": [0-9]*/expires": N/'
ip -d route show cache| sed 's/expires [0-9]*sec/expires/'

ip route flush cache; echo rc $?;  ip route show table cache
