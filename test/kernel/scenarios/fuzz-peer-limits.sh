# What a router may tell a host is limited by one clock per host: after a redirect, errors about packets that no route takes start without credit.
# native
for n in h r g; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv4.icmp_ratemask=0 net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.default.accept_redirects=0; ip -n $n link set lo up; done
ip link add e0 netns h address 02:00:00:00:00:01 type veth peer name e0 netns r address 02:00:00:00:00:02
ip -n h addr add 10.0.0.1/16 dev e0; ip -n h link set e0 up; ip -n h route add default via 10.0.0.2
ip -n r addr add 10.0.0.2/24 dev e0; ip -n r link set e0 up; ip -n r route add 10.0.3.0/24 dev e0
for n in h r; do ip netns exec $n sysctl -qw net.ipv4.neigh.e0.retrans_time_ms=100 net.ipv4.neigh.e0.delay_first_probe_time=300; done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n h route add 10.0.3.0/24 via 10.0.0.2
lost() { echo "== $*"; ip netns exec h ping -n -W 1 "$@"; echo "rc=$?"; }
lost -c 1 10.0.3.9
lost -c 4 -i 0.3 192.0.2.1
sleep 3.2
lost -c 5 -i 0.3 192.0.2.2
