# -m rpfilter with traffic: strict, loose, local sources, marks; what comes from lo is not asked.
ip netns add a; ip netns add r; ip netns add c
ip link add a0 netns a type veth peer name ra netns r
ip link add c0 netns c type veth peer name rc netns r
ip -n a addr add 10.0.1.2/24 dev a0; ip -n a link set a0 up; ip -n a link set lo up
ip -n c addr add 10.0.2.2/24 dev c0; ip -n c link set c0 up; ip -n c link set lo up
ip -n r addr add 10.0.1.1/24 dev ra; ip -n r link set ra up; ip -n r link set lo up
ip -n r addr add 10.0.2.1/24 dev rc; ip -n r link set rc up
ip -n a route add default via 10.0.1.1; ip -n c route add default via 10.0.2.1
ip -n a addr add 10.0.2.9/32 dev lo; ip -n a addr add 10.0.9.9/32 dev lo; ip -n a addr add 10.0.1.1/32 dev lo
r() { ip netns exec r "$@"; }
r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.ra.rp_filter=0 net.ipv4.conf.rc.rp_filter=0
ip netns exec a ping -q -c 1 10.0.2.2 > /dev/null
send() { ip netns exec a ping -q -c 1 -W 0.2 -I "$1" 10.0.2.2 > /dev/null; }
count() { r iptables-save -t raw -c | grep -- "-A"; }
for o in "" --invert --loose "--loose --invert" --accept-local "--accept-local --loose" "--validmark --invert"; do
  r iptables -t raw -A PREROUTING -i ra -m rpfilter $o
done

echo "== the right way"
send 10.0.1.2; count

echo "== an address of the other side"
r iptables -t raw -Z; send 10.0.2.9; count

echo "== an address without a route"
r iptables -t raw -Z; send 10.0.9.9; count

echo "== an address of the router itself"
ip -n a route del 10.0.1.1 dev lo table local 2> /dev/null
ip -n a neigh replace 10.0.1.1 lladdr $(r cat /sys/class/net/ra/address) dev a0
ip -n a route add 10.0.1.1/32 dev a0
r iptables -t raw -Z; ip netns exec a ping -q -c 1 -W 0.2 -I 10.0.1.1 10.0.2.2 > /dev/null 2>&1; count

echo "== blackhole, unreachable"
ip -n r route add blackhole 10.0.9.9
r iptables -t raw -Z; send 10.0.9.9; count
ip -n r route del 10.0.9.9

echo "== a default route makes every address reachable, loosely"
ip -n r route add default via 10.0.2.2
r iptables -t raw -Z; send 10.0.9.9; count

echo "== marks are not yet set in raw; in mangle they count"
r iptables -t raw -F
ip -n r route add 10.0.9.9/32 via 10.0.1.2 table 100
ip -n r rule add fwmark 7 lookup 100
r iptables -t mangle -A PREROUTING -i ra -m rpfilter --validmark
r iptables -t mangle -A PREROUTING -i ra -j MARK --set-mark 7
r iptables -t mangle -A PREROUTING -i ra -m rpfilter
r iptables -t mangle -A PREROUTING -i ra -m rpfilter --validmark
send 10.0.9.9
r iptables-save -t mangle -c | grep -- "-A"

echo "== lo"
r iptables -t mangle -F
r iptables -t mangle -A PREROUTING -i lo -m rpfilter
r iptables -t mangle -A PREROUTING -i lo -m rpfilter --invert
r ping -q -c 1 127.0.0.1 > /dev/null
r iptables-save -t mangle -c | grep -- "-A"

echo "== a host that has no address yet"
r iptables -t mangle -F
r iptables -t mangle -A PREROUTING -i ra -m rpfilter
r iptables -t mangle -A PREROUTING -i ra -m rpfilter --invert
ip netns exec a ping -q -b -c 1 -W 0.1 10.0.1.255 > /dev/null 2>&1
r iptables-save -t mangle -c | grep -- "-A"
