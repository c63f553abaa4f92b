# Garbage collection with thresholds of 2, 3 and 4: the machine's, so only its first namespace has them.
# in the first namespace
# include: neighbours
ask() { for i in "$@"; do ping -c 1 -W 1 10.0.0.$i 2>&1 | sed -n '2p' & done; wait; }
echo "== the defaults: few entries stay, dead or not"
ask 50 51
sleep 20
ip neigh show | sort
ip neigh flush all
ip link set v0 down; ip link set v0 up
sysctl -w net.ipv4.neigh.default.gc_thresh1=2
sysctl -w net.ipv4.neigh.default.gc_thresh2=3
sysctl -w net.ipv4.neigh.default.gc_thresh3=4
echo "== more than four at once"
for i in 50 51 52 53 54 55; do ping -c 1 -W 1 10.0.0.$i > /tmp/out.$i 2>&1 & sleep 0.4; done
ip neigh show | sort
wait
for i in 50 51 52 53 54 55; do sed -n '2p' /tmp/out.$i; done
echo "== failed ones make room"
sleep 3
ask 60
ip neigh show 10.0.0.60
echo "== and are collected when there are two or more"
sleep 35
ip neigh show | sort
ping -c 1 -W 1 10.0.0.2 > /dev/null
sleep 50
ip neigh show | sort
