# Policy routing as packets see it: who gets which way, told by who answers.
# h has two ways out, w1 and w2, each to a router namespace that owns the same far addresses.
for n in h x y; do ip netns add $n; ip -n $n link set lo up; done
ip link add w1 netns h type veth peer name v netns x
ip link add w2 netns h type veth peer name v netns y
ip -n h addr add 10.1.0.2/24 dev w1; ip -n h link set w1 up
ip -n h addr add 10.2.0.2/24 dev w2; ip -n h link set w2 up
ip -n x addr add 10.1.0.1/24 dev v; ip -n x link set v up
ip -n y addr add 10.2.0.1/24 dev v; ip -n y link set v up
for n in x y; do ip -n $n addr add 192.0.2.1/32 dev lo; ip -n $n addr add 192.0.2.2/32 dev lo; ip -n $n addr add 192.0.2.9/32 dev lo; done
ip -n x route add default via 10.1.0.2; ip -n y route add default via 10.2.0.2
h="ip netns exec h"
ip -n h route add default via 10.1.0.1 dev w1
ip -n h route add default via 10.2.0.1 dev w2 table 2
# who answers is seen by the ttl: x 61, y 42
ip netns exec x sysctl -qw net.ipv4.ip_default_ttl=61
ip netns exec y sysctl -qw net.ipv4.ip_default_ttl=42
way() { $h ping -c 1 -W 1 "$@" | sed -n '2p'; }
echo "== main"
way 192.0.2.1
echo "== from"
ip -n h rule add pref 100 from 10.2.0.2 lookup 2
way -I 10.2.0.2 192.0.2.1
way 192.0.2.1
echo "== to"
ip -n h rule add pref 101 to 192.0.2.2 lookup 2
way 192.0.2.2
echo "== fwmark"
ip -n h rule add pref 102 fwmark 0x10/0xf0 lookup 2
way -m 0x15 192.0.2.1
way -m 0x25 192.0.2.1
echo "== tos"
ip -n h rule add pref 103 tos 0x10 lookup 2
way -Q 0x10 192.0.2.1
way -Q 0x08 192.0.2.1
echo "== ipproto"
ip -n h rule add pref 104 ipproto icmp to 192.0.2.9 lookup 2
way 192.0.2.9
ip -n h route get 192.0.2.9 ipproto udp
ip -n h route get 192.0.2.9 ipproto icmp
echo "== sport, dport"
ip -n h rule add pref 105 ipproto tcp dport 80-90 lookup 2
ip -n h rule add pref 106 ipproto udp sport 53 lookup 2
ip -n h route get 192.0.2.1 ipproto tcp dport 85
ip -n h route get 192.0.2.1 ipproto tcp dport 91
ip -n h route get 192.0.2.1 ipproto udp sport 53
ip -n h route get 192.0.2.1 ipproto udp sport 54
echo "== oif"
ip -n h rule add pref 107 oif w2 lookup 2
way -I w2 192.0.2.1
ip -n h route get 192.0.2.1 oif w2
ip -n h rule del pref 107
way -I w2 192.0.2.1
ip -n h route get 192.0.2.1 oif w2
echo "== iif lo"
ip -n h rule add pref 107 iif lo to 192.0.2.9 lookup main
way 192.0.2.9
ip -n h rule del pref 107
echo "== uidrange"
ip -n h rule add pref 108 uidrange 1000-2000 lookup 2
ip -n h route get 192.0.2.1 uid 1500
ip -n h route get 192.0.2.1 uid 2001
ip -n h route get 192.0.2.1
echo "== not"
ip -n h rule add pref 109 not from 10.1.0.2 to 192.0.2.1 lookup 2
ip -n h rule del pref 109
echo "== goto"
ip -n h rule add pref 50 to 192.0.2.1 goto 200
ip -n h rule add pref 200 lookup 2
way 192.0.2.1
ip -n h rule del pref 200
ip -n h rule list pref 50
way 192.0.2.1
ip -n h rule del pref 50
echo "== suppress_prefixlength"
ip -n h rule add pref 60 lookup main suppress_prefixlength 0
ip -n h rule add pref 61 lookup 2
way 192.0.2.1
way 10.1.0.1
ip -n h rule del pref 60; ip -n h rule del pref 61
echo "== throw goes on, unreachable ends"
ip -n h route add throw 192.0.2.2 table 2
way 192.0.2.2
ip -n h route replace unreachable 192.0.2.2 table 2
$h ping -c 1 -W 1 192.0.2.2
ip -n h route del 192.0.2.2 table 2
echo "== metric and src"
ip -n h route add 192.0.2.1 via 10.2.0.1 metric 10
ip -n h route add 192.0.2.1 via 10.1.0.1 metric 20 src 10.2.0.2
ip -n h route get 192.0.2.1
way 192.0.2.1
ip -n h route del 192.0.2.1 metric 10
ip -n h route get 192.0.2.1
way 192.0.2.1
ip -n h route flush 192.0.2.1
echo "== onlink"
ip -n h route add 192.0.2.1 via 10.77.0.1 dev w1 onlink
ip -n x addr add 10.77.0.1/32 dev v
way 192.0.2.1
ip -n h route get 192.0.2.1
ip -n h route del 192.0.2.1
echo "== fibmatch"
ip -n h route get fibmatch 192.0.2.1
ip -n h route get fibmatch 192.0.2.2
ip -n h route get fibmatch 10.1.0.1
ip -n h route get fibmatch 10.1.0.2
ip -n h route get 192.0.2.1 from 10.1.0.1 iif w1
ip netns exec h sysctl -qw net.ipv4.ip_forward=1
ip -n h route get 192.0.2.1 from 10.1.0.1 iif w1
ip -n h route get 192.0.2.2 from 10.1.0.1 iif w1
ip -n h route get 192.0.2.2 from 10.1.0.1 iif w1 mark 0x10
