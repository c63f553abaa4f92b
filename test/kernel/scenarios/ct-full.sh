# in the first namespace
# The table is full: new connections are dropped, known ones go on; what is not assured may be given up for a new one.
ip netns add a
ip link add e0 type veth peer name e0 netns a
ip addr add 10.1.0.1/24 dev e0; ip link set e0 up
ip -n a addr add 10.1.0.2/24 dev e0; ip -n a link set e0 up; ip -n a link set lo up
iptables -A OUTPUT -m conntrack --ctstate NEW
sysctl -qw net.netfilter.nf_conntrack_max=2
ping -c1 -W1 10.1.0.2 > /dev/null; echo rc=$?
ping -c1 -W1 10.1.0.2 > /dev/null; echo rc=$?
echo "== the third"
ping -c1 -W1 10.1.0.2 2>&1 | head -2
conntrack -C
conntrack -S
dmesg | grep -o 'nf_conntrack: table full, dropping packet' | head -1
echo "== room again"
sysctl -qw net.netfilter.nf_conntrack_max=3
ping -c1 -W1 10.1.0.2 | grep received
conntrack -C
