# What a program sends to itself, and NAT sends out by a narrower way: cut in spite of DF, and its fragments bear none, unless
# the program demanded DF: then it is told twice, by an ICMP error from itself and by EMSGSIZE. One's own header is no less strict.
# native
for n in a b; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add e0 netns a address 02:00:00:00:00:0a mtu 1400 type veth peer name e0 netns b address 02:00:00:00:00:0b mtu 1400
ip -n a addr add 10.0.4.2/24 dev e0; ip -n a addr add 10.0.0.1/32 dev e0; ip -n a link set e0 up
ip -n b addr add 10.0.4.1/24 dev e0; ip -n b addr add 10.0.1.1/32 dev lo; ip -n b link set e0 up
ip -n a route add 10.0.1.0/24 via 10.0.4.1
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.neigh.e0.delay_first_probe_time=300; done
ip netns exec a iptables -t nat -A OUTPUT -d 10.0.0.1 -j NETMAP --to 10.0.1.0/24
cd "$(mktemp -d)"
ip netns exec a ping -n -c 1 -W 1 10.0.1.1 >/dev/null
seen() { # what b sees of what a does
  echo "== ${*}"
  ip netns exec b tcpdump -l -n -t -v -i e0 2>/dev/null >packets & local t=$!
  sleep 1; ip netns exec a "$@" 2>&1 | sed 's/time=.*//; s/, time .*//; /^rtt/d'; sleep 1; kill $t; wait $t
  sed 's/ id [0-9]*,//g; s/\[bad udp cksum[^]]*\]/[bad]/' packets
}
seen ping -n -W 1 -c 1 -s 2000 -M want -I 10.0.4.2 10.0.0.1
seen ping -n -W 1 -c 1 -s 2000 -M dont -I 10.0.4.2 10.0.0.1
seen ping -n -W 1 -c 1 -s 2000 -M do -I 10.0.4.2 10.0.0.1
sleep 1
seen ping -n -W 1 -c 2 -i 0.55 -s 2000 -M do 10.0.0.1
seen ping -n -W 1 -c 1 -s 1372 -M do -I 10.0.4.2 10.0.0.1
echo "== counters"; ip netns exec a iptables -t nat -nvxL OUTPUT | sed 1,2d
