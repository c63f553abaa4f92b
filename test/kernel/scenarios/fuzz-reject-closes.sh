# native
# REJECT --reject-with tcp-reset closes the connection that it resets, when conntrack has confirmed it.
ip netns add a; ip netns add b
ip link add v0 type veth peer name v1 netns a; ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip -n a addr add 10.0.0.2/24 dev v1; ip -n a link set v1 up
ip link add w0 type veth peer name w1 netns b; ip addr add 10.1.0.1/24 dev w0; ip link set w0 up; ip -n b addr add 10.1.0.2/24 dev w1; ip -n b link set w1 up
ip -n a route add default via 10.0.0.1; ip -n b route add default via 10.1.0.1; sysctl -qw net.ipv4.ip_forward=1
iptables -A INPUT -p tcp --dport 3001 -m state --state NEW,INVALID -j REJECT --reject-with tcp-reset
echo '== a connection to itself'
timeout 2 nc -n -z -v 10.0.0.1 3001
conntrack -L 2>/dev/null; iptables-save -c | grep REJ
echo '== an established one, on the way'
conntrack -F 2>/dev/null
ip netns exec b socat TCP4-LISTEN:80,reuseaddr EXEC:cat & sleep 0.3
{ sleep 0.5; echo one; sleep 1.5; echo two; sleep 1; } | ip netns exec a socat -t 1 - TCP4:10.1.0.2:80 >/dev/null 2>&1 & sleep 1
conntrack -L 2>/dev/null | grep -o 'tcp.*dst=10.1.0.2 '
iptables -A FORWARD -p tcp -i v0 -j REJECT --reject-with tcp-reset
sleep 1.5
conntrack -L 2>/dev/null
iptables-save -c | grep 'FORWARD -'
ip netns exec b ss -Htan | wc -l
kill $(jobs -p) 2>/dev/null; wait
