# ping over a router: ttl, unreachable net, redirects, pmtu, different address
ip netns add r; ip netns add h
ip link add a0 type veth peer name r0; ip link set r0 netns r
ip link add h0 type veth peer name r1; ip link set h0 netns h; ip link set r1 netns r
ip addr add 10.0.0.1/24 dev a0; ip link set a0 up
ip -n r addr add 10.0.0.254/24 dev r0; ip -n r link set r0 up; ip -n r link set lo up
ip -n r addr add 10.0.1.254/24 dev r1; ip -n r link set r1 up
ip -n h addr add 10.0.1.1/24 dev h0; ip -n h link set h0 up; ip -n h route add default via 10.0.1.254
ip route add default via 10.0.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
t() { echo "== $*"; "$@" 2>&1; echo "rc=$?"; }
t ping -c 1 10.0.1.1
t ping -c 1 -t 1 10.0.1.1
t ping -c 1 10.9.9.9
t ping -q -c 2 10.9.9.9
t ping -c 2 10.0.1.77
# a router tells each host one error a second
sleep 4
t ping -c 1 -w 3 10.9.9.9
sleep 4
ip -n r route add prohibit 10.8.0.0/16
t ping -c 1 10.8.0.1
ip -n r route add blackhole 10.7.0.0/16
t ping -c 1 -W 1 10.7.0.1
ip -n r link set r1 mtu 1400; ip -n h link set h0 mtu 1400
t ping -c 2 -M do -s 1450 10.0.1.1
t ping -c 1 -s 1450 10.0.1.1
ip -n h link set h0 mtu 1500
t ping -f -c 3 10.0.1.1
t ping -c 3 -i 0.2 -l 2 10.0.1.1
