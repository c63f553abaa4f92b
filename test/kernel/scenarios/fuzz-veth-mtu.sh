# A frame that is too long for a veth's peer is dropped by the sender and by the peer, and the sender is told.
# native
ip netns add n0
ip netns add n1
ip link add e0 address 02:00:00:00:00:01 netns n0 type veth peer name e0 address 02:00:00:00:00:02 netns n1
for i in 0 1; do ip netns exec n$i sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; done
ip -n n0 addr add 10.0.0.1/24 dev e0
ip -n n1 addr add 10.0.0.2/24 dev e0
ip -n n0 link set e0 up mtu 2000
ip -n n1 link set e0 up
ip -n n0 link set lo up
for i in 0 1; do ip netns exec n$i sysctl -qw net.ipv4.neigh.e0.delay_first_probe_time=300; done
try() {
  echo "== $1"
  ip netns exec n0 ping -n -c 1 -W 1 -s $2 10.0.0.2
  echo "rc=$?"
  ip -n n0 -s link show e0
  ip -n n1 -s link show e0
}
try "the first waits for its neighbour: nobody hears of it" 1900
try "one with room for a VLAN tag gets through" 1476
try "one byte more does not" 1477
try "of fragments the first is enough" 4000
echo "== UDP is told only if it asked for errors"
head -c 1600 /dev/zero | ip netns exec n0 nc -n -u -w 1 10.0.0.2 9
echo "rc=$?"
