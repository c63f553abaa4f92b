# What a machine sends itself came in by the device that has the address (inet_iif), not by lo: sockets bound to a device see it.
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
ip addr add 10.0.0.1/24 dev e0
ip -n n0 addr add 10.0.0.2/24 dev e0
ip link set lo up
ip link set e0 up
ip -n n0 link set e0 up
for dev in e0 lo; do
  for to in 10.0.0.1 127.0.0.1; do
    echo "== ping $to bound to $dev"
    ping -n -c 1 -W 1 -I $dev $to
    echo "rc=$?"
    echo "== UDP to $to, bound to $dev"
    timeout 1 socat -u UDP4-RECV:5000,so-bindtodevice=$dev - &
    sleep 0.3
    echo hi | nc -u -w 1 $to 5000
    wait
    echo "== TCP to $to, bound to $dev"
    timeout 1 socat -u TCP4-LISTEN:5000,so-bindtodevice=$dev - &
    sleep 0.3
    echo hi | nc -N -v -w 1 $to 5000 2>&1 | grep -o 'succeeded\|refused'
    wait
  done
done
echo "== ping by ping socket"
sysctl -qw net.ipv4.ping_group_range="0 1000"
ping -n -c 1 -W 1 -I e0 10.0.0.1
echo "rc=$?"
echo "== the broadcast address"
sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
ping -n -b -c 1 -W 1 -I e0 10.0.0.255
echo "rc=$?"
