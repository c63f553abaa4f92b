# The queue of unresolved packets, NOARP devices and entries, proxies by ping, and what deletes neighbours.
# include: neighbours
echo "== packets wait for the answer"
ping -c 1 -W 1 -s 4000 -M dont 10.0.0.2 | sed -n '2p'
# the other side is deaf until we say its MAC: three fragments wait, then as many as fit
$b sysctl -w net.ipv4.conf.v1.arp_ignore=8
waiting() {
  ip neigh del 10.0.0.2 dev v0
  ping -c 1 -W 2 -s 4000 -M dont 10.0.0.2 > /tmp/out & p=$!
  sleep 0.5
  ip neigh show 10.0.0.2
  ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0 nud reachable
  wait $p
  sed -n '2p' /tmp/out
}
waiting
sysctl -w net.ipv4.neigh.v0.unres_qlen_bytes=0
waiting
sysctl -w net.ipv4.neigh.v0.unres_qlen=101
waiting
$b sysctl -w net.ipv4.conf.v1.arp_ignore=0
echo "== nobody there"
ping -c 3 -i 0.2 -W 4 10.0.0.9
ip neigh show 10.0.0.9
sysctl -w net.ipv4.neigh.v0.mcast_solicit=1
sysctl -w net.ipv4.neigh.v0.retrans_time_ms=100
ping -c 1 -W 4 10.0.0.10 | sed -n '2p'
echo "== an unreachable probe"
sysctl -w net.ipv4.neigh.v0.delay_first_probe_time=2
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
$b ip addr del 10.0.0.2/24 dev v1
ip neigh change 10.0.0.2 dev v0 nud stale
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
ip neigh show 10.0.0.2
sleep 4.5
ip neigh show 10.0.0.2
ping -c 1 -W 2 10.0.0.2 | sed -n '2p'
$b ip addr add 10.0.0.2/24 dev v1
ping -c 1 -W 2 10.0.0.2 | sed -n '2p'
echo "== arp off"
ip link set v0 arp off
ip -4 neigh show | sort
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
ip -4 neigh show nud all | sort
ip link set v0 arp on
ip -4 neigh show nud all | sort
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
echo "== a new MAC, a link down, a flush"
ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:50 dev v0
ip neigh add 10.0.0.51 lladdr 02:00:00:00:00:51 dev v0 nud stale
ip link set v0 address 02:00:00:00:00:11
ip -4 neigh show nud all | sort
ping -c 1 -W 1 10.0.0.2 | sed -n '2p'
$b ip -4 neigh show | sort
ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:50 dev v0
ip -n b link set v1 down
ip -4 neigh show nud all | sort
ip -n b link set v1 up
ip link set v0 down
ip -4 neigh show nud all | sort
