# A packet for one machine in a frame for all (drop_unicast_in_l2_multicast): for this machine, to be forwarded, over lo; and the entry that lo has for every neighbour.
# native
exec 2>&1
for n in a b c; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip -n $n link set lo up; done
ip link add e0 netns a address 02:00:00:00:00:0a type veth peer name e0 netns b address 02:00:00:00:00:0b
ip link add e1 netns b address 02:00:00:00:01:0b type veth peer name e0 netns c address 02:00:00:00:01:0c
ip -n a addr add 10.0.0.1/24 dev e0; ip -n a link set e0 up; ip -n a route add default via 10.0.0.2
ip -n b addr add 10.0.0.2/24 dev e0; ip -n b link set e0 up; ip -n b addr add 10.0.1.2/24 dev e1; ip -n b link set e1 up
ip -n c addr add 10.0.1.3/24 brd + dev e0; ip -n c link set e0 up; ip -n c route add default via 10.0.1.2
ip netns exec b sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_echo_ignore_broadcasts=0
ip -n a neigh add 10.0.0.2 lladdr ff:ff:ff:ff:ff:ff dev e0
try() { for to in 10.0.0.2 10.0.1.2 10.0.1.3 10.0.0.255; do echo "$1: $to"; ip netns exec a ping -n -c 1 -W 1 -b $to | grep -o '[0-9]* received'; done; }
echo "== frames for all"
try "as it is"
ip netns exec b sysctl -qw net.ipv4.conf.e0.drop_unicast_in_l2_multicast=1; try "dropped by e0"
ip netns exec b sysctl -qw net.ipv4.conf.e0.drop_unicast_in_l2_multicast=0 net.ipv4.conf.all.drop_unicast_in_l2_multicast=1; try "dropped by all"
echo "== lo"
lo() { echo "$*"; ping -n -c 1 -W 1 127.0.0.1 | grep -o '[0-9]* received'; ip neigh show nud all; }
ip neigh add 10.0.0.2 lladdr ff:ff:ff:ff:ff:ff dev lo; lo for all
sysctl -w net.ipv4.conf.lo.drop_unicast_in_l2_multicast=1; lo dropped
ip neigh replace 10.0.0.4 lladdr 02:00:00:00:00:09 dev lo; lo for another
ip neigh get 10.0.0.4 dev lo
ip neigh flush dev lo nud all; lo nobody
