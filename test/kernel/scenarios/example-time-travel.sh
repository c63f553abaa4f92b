# The states of a neighbour that nobody is, with their times: examples/time-travel.ts goes back through them.
# native
ip netns add pod; ip link add veth0 type veth peer name eth0 netns pod
ip addr add 10.0.0.1/24 dev veth0; ip link set veth0 up; ip -n pod link set eth0 up
sleep 0.3
echo "== before"
ip neigh show 10.0.0.2
ping -c 1 10.0.0.2 >/dev/null &
sleep 0.25
for i in 0 1 2 3 4 5 6 7; do
  echo "== $((i * 500 + 250)) ms"
  ip neigh show 10.0.0.2
  sleep 0.5
done
wait
