# route_localnet and NAT to and from 127.0.0.0/8 beyond one hop: by REDIRECT, for connections of TCP, and what a host without it says.
# native
# include: nat
ip -n s route add default via 10.2.0.1
serve() { $1 socat TCP4-LISTEN:$3,bind=$2,fork,reuseaddr EXEC:cat 2>/dev/null & listening "$4" "$3"; }
tcp() { echo hello | timeout 3 ip netns exec "$1" nc -N -w2 -p "$2" "$3" "$4"; echo "rc=$?"; }
serve "$r" 127.0.0.1 8080 r
serve "$r" 127.0.0.1 8081 r
echo "== DNAT to 127.0.0.1 without route_localnet"
$r iptables -t nat -A PREROUTING -i r1 -p tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080
tcp c 5000 10.1.0.1 80; ct
echo "== all.route_localnet=1"
$r sysctl -w net.ipv4.conf.all.route_localnet=1
tcp c 5001 10.1.0.1 80; ct
echo "== a packet for 127.0.0.1 itself from the wire"
$c ip route add 127.0.0.7 via 10.1.0.1 2>&1
$c sysctl -qw net.ipv4.conf.all.route_localnet=1
$c ip rule add to 127.0.0.7 lookup 100 pref 0; $c ip route add default via 10.1.0.1 table 100; $c ip rule del pref 0 lookup local 2>/dev/null; $c ip rule add pref 5 lookup local
$c ping -c1 -W1 -I 10.1.0.2 127.0.0.7 | tail -2 | head -1
$r sysctl -w net.ipv4.conf.all.route_localnet=0
$c ping -c1 -W1 -I 10.1.0.2 127.0.0.7 | tail -2 | head -1
echo "== REDIRECT goes to the address of the device, not to 127.0.0.1"
$r iptables -t nat -F; $r iptables -t nat -A PREROUTING -i r1 -p tcp --dport 81 -j REDIRECT --to-ports 8081
tcp c 5002 10.1.0.1 81; ct
serve "$r" 10.1.0.1 8082 r
$r iptables -t nat -A PREROUTING -i r1 -p tcp --dport 82 -j REDIRECT --to-ports 8082
tcp c 5003 10.2.0.2 82; ct
echo "== its own connections are redirected to 127.0.0.1"
$r iptables -t nat -A OUTPUT -p tcp -d 10.96.0.1 -j REDIRECT --to-ports 8080
ip -n r route add 10.96.0.0/16 dev r2
tcp r 5004 10.96.0.1 80; ct
echo "== and to another loopback address"
$r iptables -t nat -F; $r iptables -t nat -A OUTPUT -p tcp -d 127.0.0.9 -j DNAT --to-destination 127.0.0.1:8080
tcp r 5005 127.0.0.9 80; ct
kill $(jobs -p) 2>/dev/null; wait 2>/dev/null
