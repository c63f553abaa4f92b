# The thresholds of garbage collection with their defaults, 128, 512 and 1024: a full table refuses entries until some are old.
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/16 dev v0
ip link set v0 up
ip link set v1 up
for i in {0..1099}; do echo "neigh add 10.0.$((100 + i / 250)).$((i % 250)) lladdr 02:00:00:00:00:01 nud stale dev v0"; done > /tmp/fill
ip -force -batch /tmp/fill 2>&1 | grep -v 'Command failed' | sort -u
n=$(ip neigh show dev v0 | wc -l)
[ $n -le 1024 ] && [ $n -gt 900 ] && echo "full"
ip neigh add 10.0.2.1 lladdr 02:00:00:00:00:01 nud stale dev v0
echo "rc=$?"
ip neigh add 10.0.2.2 lladdr 02:00:00:00:00:01 nud permanent dev v0
echo "a permanent one does not count: rc=$?"
ping -c 1 -W 1 10.0.3.1 | sed -n '2p'
sleep 7
ip neigh add 10.0.2.1 lladdr 02:00:00:00:00:01 nud stale dev v0
echo "rc=$?"
n=$(ip neigh show dev v0 | wc -l)
[ $n -le 514 ] && [ $n -gt 400 ] && echo "down to gc_thresh2"
ip neigh show 10.0.2.0/24 | sort
ip neigh flush dev v0
ip neigh show
