# CT and NOTRACK: untracked packets, zones, one direction's zone, zones by mark.
ip netns add a; ip netns add r; ip netns add b
ip link add a0 netns a type veth peer name ra netns r
ip link add b0 netns b type veth peer name rb netns r
ip -n r addr add 10.0.0.254/24 dev ra; ip -n r addr add 10.0.1.254/24 dev rb; ip -n r link set ra up; ip -n r link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b link set lo up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.0.1.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
r() { ip netns exec r "$@"; }
states() {
  r iptables -A FORWARD -m conntrack --ctstate NEW
  r iptables -A FORWARD -m conntrack --ctstate ESTABLISHED
  r iptables -A FORWARD -m conntrack --ctstate INVALID
  r iptables -A FORWARD -m conntrack --ctstate UNTRACKED
}
see() {
  ip netns exec a ping -c2 -i 0.2 -W1 10.0.1.1 | grep transmitted
  r iptables-save -c | grep -e '-A'
  r conntrack -L 2>/dev/null | sed 's/ [0-9]* src/ T src/; s/id=[0-9]*/id=N/g' | sort
  r iptables -t raw -F; r iptables -F; r iptables -t mangle -F; r conntrack -F 2>/dev/null
}
echo "== tracked"; states; see
echo "== NOTRACK both ways"; states; r iptables -t raw -A PREROUTING -j NOTRACK; see
echo "== CT --notrack one way"; states; r iptables -t raw -A PREROUTING -i ra -j CT --notrack; see
echo "== the other way"; states; r iptables -t raw -A PREROUTING -i rb -j CT --notrack; see
echo "== a zone"; states; r iptables -t raw -A PREROUTING -j CT --zone 5; see
echo "== the first CT counts"; states; r iptables -t raw -A PREROUTING -j CT --zone 5; r iptables -t raw -A PREROUTING -j CT --zone 6; r iptables -t raw -A PREROUTING -j NOTRACK; see
echo "== CT without options keeps NOTRACK out"; states; r iptables -t raw -A PREROUTING -j CT; r iptables -t raw -A PREROUTING -j NOTRACK; see
echo "== one zone, replies in none"; states; r iptables -t raw -A PREROUTING -i ra -j CT --zone 5; see
echo "== zone of the original direction only"; states; r iptables -t raw -A PREROUTING -i ra -j CT --zone-orig 5; see
echo "== zone of the reply direction only"; states; r iptables -t raw -A PREROUTING -i rb -j CT --zone-reply 5; see
echo "== zone by mark, of raw itself"; states; r iptables -t raw -A PREROUTING -j CT --zone mark; r iptables -t raw -A PREROUTING -j MARK --set-mark 0x10007; see
echo "== only notrack: nothing is tracked at all"
r iptables -t raw -A PREROUTING -i lo -j CT --notrack
ip netns exec a ping -c1 -W1 10.0.1.1 | grep transmitted
r conntrack -L 2>/dev/null | wc -l
r iptables -t raw -F
echo "== a CT without notrack tracks"
r iptables -t raw -A PREROUTING -i lo -j CT
ip netns exec a ping -c1 -W1 10.0.1.1 | grep transmitted
r conntrack -L 2>/dev/null | wc -l
