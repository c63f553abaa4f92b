# A datagram's fragments to a device without carrier: the first one meets the stopped queue (NET_XMIT_CN), the others are not tried.
# native
for n in n0 n1 n2; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add e0 address 02:00:00:00:00:01 netns n0 type veth peer name e0 address 02:00:00:00:00:02 netns n1
ip link add e1 address 02:00:00:00:01:01 netns n0 type veth peer name e0 address 02:00:00:00:01:02 netns n2
ip -n n0 link set e0 up; ip -n n0 addr add 10.0.1.1/24 dev e1; ip -n n0 link set e1 up
count() { ip -n n0 -s link show $1 | sed -n '/TX/{n;p}'; }
for args in "-s 3000 -I e0 10.0.1.255" "-s 3000 -b 10.0.1.255" "-s 100 -b 10.0.1.255" "-s 3000 -I e1 -b 10.0.1.255"; do
  echo "== $args"
  ip netns exec n0 ping -n -W 1 -c 1 $args; echo "rc=$?"
  count e0; count e1
done
echo "== a program that broadcasts"
head -c 4000 /dev/zero | tr '\0' a | ip netns exec n0 socat -b 4000 - UDP4-DATAGRAM:10.0.1.255:9,broadcast; echo "rc=$?"
count e1
