# -m connlimit with traffic: connections of a host, of a network, to a host; what is gone or closed is not counted.
ip netns add a; ip netns add b
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up
ip -n a addr add 10.0.0.3/24 dev a0; ip -n a link set lo up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip netns exec a ping -q -c 1 10.0.0.2 > /dev/null
b() { ip netns exec b "$@"; }
count() { b iptables-save -c | grep -- "-A INPUT"; }
send() { ip netns exec a nc -u -s "$1" -p "$2" -w 1 -q 0 10.0.0.2 "$3" <<< x; sleep 0.1; }
# no answer to datagrams, so that they stay unreplied connections
b iptables -A OUTPUT -p icmp -j DROP

echo "== new connections of a host"
b iptables -A INPUT -p udp -m connlimit --connlimit-upto 2
b iptables -A INPUT -p udp -m connlimit --connlimit-above 2
for p in 1001 1002 1003 1004; do send 10.0.0.1 $p 7; done
count

echo "== packets of connections that are known"
send 10.0.0.1 1001 7; send 10.0.0.1 1002 7; count

echo "== another host"
send 10.0.0.3 1001 7; count

echo "== the network"
b iptables -F INPUT
b conntrack -F 2> /dev/null
b iptables -A INPUT -p udp -m connlimit --connlimit-above 2 --connlimit-mask 24
b iptables -A INPUT -p udp -m connlimit --connlimit-above 3 --connlimit-daddr
send 10.0.0.1 1001 7; send 10.0.0.3 1001 7; send 10.0.0.1 1002 7; send 10.0.0.3 1002 7; count

echo "== connections that are gone"
b conntrack -F 2> /dev/null
send 10.0.0.1 1005 7; count

echo "== dropped ones do not count for the next"
b iptables -F INPUT
b conntrack -F 2> /dev/null
b iptables -A INPUT -p udp -m connlimit --connlimit-above 1 -j DROP
for p in 1001 1002 1003 1001; do send 10.0.0.1 $p 7; done
count
b conntrack -L -p udp 2> /dev/null | grep -c sport=100

echo "== connections from before the rule"
b iptables -F INPUT
b conntrack -F 2> /dev/null
b iptables -A OUTPUT -m conntrack --ctstate NEW
for p in 1001 1002 1003; do send 10.0.0.1 $p 7; done
b iptables -A INPUT -p udp -m connlimit --connlimit-above 0
b iptables -A INPUT -p udp -m connlimit --connlimit-above 1
for p in 1001 1002 1003 1004; do send 10.0.0.1 $p 7; done
count

echo "== none of those counted is left"
b conntrack -D -p udp --sport 1001 > /dev/null 2>&1
b conntrack -D -p udp --sport 1004 > /dev/null 2>&1
b iptables -A INPUT -p udp
send 10.0.0.1 1002 7; count
send 10.0.0.1 1009 7; count
