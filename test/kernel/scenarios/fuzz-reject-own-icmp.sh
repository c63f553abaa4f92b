# What goes wrong with an ICMP message that the kernel sends makes no other ICMP message (icmp_xmit_lock).
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
ip addr add 10.0.0.1/24 dev e0
ip -n n0 addr add 10.0.0.2/24 dev e0
ip link set lo up
ip link set e0 up
ip -n n0 link set e0 up
iptables -A OUTPUT -j REJECT
echo "== echo replies are rejected"
ip netns exec n0 ping -n -c 2 -i 0.2 -W 1 10.0.0.1
echo "rc=$?"
iptables-save -c | grep OUTPUT
iptables -Z
echo "== a port that nobody listens to"
echo x | ip netns exec n0 nc -n -u -w 1 10.0.0.1 9
iptables-save -c | grep OUTPUT
iptables -Z
echo "== what programs send is rejected as ever"
ping -n -c 1 -W 1 10.0.0.2
echo "rc=$?"
iptables-save -c | grep OUTPUT
