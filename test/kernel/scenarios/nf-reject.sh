# REJECT in OUTPUT, FORWARD and INPUT: what ping, UDP and TCP clients are told, and what goes over the wire.
ip netns add a; ip netns add r; ip netns add b
ip link add a0 netns a type veth peer name ra netns r
ip link add b0 netns b type veth peer name rb netns r
ip -n r addr add 10.0.0.254/24 dev ra; ip -n r addr add 10.0.1.254/24 dev rb; ip -n r link set ra up; ip -n r link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0; ip netns exec b sysctl -qw net.ipv4.icmp_ratelimit=0
ip netns exec b nc -l -k -p 80 > /dev/null 2>&1 < /dev/null &
sleep 0.5
a() { ip netns exec a "$@" 2>&1; echo "rc=$?"; }
counters() { ip netns exec "$1" iptables-save -c -t filter | grep -e '-A'; }
for w in icmp-net-unreachable icmp-host-unreachable icmp-proto-unreachable icmp-port-unreachable icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited; do
  echo "== OUTPUT $w"
  ip netns exec a iptables -A OUTPUT -j REJECT -p icmp --icmp-type echo-request --reject-with $w
  ip netns exec a iptables -A OUTPUT -j REJECT -p tcp --reject-with $w
  a ping -c2 -i 0.3 -W1 10.0.1.1
  a nc -w3 -z -v 10.0.1.1 80
  counters a
  ip netns exec a iptables -F
  echo "== FORWARD $w"
  ip netns exec r iptables -A FORWARD -s 10.0.0.1 -j REJECT --reject-with $w
  a ping -c1 -W1 10.0.1.1
  a nc -w3 -z -v 10.0.1.1 80
  counters r
  ip netns exec r iptables -F
  echo "== INPUT $w"
  ip netns exec b iptables -A INPUT -s 10.0.0.1 -j REJECT --reject-with $w
  a ping -c1 -W1 10.0.1.1
  a nc -w3 -z -v 10.0.1.1 80
  counters b
  ip netns exec b iptables -F
done
echo "== tcp-reset in OUTPUT"
ip netns exec a iptables -A OUTPUT -p tcp --dport 80 -j REJECT --reject-with tcp-reset
ip netns exec a tcpdump -n -v -i lo -c 1 tcp 2>/dev/null > /tmp/nf-reject-lo & p=$!
sleep 0.5
a nc -w3 -z -v 10.0.1.1 80
wait $p; sed 's/seq [0-9]*, ack [0-9]*/seq S, ack A/; s/cksum [^)]*)/cksum C/' /tmp/nf-reject-lo
counters a
ip netns exec a iptables -F
echo "== tcp-reset in OUTPUT meets itself"
ip netns exec a iptables -A OUTPUT -p tcp -j REJECT --reject-with tcp-reset
a nc -w2 -z -v 10.0.1.1 80
counters a
ip netns exec a iptables -F
echo "== tcp-reset in FORWARD"
ip netns exec r iptables -A FORWARD -p tcp --dport 80 -j REJECT --reject-with tcp-reset
ip netns exec a tcpdump -n -v -i a0 -c 2 tcp 2>/dev/null > /tmp/nf-reject-a0 & p=$!
sleep 0.5
a nc -w3 -z -v 10.0.1.1 80
wait $p; sed 's/seq [0-9]*/seq S/; s/ack [0-9]*/ack A/; s/cksum [^)]*)/cksum C/; s/ id [0-9]*,/ id N,/; s/TS val [0-9]* ecr [0-9]*/TS/; s/wscale [0-9]*/wscale W/' /tmp/nf-reject-a0
counters r
ip netns exec r iptables -F
echo "== an established connection is reset"
ip netns exec b nc -l -p 81 > /tmp/nf-reject-b 2>&1 < /dev/null &
sleep 0.3
(sleep 0.5; echo one; sleep 1; echo two; sleep 1; echo three) | ip netns exec a nc -v 10.0.1.1 81 &
sleep 1
ip netns exec r iptables -A FORWARD -p tcp --dport 81 -j REJECT --reject-with tcp-reset
sleep 2.5
cat /tmp/nf-reject-b
counters r
ip netns exec r iptables -F
echo "== UDP in FORWARD and INPUT"
ip netns exec r iptables -A FORWARD -p udp -j REJECT
echo x | a nc -u -w1 -v 10.0.1.1 53
ip netns exec r iptables -F
ip netns exec b iptables -A INPUT -p udp -j REJECT --reject-with icmp-admin-prohibited
ip netns exec a tcpdump -n -v -i a0 -c 2 udp or icmp 2>/dev/null > /tmp/nf-reject-udp & p=$!
sleep 0.5
echo x | a nc -u -w1 10.0.1.1 53
wait $p; sed 's/ id [0-9]*,/ id N,/' /tmp/nf-reject-udp
ip netns exec b iptables -F
echo "== fragments: only the first could be answered, and its checksum is none"
ip netns exec r iptables -A FORWARD -p icmp -j REJECT
a ping -c1 -W1 -s 2000 10.0.1.1
counters r
ip netns exec r iptables -F
