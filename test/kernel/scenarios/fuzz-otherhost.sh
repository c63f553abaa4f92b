# Packets for another MAC are counted apart from those that were dropped.
# native
ip netns add n0
ip link add e0 address 02:00:00:00:00:01 type veth peer name e0 address 02:00:00:00:00:02 netns n0
ip addr add 10.0.0.1/24 dev e0
ip -n n0 addr add 10.0.0.2/24 dev e0
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
ip netns exec n0 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
ip link set e0 up
ip -n n0 link set e0 up
ip -n n0 neigh replace 10.0.0.7 lladdr 02:00:00:00:00:77 dev e0
echo "== before"
ip -s -s link show e0
ip netns exec n0 ping -n -c 1 -W 1 10.0.0.7
echo "== after"
ip -s link show e0
ip -s -s link show e0
echo "== as JSON"
ip -j -p -s -s link show e0
echo "== files"
cat /sys/class/net/e0/statistics/rx_dropped
grep e0 /proc/net/dev
