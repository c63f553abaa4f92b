# Fragments that a program sends leave one by one: ARP's answer, an error come before the next one. Who forwards sends them together.
# native
for n in a b c; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratemask=0; ip -n $n link set lo up; done
ip link add e0 netns a address 02:00:00:00:00:0a type veth peer name e0 netns b address 02:00:00:00:00:0b
ip link add e1 netns b address 02:00:00:00:01:0b mtu 600 type veth peer name e0 netns c address 02:00:00:00:01:0c mtu 600
ip -n a addr add 10.0.0.1/24 dev e0; ip -n a link set e0 up; ip -n a route add default via 10.0.0.2
ip -n b addr add 10.0.0.2/24 dev e0; ip -n b link set e0 up; ip -n b addr add 10.0.1.2/24 dev e1; ip -n b link set e1 up
ip -n c addr add 10.0.1.3/24 dev e0; ip -n c link set e0 up; ip -n c route add default via 10.0.1.2
ip netns exec b sysctl -qw net.ipv4.ip_forward=1 net.ipv4.neigh.e1.delay_first_probe_time=300
for n in a b c; do ip netns exec $n sysctl -qw net.ipv4.neigh.e0.delay_first_probe_time=300; done
cd "$(mktemp -d)"
sent() { # NS DEVICE COMMAND: what DEVICE sees of it
  echo "== $1 $2: ${*:3}"
  ip netns exec $1 tcpdump -l -n -t -v -i $2 2>/dev/null >packets & local t=$!
  sleep 1; "${@:3}" >/dev/null 2>&1; echo "rc=$?"; sleep 1; kill $t; wait $t
  grep -v '^[[:space:]]' packets | sed 's/, id [0-9]*, offset/, id N, offset/; s/Ethernet (len 6), IPv4 (len 4), //; s/.*ttl \([0-9]*\), .*offset \([0-9]*\),.*proto \([A-Z]*\).*length \([0-9]*\).*/\3 ttl \1 offset \2 length \4/'
}
sent a e0 ip netns exec a ping -c 1 -W 1 -s 3000 10.0.0.2
ip -n a neigh flush dev e0; ip -n b neigh flush dev e0; ip -n c neigh flush dev e0
sent a e0 ip netns exec a ping -c 1 -W 1 -M dont -s 3000 10.0.1.3
ip -n b neigh flush dev e1; ip -n c neigh flush dev e0
sent c e0 ip netns exec a ping -c 1 -W 1 -M dont -s 3000 10.0.1.3
sent a e0 ip netns exec a ping -c 1 -W 1 -t 1 -s 3000 10.0.1.3
ip netns exec b iptables -A INPUT -p icmp -j REJECT
sent a e0 ip netns exec a ping -c 1 -W 1 -s 3000 10.0.0.2
sent a e0 bash -c 'head -c 3000 /dev/zero | tr "\0" a | ip netns exec a nc -n -u -w 1 10.0.0.2 9'
