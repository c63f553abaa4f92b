# A router with connection tracking puts fragments together and sends them on no longer than they came, however wide its way out; without it they pass as they are.
# native
for n in a b c; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add e0 netns a address 02:00:00:00:00:0a mtu 600 type veth peer name e0 netns b address 02:00:00:00:00:0b mtu 600
ip link add e1 netns b address 02:00:00:00:01:0b mtu 2000 type veth peer name e0 netns c address 02:00:00:00:01:0c mtu 2000
ip -n a addr add 10.0.0.1/24 dev e0; ip -n a link set e0 up; ip -n a route add default via 10.0.0.2
ip -n b addr add 10.0.0.2/24 dev e0; ip -n b link set e0 up; ip -n b addr add 10.0.1.2/24 dev e1; ip -n b link set e1 up
ip -n c addr add 10.0.1.3/24 dev e0; ip -n c link set e0 up; ip -n c route add default via 10.0.1.2
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
for n in a b c; do ip netns exec $n sysctl -qw net.ipv4.neigh.e0.delay_first_probe_time=300; done; ip netns exec b sysctl -qw net.ipv4.neigh.e1.delay_first_probe_time=300
cd "$(mktemp -d)"
ip netns exec a ping -n -c 1 -W 1 10.0.1.3 >/dev/null
sent() { # what c sees of a's ping
  echo "== ${*}"
  ip netns exec c tcpdump -l -n -t -v -i e0 icmp 2>/dev/null >packets & local t=$!
  sleep 1; ip netns exec a ping -n -c 1 -W 1 "$@" 10.0.1.3 | grep -o '[0-9]* received'; sleep 1; kill $t; wait $t
  grep -v '^[[:space:]]' packets | sed 's/.*ttl \([0-9]*\), .*offset \([0-9]*\), flags \(\[[^]]*\]\).*length \([0-9]*\).*/ttl \1 offset \2 \3 length \4/'
}
echo "== without connection tracking"; sent -M dont -s 1473
ip netns exec b iptables -t nat -A POSTROUTING -o e1 -j MASQUERADE
sent -M dont -s 1473
sent -M dont -s 560
sent -M dont -s 1900
sent -M dont -s 2100
sent -M dont -s 572
ip -n b route change 10.0.1.0/24 dev e1 mtu lock 400
sent -M dont -s 1400
