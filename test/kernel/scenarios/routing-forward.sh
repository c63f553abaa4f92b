# More of the router's life: use_pmtu, inbound addresses of errors, shared_media, multipath by gateway state, hash policy 1.
# include: router
ip -n r addr add 10.1.1.1/24 dev r1
ip -n h1 route add default via 10.1.0.1
ip -n h2 route add default via 10.2.0.1
$r sysctl -qw net.ipv4.ip_forward=1
second() { sed -n '2p'; }
echo "== who sends the error"
ip -n r addr add 10.1.0.9/24 dev r1
ip -n r route add 10.1.0.2 dev r1 src 10.1.0.9
$h1 ping -c 1 -W 1 -t 1 10.2.0.2 | second
$r sysctl -w net.ipv4.icmp_errors_use_inbound_ifaddr=1
sleep 1.1
$h1 ping -c 1 -W 1 -t 1 10.2.0.2 | second
ip -n r route del 10.1.0.2
echo "== a local MTU exception and forwarding"
ip -n h2 link set a2 mtu 1400
$r ping -c 1 -W 1 -s 1500 -M dont 10.2.0.2 | second
$h1 ping -c 1 -W 1 -s 1440 -M do 10.2.0.2 | second
ip -n h2 link set a2 mtu 1500
echo "== a lower mtu on the route, ip_forward_use_pmtu"
ip -n r route add 10.2.0.2 dev r2 mtu 1300
$h1 ping -c 1 -W 1 -s 1400 -M do 10.2.0.2 | second
$r sysctl -w net.ipv4.ip_forward_use_pmtu=1
ip -n h1 route flush cache
sleep 1.1
$h1 ping -c 1 -W 1 -s 1400 -M do 10.2.0.2 | second
ip -n r route del 10.2.0.2
ip -n h1 route flush cache
echo "== several next hops, one without an answer"
ip -n r addr add 10.2.0.3/24 dev r2
ip -n r route add 192.0.2.0/24 nexthop via 10.2.0.2 nexthop via 10.2.0.77
ip -n h2 addr add 192.0.2.1/32 dev lo
ip -n h2 addr add 192.0.2.2/32 dev lo
ip -n h2 addr add 192.0.2.3/32 dev lo
ip -n h2 addr add 192.0.2.4/32 dev lo
ip -n r neigh replace 10.2.0.77 dev r2 nud failed
$r sysctl -w net.ipv4.fib_multipath_use_neigh=1
for i in 1 2 3 4; do $h1 ping -c 1 -W 1 192.0.2.$i | second; done
echo "== hash policy 1: ports decide"
$r sysctl -w net.ipv4.fib_multipath_use_neigh=0
$r sysctl -w net.ipv4.fib_multipath_hash_policy=1
seen=$(for p in {1..60}; do $r ip route get 192.0.2.1 ipproto udp sport 9 dport $p | head -1; done | grep -o 'via [0-9.]*' | sort -u | tr '\n' ' ')
echo "$seen"
$r sysctl -w net.ipv4.fib_multipath_hash_policy=0
n=$(for p in {1..20}; do $r ip route get 192.0.2.1 ipproto udp sport 9 dport $p | head -1; done | grep -o 'via [0-9.]*' | sort -u | wc -l)
echo "$n"
echo "== a redirect to one's own link"
ip -n h1 route add 10.1.1.0/24 via 10.1.0.1
ip -n r neigh add 10.1.1.7 lladdr 02:00:00:00:00:07 dev r1
$h1 ping -c 1 -W 1 10.1.1.7 | second
$r sysctl -w net.ipv4.conf.all.shared_media=0
$r sysctl -w net.ipv4.conf.r1.shared_media=0
sleep 2
$h1 ping -c 1 -W 1 10.1.1.7 | second
$r ip route get 10.1.1.7 from 10.1.0.2 iif r1
echo "== group and loopback frames are not forwarded"
$h1 ping -c 1 -W 1 224.0.0.1 | second
$h1 ping -c 1 -W 1 224.0.0.5 | second
$h1 ping -c 1 -W 1 239.1.2.3 | second
$h1 ping -b -c 1 -W 1 10.2.0.255 | second
$r sysctl -w net.ipv4.conf.r2.bc_forwarding=1
echo "== ip_forward resets the devices, one device by itself"
$r sysctl net.ipv4.conf.r1.forwarding net.ipv4.conf.default.forwarding
$r sysctl -w net.ipv4.conf.all.forwarding=0
$r sysctl net.ipv4.conf.r1.forwarding net.ipv4.ip_forward
$r sysctl -w net.ipv4.conf.r1.forwarding=1
$h1 ping -c 1 -W 1 10.2.0.2 | second
