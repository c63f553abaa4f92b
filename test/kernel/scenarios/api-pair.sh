# Two machines and a row of routers, as test/unit/host.test.ts and the trace tests ask about them by the typed API.
# native
ip netns add ns1
ip link add v0 type veth peer name v1 netns ns1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n ns1 addr add 10.0.0.2/24 dev v1; ip -n ns1 link set v1 up; ip -n ns1 link set lo up
in_ns1() { ip netns exec ns1 "$@"; echo "rc=$?"; }
echo "== three pings"
in_ns1 ping -c 3 -s 100 -t 9 10.0.0.1
echo "== no route"
in_ns1 ping -c 1 192.0.2.1
echo "== a count of none"
in_ns1 ping -c 0 10.0.0.1
echo "== nobody there"
in_ns1 ping -c 1 10.0.0.77
echo "== a server that comes and goes"
ip netns exec ns1 nc -l -k 7000 >/dev/null & server=$!
sleep 0.5
nc -z -w 1 10.0.0.2 7000; echo "rc=$?"
kill $server; wait $server 2>/dev/null
nc -z -w 1 10.0.0.2 7000; echo "rc=$?"
for i in 0 1 2 3; do ip netns add n$i; ip -n n$i link set lo up; ip netns exec n$i sysctl -qw net.ipv4.ip_forward=1; done
for i in 0 1 2; do
  ip link add right netns n$i type veth peer name left netns n$((i + 1))
  ip -n n$i addr add 10.1.$i.1/24 dev right; ip -n n$i link set right up
  ip -n n$((i + 1)) addr add 10.1.$i.2/24 dev left; ip -n n$((i + 1)) link set left up
done
for i in 0 1 2; do
  ip -n n$i route add default via 10.1.$i.2
  for ((k = 0; k < i; k++)); do ip -n n$((i + 1)) route add 10.1.$k.0/24 via 10.1.$i.1; done
done
for ttl in 5 2; do
  echo "== two routers, ttl $ttl"
  ip netns exec n0 ping -c 1 -W 1 -t $ttl 10.1.2.2; echo "rc=$?"
done
