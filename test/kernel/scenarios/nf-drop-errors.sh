# What a sender is told when OUTPUT or POSTROUTING drops its datagram; TCP is told nothing.
ip netns add a; ip netns add b
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
a() { ip netns exec a "$@" 2>&1; echo "rc=$?"; }
ip netns exec a sysctl -qw net.ipv4.ping_group_range="0 0"
for hook in OUTPUT POSTROUTING; do
  ip netns exec a iptables -t mangle -A $hook -j DROP
  echo "== $hook ping"
  a ping -c1 -W1 10.0.0.2
  a ping -c1 -W1 127.0.0.1
  a ping -c1 -W1 -s 3000 10.0.0.2
  echo "== $hook udp"
  echo x | a socat - udp:10.0.0.2:53
  echo x | a nc -u -w1 10.0.0.2 53
  echo "== $hook tcp"
  a nc -w2 -z -v 10.0.0.2 80
  ip netns exec a iptables-save -c -t mangle | grep -e '-A'
  ip netns exec a iptables -t mangle -F
done
ip netns exec a sysctl -qw net.ipv4.ping_group_range="1 0"
ip netns exec a iptables -A OUTPUT -p icmp -j DROP
echo "== raw ping"
a ping -c2 -i 0.2 -W1 10.0.0.2
ip netns exec a iptables -F
ip netns exec a iptables -A OUTPUT -p icmp --icmp-type echo-request -j REJECT
echo "== raw ping, rejected"
a ping -c2 -i 0.2 -W1 10.0.0.2
ip netns exec a iptables -F
ip netns exec a iptables -A OUTPUT -p udp -j REJECT
echo "== udp, rejected"
echo x | a socat - udp:10.0.0.2:53
echo x | a nc -u -w1 10.0.0.2 53
