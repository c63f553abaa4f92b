# Which nexthop a flow takes depends on the hash, but weights, dead legs and oif decide what may be taken at all.
ip link add d0 type ifb
ip link add d1 type ifb
ip link set d0 up
ip link set d1 up
ip addr add 10.0.0.1/24 dev d0
ip addr add 10.0.1.1/24 dev d1
ip route add 192.0.2.0/24 nexthop via 10.0.0.2 weight 1 nexthop via 10.0.1.2 weight 1
seen=$(for i in $(seq 1 60); do ip route get 192.0.2.$i | head -1; done | grep -o 'dev d[01]' | sort -u | tr '\n' ' ')
echo "both: $seen"
ip route get 192.0.2.1 oif d1 | head -1
a=$(ip route get 192.0.2.9 | head -1); b=$(ip route get 192.0.2.9 | head -1)
[ "$a" = "$b" ] && echo "the same flow goes the same way"
ip link set d1 down
for i in 1 2 3 4 5 6; do ip route get 192.0.2.$i | head -1; done
ip route
