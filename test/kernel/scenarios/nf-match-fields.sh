# Matches on what a packet carries: length, tos, dscp, ttl, icmp, ports, addresses, marks; on its frame; and on its fragments.
for n in c r s; do ip netns add $n; ip -n $n link set lo up; done
ip link add c0 netns c address 02:00:00:00:00:0c type veth peer name r0 netns r address 02:00:00:00:00:a0
ip link add s0 netns s address 02:00:00:00:00:05 type veth peer name r1 netns r address 02:00:00:00:00:a1
ip -n c addr add 10.0.1.2/24 dev c0; ip -n r addr add 10.0.1.1/24 dev r0
ip -n s addr add 10.0.2.2/24 brd + dev s0; ip -n r addr add 10.0.2.1/24 brd + dev r1
ip -n c link set c0 up; ip -n r link set r0 up; ip -n r link set r1 up; ip -n s link set s0 up
ip -n c route add default via 10.0.1.1; ip -n s route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
C="ip netns exec c"; R="ip netns exec r"; S="ip netns exec s"
rules() { while read -r rule; do $R iptables -A "$@" $rule; done; }
show() { echo "== $1"; $R iptables-save -c | grep '^\[.*-A'; $R iptables -Z; }
rules FORWARD <<'RULES'
-m length --length 84
-m length --length 0:83
-m length ! --length 84
-m length --length 1028:
-p icmp -m icmp --icmp-type echo-request
-p icmp -m icmp --icmp-type 0
-p icmp -m icmp ! --icmp-type 8
-p icmp -m icmp --icmp-type any
-m ttl --ttl-eq 63
-m ttl ! --ttl-eq 63
-m ttl --ttl-lt 10
-m ttl --ttl-gt 62
-m tos --tos 0x10/0xff
-m tos --tos 0x10/0x10
-m tos ! --tos 0/0xff
-m dscp --dscp 0x2e
-m dscp ! --dscp 0
-m iprange --src-range 10.0.1.2-10.0.1.9
-m iprange ! --dst-range 10.0.0.0-10.0.1.255
-m mac --mac-source 02:00:00:00:00:0c
-m mac ! --mac-source 02:00:00:00:00:0c
-m pkttype --pkt-type unicast
-m pkttype ! --pkt-type unicast
-m pkttype --pkt-type multicast
-m physdev --physdev-is-bridged
-m physdev ! --physdev-is-bridged
-m physdev --physdev-in r0
-m physdev ! --physdev-in r0 ! --physdev-is-out
-m addrtype --src-type UNICAST --dst-type UNICAST
-m addrtype --dst-type LOCAL
-m addrtype ! --dst-type LOCAL --limit-iface-in
-m addrtype --src-type LOCAL --limit-iface-out
-f
! -f -p udp
RULES
$C ping -c 1 10.0.2.2 | grep received; show ping
$C ping -c 1 -s 1000 10.0.2.2 | grep received; show "ping -s 1000"
$C ping -c 1 -s 10 -Q 0xb8 10.0.2.2 | grep received; show "ping -s 10 -Q 0xb8"
$C ping -c 1 -t 5 -Q 0x10 10.0.2.2 | grep received; show "ping -t 5 -Q 0x10"
$C ping -c 1 -s 3000 10.0.2.2 | grep received; show "ping -s 3000, in fragments: there is no connection tracking"
$R iptables -F
echo "== ports"
rules FORWARD <<'RULES'
-p tcp --dport 80 --syn
-p tcp --sport 80 --tcp-flags SYN,ACK SYN,ACK
-p tcp ! --syn
-p tcp --tcp-flags ALL RST,ACK
-p tcp --dport 79
-p tcp ! --dport 79
-p tcp --dport 70:90
-p tcp --tcp-option 2
-p tcp --tcp-option 8
-p tcp ! --tcp-option 4
-p tcp --tcp-option 1
-p tcp --tcp-option 30
-p tcp -m multiport --dports 22,70:90,443
-p tcp -m multiport --sports 80
-p tcp -m multiport --ports 80
-p tcp -m multiport ! --ports 80
-p udp --dport 53
-p udp ! --dport 53
-p udp --sport 1024: --dport :1023
-p udp -m multiport --dports 53,54
RULES
$C nc -w 2 10.0.2.2 80 </dev/null; echo "rc=$?"; show "a closed TCP port"
echo x | $C nc -u -w 1 -p 4000 10.0.2.2 53; show "a closed UDP port"
head -c 3000 /dev/zero | $C nc -u -w 1 -p 4000 10.0.2.2 53; show "UDP in fragments"
$R iptables -F
echo "== on the way in, out, and to oneself"
for chain in INPUT OUTPUT; do rules $chain <<'RULES'
-m addrtype --dst-type LOCAL
-m addrtype --dst-type BROADCAST
-m addrtype --src-type LOCAL
-m pkttype --pkt-type broadcast
-m pkttype --pkt-type unicast
-m pkttype --pkt-type multicast
-m ttl --ttl-eq 64
-m mark --mark 0
RULES
done
rules INPUT <<'RULES'
-m mac --mac-source 02:00:00:00:00:05
-m mac ! --mac-source 02:00:00:00:00:05
-m addrtype --dst-type LOCAL --limit-iface-in
RULES
$S ping -c 1 10.0.2.1 | grep received; show "from s"
$S ping -c 1 -b 10.0.2.255 2>&1 | grep received; show "a broadcast from s"
$S ping -c 1 -W 1 224.0.0.1 2>&1 | grep received; show "a multicast from s"
$C ping -c 1 10.0.2.1 | grep received; show "the address of the other side"
$R ping -c 1 127.0.0.1 | grep received; show "itself"
$R ping -c 1 -m 7 10.0.2.2 | grep received; show "a mark"
