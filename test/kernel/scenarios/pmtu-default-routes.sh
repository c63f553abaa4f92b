# Of several equal default routes the path MTU is remembered for the one that is taken, here the second: nobody answers at the first's gateway.
# native
for n in r d; do ip netns add $n; ip -n $n link set lo up; done
ip link set lo up
ip link add f0 address 02:00:00:00:01:0a type veth peer name f0 netns r address 02:00:00:00:01:0b
ip link add f1 netns r address 02:00:00:00:02:0a mtu 900 type veth peer name f0 netns d mtu 900 address 02:00:00:00:02:0b
ip addr add 10.2.0.1/24 dev f0; ip link set f0 up
ip -n r addr add 10.2.0.2/24 dev f0; ip -n r link set f0 up; ip -n r addr add 10.3.0.2/24 dev f1; ip -n r link set f1 up
ip -n d addr add 10.3.0.1/24 dev f0; ip -n d link set f0 up; ip -n d route add default via 10.3.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip route add default via 10.2.0.77; ip route append default via 10.2.0.2
cached() { ip route get "$@" | sed 's/expires [0-9]*sec/expires/'; }
try() { ping -c 1 -W 1 -M do "$@" 2>&1 | sed 's/, time .*//; s/time=.*//; /^rtt/d'; sleep 1.2; }
echo "== which gateway answers"; ping -c 1 -W 4 10.2.0.77 >/dev/null; ping -c 1 -W 1 10.2.0.2 >/dev/null; ip neigh show 10.2.0.77; cached 10.3.0.1
echo "== too long"; try -s 1000 10.3.0.1; cached 10.3.0.1
echo "== known"; try -s 1000 10.3.0.1; ip route show cache | sed 's/expires [0-9]*sec/expires/'
