# Reverse path filter, martians, accept_local, route_localnet.
# h - r by two links: r1 (10.1.0.0/24) and r2 (10.2.0.0/24); h has 10.1.0.2, 10.2.0.2 and 10.9.0.2 on lo.
for n in h r; do ip netns add $n; ip -n $n link set lo up; done
ip link add a1 netns h type veth peer name r1 netns r
ip link add a2 netns h type veth peer name r2 netns r
ip -n h addr add 10.1.0.2/24 dev a1; ip -n h link set a1 up
ip -n h addr add 10.2.0.2/24 dev a2; ip -n h link set a2 up
ip -n r addr add 10.1.0.1/24 dev r1; ip -n r link set r1 up
ip -n r addr add 10.2.0.1/24 dev r2; ip -n r link set r2 up
ip -n h addr add 10.9.0.2/32 dev lo
h="ip netns exec h" r="ip netns exec r"
try() { $h ping -c 1 -W 1 "$@" | grep -v '^PING\|^$\|^---\|^rtt'; }
echo "== a source without a way back: no filter, no answer"
try -I 10.9.0.2 10.1.0.1
$r ip neigh show 10.1.0.2 | sed 's/ lladdr.*/ known/'
echo "== a way back by the other link"
ip -n r route add 10.9.0.2 via 10.2.0.2
for v in 0 1 2; do
  $r sysctl -w net.ipv4.conf.r1.rp_filter=$v
  try -I 10.9.0.2 10.1.0.1
  ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1
done
echo "== loose without any way back"
ip -n r route del 10.9.0.2
try -I 10.9.0.2 10.1.0.1
ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1
echo "== loose with a default route"
ip -n r route add default via 10.2.0.2
try -I 10.9.0.2 10.1.0.1
ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1
echo "== conf.all is the stricter"
$r sysctl -w net.ipv4.conf.r1.rp_filter=0
$r sysctl -w net.ipv4.conf.all.rp_filter=1
try -I 10.9.0.2 10.1.0.1
ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1
$r sysctl -w net.ipv4.conf.all.rp_filter=0
echo "== src_valid_mark and a rule"
ip -n r route del default
ip -n r route add 10.9.0.2 via 10.1.0.2 table 7
ip -n r rule add from all fwmark 5 lookup 7
$r sysctl -w net.ipv4.conf.r1.rp_filter=1
ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1 mark 5
$r sysctl -w net.ipv4.conf.r1.src_valid_mark=1
ip -n r route get 10.1.0.1 from 10.9.0.2 iif r1 mark 5
ip -n r rule del from all fwmark 5 lookup 7
$r sysctl -w net.ipv4.conf.r1.rp_filter=0
echo "== a source that is our own"
ip -n r addr add 10.9.0.9/32 dev lo
ip -n h addr add 10.9.0.9/32 dev lo
try -I 10.9.0.9 10.1.0.1
ip -n r route get 10.1.0.1 from 10.9.0.9 iif r1
$r sysctl -w net.ipv4.conf.r1.accept_local=1
try -I 10.9.0.9 10.1.0.1
ip -n r route get 10.1.0.1 from 10.9.0.9 iif r1
$r sysctl -w net.ipv4.conf.r1.rp_filter=1
ip -n r route get 10.1.0.1 from 10.9.0.9 iif r1
$r sysctl -w net.ipv4.conf.r1.rp_filter=0
$r sysctl -w net.ipv4.conf.r1.accept_local=0
echo "== martian sources and destinations"
for s in 0.0.0.0 0.0.0.5 127.0.0.1 224.0.0.1 255.255.255.255 240.0.0.1 10.1.0.255; do
  echo "from $s"
  ip -n r route get 10.1.0.1 from $s iif r1
done
for d in 0.0.0.0 0.0.0.5 127.0.0.1 224.0.0.1 224.0.0.5 239.1.1.1 255.255.255.255 240.0.0.1 10.1.0.255 10.1.0.0; do
  echo "to $d"
  ip -n r route get $d from 10.1.0.2 iif r1
done
echo "== route_localnet"
ip -n r route get 127.0.0.1 from 10.1.0.2 iif r1
$r sysctl -w net.ipv4.conf.r1.route_localnet=1
ip -n r route get 127.0.0.1 from 10.1.0.2 iif r1
$h ip route add 127.9.0.0/16 via 10.1.0.1
$h ip route get 127.9.0.1
ip -n h rule add pref 0 lookup main; ip -n h rule del pref 0 lookup local; ip -n h rule add pref 1 lookup local
$h ip route get 127.9.0.1
try 127.9.0.1
$h sysctl -w net.ipv4.conf.a1.route_localnet=1
$h ip route get 127.9.0.1
try 127.9.0.1
