# veth and lo do not count what is for a group MAC.
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
ip netns exec n0 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
ip addr add 10.0.0.1/24 dev e0
ip -n n0 addr add 10.0.0.2/24 dev e0
ip link set lo up
ip link set e0 up
ip -n n0 link set e0 up
echo "== veth"
ping -n -c 1 -W 1 -I e0 224.0.0.1
ip -n n0 -s link show e0
echo "== lo"
ip neigh add 10.0.0.9 lladdr ff:ff:ff:ff:ff:ff dev lo
ping -n -c 1 -W 1 127.0.0.1
ip -s link show lo
