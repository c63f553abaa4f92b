# What the kernel says to requests that it refuses: the errno (seen by strace, last of all), the words of strerror for it, and those
# of the command, which shows what the kernel adds.
# needs: strace perl
# compared in test/unit/host.test.ts
ip netns add ns1
ip link add v0 type veth peer name v1 netns ns1
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n ns1 addr add 10.0.0.2/24 dev v1; ip -n ns1 link set v1 up; ip -n ns1 link set lo up
for r in 'unreachable 10.7.1.0' 'blackhole 10.7.2.0' 'prohibit 10.7.3.0'; do ip route add $r/24; done
while read -r line; do
  echo "== $line"
  bash -c "$line" 2>&1
  strace -f -e trace=openat,recvmsg,write -o /tmp/calls bash -c "$line" >/dev/null 2>&1
  errno=$(grep -oE 'error=-E[A-Z]+|= -1 E[A-Z]+' /tmp/calls | grep -oE 'E[A-Z]+$' | tail -n 1)
  perl -MErrno -e '$! = Errno->can($ARGV[0])->(); print "$ARGV[0] $!\n"' $errno
done <<'L'
ip netns add ns1
ip addr add 10.0.0.1/24 dev v0
ip route add default via 99.1.1.1
ip route del 10.5.0.0/16
ip rule del pref 77
ip neigh del 10.0.0.99 dev v0
ip link set v0 mtu 5
cat /proc/sys/net/ipv4/nope
echo x > /proc/sys/net/ipv4/ip_forward
ip route get 9.9.9.9
ip route get 10.7.1.1
ip route get 10.7.2.1
ip route get 10.7.3.1
ip addr add 10.0.0.1/24 dev nope
ip link show nope
ip link add y0 type veth peer name v0
ip link add y0 type veth peer name y0
L
