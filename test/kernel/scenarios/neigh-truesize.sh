# How many packets unres_qlen_bytes holds: the kernel counts its buffers (skb->truesize), not the bytes of the packets.
# include: neighbours
$b sysctl -qw net.ipv4.conf.v1.arp_ignore=8
sysctl -qw net.ipv4.neigh.v0.retrans_time_ms=20000
# of five pings as many are answered as were kept
kept() {
  sysctl -qw net.ipv4.neigh.v0.unres_qlen_bytes=$2
  ip neigh flush dev v0
  for i in 1 2 3 4 5; do ping -n -c 1 -W 9 -s $1 10.0.0.2 > /tmp/ping.$i & done
  sleep 4
  ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0 nud reachable
  wait
  echo "$1 bytes of data, a queue of $2: $(cat /tmp/ping.? | grep -c 'bytes from')"
}
for step in "2 2303" "2 2304" "400 2559" "400 2560" "1400 4607" "1400 4608" "100 3071" "100 3072"; do kept $step; done
