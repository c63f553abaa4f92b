# What unasked ARP teaches: arp_accept 0, 1, 2, drop_gratuitous_arp, arp_notify, arp_announce.
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 address 02:00:00:00:00:01
ip -n b link set v1 address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a addr add 10.5.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
known() { ip -n b neigh show | sed 's/ \(REACHABLE\|DELAY\|STALE\|PROBE\) $/ known/'; ip -n b neigh flush all 2> /dev/null; }
tell() { ip netns exec a arping -q -c 1 -w 1 -I v0 "$@" > /dev/null 2>&1; }
for accept in 0 1 2; do
  ip netns exec b sysctl -w net.ipv4.conf.v1.arp_accept=$accept
  echo "announcement (request) of 10.0.0.1"
  tell -U 10.0.0.1
  known
  echo "announcement (reply) of 10.0.0.1"
  tell -A 10.0.0.1
  known
  echo "announcement of 10.5.0.1, which is in no subnet of b"
  tell -U 10.5.0.1
  known
done
ip netns exec b sysctl -w net.ipv4.conf.v1.arp_accept=1
ip netns exec b sysctl -w net.ipv4.conf.v1.drop_gratuitous_arp=1
tell -U 10.0.0.1
known
ip netns exec b sysctl -w net.ipv4.conf.v1.drop_gratuitous_arp=0
echo "arp_notify"
ip -n a link set v0 down
ip netns exec a sysctl -w net.ipv4.conf.v0.arp_notify=1
ip -n a link set v0 up
sleep 0.2
known | sort
# which source address is announced in questions
for announce in 0 1 2; do
  ip netns exec a sysctl -w net.ipv4.conf.v0.arp_announce=$announce
  ip -n a neigh flush all 2> /dev/null
  ip netns exec b sysctl -qw net.ipv4.conf.v1.arp_accept=0
  ip netns exec a ping -c 1 -W 1 -I 10.5.0.1 10.0.0.2 > /dev/null
  ip -n b neigh show | cut -d' ' -f1 | sort
  ip -n b neigh flush all 2> /dev/null
done
