# What waits for a neighbour when its entry or its device goes: nothing is sent, nothing is asked any more.
# include: neighbours
listen() { tcpdump -enl -i v0 > /tmp/seen 2> /dev/null & t=$!; sleep 1; }
heard() { sleep 1; kill $t; wait $t 2> /dev/null; grep -c 'Request who-has 10.0.0.77'  /tmp/seen; grep -c 'ICMP echo request' /tmp/seen; }
sysctl -qw net.ipv4.neigh.v0.retrans_time_ms=5000
echo "== the entry is deleted"
listen
ping -c 1 -W 3 10.0.0.77 | sed -n '2p;4,5p' & p=$!
sleep 0.5
ip neigh del 10.0.0.77 dev v0
ip neigh show nud all dev v0 to 10.0.0.77
wait $p
heard
echo "== the device goes down and comes back"
listen
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ping -c 1 -W 3 10.0.0.77 | sed -n '2p;4,5p' & p=$!
sleep 0.5
ip link set v0 down
ip neigh show nud all dev v0
ip link set v0 up
ip neigh show nud all dev v0 to 10.0.0.77
wait $p
heard
echo "== the carrier goes: permanent entries stay"
ping -c 1 -W 1 10.0.0.2 > /dev/null
ip neigh add 10.0.0.78 lladdr 02:00:00:00:00:78 dev v0
ip neigh show dev v0 | sort
$b ip link set v1 down
sleep 1.5
ip neigh show dev v0 | sort
