# ip monitor beside the commands that it hears, in its plain, labelled and one-line forms.
ip link add d0 address 02:00:00:00:00:10 type dummy
ip link set d0 up
ip addr add 10.0.0.1/24 dev d0
out=$(mktemp)
listen() { ip "$@" > "$out" 2>&1 & sleep 2; }
heard() { sleep 1; kill $!; wait $! 2>/dev/null; echo "== $1"; cat "$out"; }

listen monitor address
ip addr add 10.1.0.1/24 brd + dev d0
ip addr add 10.1.0.2/24 dev d0
ip addr del 10.1.0.1/24 dev d0
heard "monitor address"

listen monitor route
ip route add 192.0.2.0/24 via 10.0.0.2
ip route append 192.0.2.0/24 via 10.0.0.3
ip route replace 192.0.2.0/24 via 10.0.0.4
ip route del 192.0.2.0/24
ip route add blackhole 198.51.100.0/24 table 100
ip route add 203.0.113.0/24 nexthop via 10.0.0.2 nexthop via 10.0.0.3 weight 2
heard "monitor route"

listen monitor route dev d0
ip route add 192.0.3.0/24 via 10.0.0.2
ip route add unreachable 192.0.4.0/24
heard "monitor route dev d0"

listen monitor rule label
ip rule add from 10.0.0.0/24 table 100
ip rule del from 10.0.0.0/24 table 100
heard "monitor rule label"

listen monitor neigh
ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev d0
ip neigh change 10.0.0.9 lladdr 02:00:00:00:00:19 dev d0
ip neigh del 10.0.0.9 dev d0
heard "monitor neigh"

listen monitor link
ip link set d0 mtu 1400
ip link set d0 alias text
ip link set d0 down
ip link set d0 name d1
heard "monitor link"

listen -o monitor link address label
ip link set d1 up
ip addr add 10.2.0.1/24 dev d1
heard "-o monitor link address label"

listen -j monitor address
ip addr del 10.2.0.1/24 dev d1
heard "-j monitor address"
