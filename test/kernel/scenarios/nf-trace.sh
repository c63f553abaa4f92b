# TRACE: every rule that a packet meets.
# in the first namespace
ip netns add a; ip netns add b
ip link add v0 type veth peer name a0 netns a
ip link add v1 type veth peer name b0 netns b
ip addr add 10.0.0.254/24 dev v0; ip addr add 10.0.1.254/24 dev v1; ip link set v0 up; ip link set v1 up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
sysctl -qw net.ipv4.ip_forward=1
iptables -S > /dev/null; dmesg -C
s() { echo "== $1"; dmesg -c | sed 's/^\[ *[0-9.]*\] //; s/ ID=[0-9]* / ID=N /g; s/ ID=[0-9]* SEQ/ ID=N SEQ/g; s/SEQ=[0-9]* ACK=[0-9]* /SEQ=S ACK=A /; s/SPT=[3-6][0-9]\{4\}/SPT=P/g; s/080A[0-9A-F]\{16\}/TS/; s/\([0-9a-f]\{2\}:\)\{12\}08:00/MAC/'; }
iptables -t raw -A PREROUTING -s 10.0.0.1 -j TRACE
iptables -N sub; iptables -N deep; iptables -N far
iptables -A FORWARD -j sub
iptables -A sub -p udp
iptables -A sub -p icmp
iptables -A sub -p icmp -g deep
iptables -A deep -p icmp -j far
iptables -A far -p icmp -j RETURN
iptables -A deep -j RETURN
iptables -A FORWARD -p icmp -j RETURN
iptables -t mangle -A FORWARD -j ACCEPT
iptables -t mangle -A POSTROUTING -p icmp -j ACCEPT
iptables -t nat -A PREROUTING -j RETURN
iptables -t nat -A POSTROUTING -j RETURN
ip netns exec a ping -c1 -W1 10.0.1.1 > /dev/null
s forward
iptables -A INPUT -p udp -j REJECT
echo x | ip netns exec a nc -u -w1 10.0.0.254 53
s reject
iptables -A INPUT -p tcp -j DROP
timeout 0.6 ip netns exec a nc -z -w3 -p 3333 10.0.0.254 80
s drop
iptables -t raw -F; iptables -F; iptables -X; iptables -t mangle -F; iptables -t nat -F
iptables -t raw -A OUTPUT -p icmp --icmp-type echo-request -j TRACE
ping -c1 -W1 10.0.0.1 > /dev/null
s output
ping -c1 -W1 127.0.0.1 > /dev/null
s lo
iptables -N sub; iptables -A sub -j ACCEPT; iptables -A OUTPUT -p icmp -j sub
ping -c1 -W1 10.0.0.1 > /dev/null
s "accepted in a chain"
iptables -t raw -F
ping -c1 -W1 10.0.0.1 > /dev/null
s "no more"
