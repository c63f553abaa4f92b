# A connection that the router has forgotten: picked up in the middle, or with nf_conntrack_tcp_loose=0 INVALID; flushed under way; be_liberal.
ip netns add c; ip netns add r; ip netns add s
ip link add r0 netns c type veth peer name c0 netns r
ip link add r0 netns s type veth peer name s0 netns r
ip -n c addr add 10.1.0.1/24 dev r0; ip -n r addr add 10.1.0.254/24 dev c0
ip -n s addr add 10.2.0.1/24 dev r0; ip -n r addr add 10.2.0.254/24 dev s0
for n in c r s; do ip -n $n link set lo up; done
ip -n c link set r0 up; ip -n r link set c0 up; ip -n r link set s0 up; ip -n s link set r0 up
ip -n c route add default via 10.1.0.254; ip -n s route add default via 10.2.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec c ping -c1 -W2 10.2.0.1 > /dev/null
connect() {
  ip netns exec s nc -l -p 5000 > /tmp/ct-got &
  sleep 0.3
  (sleep 1; echo one; sleep 2; echo two) | ip netns exec c nc -N -p $1 10.2.0.1 5000 &
  client=$!
  sleep 0.5
}
echo "== flushed before the first data: picked up"
connect 40001
ip netns exec r conntrack -F
sleep 1
ip netns exec r conntrack -L
wait $client
sleep 0.3
ip netns exec r conntrack -L
cat /tmp/ct-got
echo "== loose=0: everything is INVALID"
ip netns exec r sysctl -w net.netfilter.nf_conntrack_tcp_loose=0
ip netns exec r conntrack -F
connect 40002
ip netns exec r conntrack -L
ip netns exec r conntrack -F
sleep 1
ip netns exec r conntrack -L
ip netns exec r iptables-save -c | grep -o '^\[[0-9]*' | tail -1 | tr -d '[' | awk '{ print ($1 > 0) ? "dropped" : "none dropped" }'
echo "== loose again: it goes on"
ip netns exec r sysctl -w net.netfilter.nf_conntrack_tcp_loose=1
wait $client
sleep 0.3
cat /tmp/ct-got
ip netns exec r conntrack -C
