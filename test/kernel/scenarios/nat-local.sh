# Loopback addresses and NAT: DNAT to 127.0.0.1 from outside needs route_localnet; packets from 127.0.0.1 that are sent elsewhere; a service on
# the machine itself by another address.
# native
# include: nat
ip -n s route add default via 10.2.0.1
$r socat UDP4-LISTEN:5353,bind=127.0.0.1,fork EXEC:cat 2>/dev/null & listening r 5353
$s socat UDP4-LISTEN:53,fork EXEC:cat 2>/dev/null & listening s 53
$r iptables -t nat -A PREROUTING -i r1 -p udp -m udp --dport 53 -d 10.1.0.1 -j DNAT --to-destination 127.0.0.1:5353
$r iptables -t nat -A PREROUTING -i r1 -p icmp -d 10.1.0.1 -j DNAT --to-destination 127.0.0.1
$r iptables -t nat -A OUTPUT -d 127.0.0.9 -j DNAT --to-destination 10.2.0.2
$r iptables -t nat -A OUTPUT -d 10.1.0.1 -p udp -m udp --dport 99 -j DNAT --to-destination 127.0.0.1:5353
$r iptables -t nat -A OUTPUT -d 10.96.0.1 -j DNAT --to-destination 10.1.0.1
ip -n r route add 10.96.0.0/16 via 10.2.0.2
echo "== to loopback from outside: a martian"
$c ping -c 1 -W 1 -e 1 10.1.0.1 | tail -n 2
ask c 5000 10.1.0.1 53
echo "== with route_localnet"
$r sysctl -qw net.ipv4.conf.r1.route_localnet=1
$c ping -c 1 -W 1 -e 2 10.1.0.1
ask c 5001 10.1.0.1 53
echo "== from loopback to the outside"
$r ping -c 1 -W 1 -e 3 127.0.0.9 | tail -n 2
$r iptables -t nat -A POSTROUTING -o r2 -s 127.0.0.0/8 -j MASQUERADE
$r ping -c 1 -W 1 -e 4 127.0.0.9 | tail -n 2
$r sysctl -qw net.ipv4.conf.r2.route_localnet=1
$r ping -c 1 -W 1 -e 5 127.0.0.9
ask r 5002 127.0.0.9 53
echo "== its own address to loopback, a foreign one to its own"
ask r 5003 10.1.0.1 99
$r ping -c 2 -i 0.2 -W 1 -e 6 10.96.0.1
ct
$r iptables-save -c -t nat | grep -v '^#'
kill $(jobs -p); wait 2>/dev/null
