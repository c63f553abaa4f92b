# Fragments, reassembly, DF, path MTU exceptions: h1 - (1500) - r1 - (1300) - r2 - (1500) - h2.
for n in h1 r1 r2 h2; do ip netns add $n; ip -n $n link set lo up; ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip link add a netns h1 type veth peer name b netns r1
ip link add c netns r1 type veth peer name d netns r2
ip link add e netns r2 type veth peer name f netns h2
up() { ip -n $1 addr add $3 dev $2; ip -n $1 link set $2 up mtu $4; }
up h1 a 10.1.0.2/24 1500; up r1 b 10.1.0.1/24 1500; up r1 c 10.2.0.1/24 1300; up r2 d 10.2.0.2/24 1300
up r2 e 10.3.0.1/24 1500; up h2 f 10.3.0.2/24 1500
ip -n h1 route add default via 10.1.0.1; ip -n h2 route add default via 10.3.0.1
ip -n r1 route add 10.3.0.0/24 via 10.2.0.2; ip -n r2 route add 10.1.0.0/24 via 10.2.0.1
h1="ip netns exec h1"
cache() { ip -n ${1:-h1} route show cache | sed 's/expires [0-9]*sec/expires Nsec/'; }
get() { ip -n h1 route get $1 | sed 's/expires [0-9]*sec/expires Nsec/'; }
echo "== small"
$h1 ping -c 1 -W 1 -s 100 10.3.0.2
echo "== too big for the middle, fragments allowed"
$h1 ping -c 1 -W 1 -s 1400 -M dont 10.3.0.2
cache
echo "== 4000 bytes"
$h1 ping -c 1 -W 1 -s 4000 -M dont 10.3.0.2
cache
echo "== largest and larger"
$h1 ping -c 1 -W 2 -s 65507 -M dont 10.3.0.2
$h1 ping -c 1 -W 1 -s 65508 -M dont 10.3.0.2
echo "== the default of ping: frag needed, then a known path"
$h1 ping -c 1 -W 1 -s 1400 10.3.0.2
echo "rc=$?"
get 10.3.0.2
cache
$h1 ping -c 1 -W 1 -s 1400 10.3.0.2
echo "rc=$?"
echo "== do: local error afterwards"
$h1 ping -c 2 -i 0.3 -W 1 -s 1400 -M do 10.3.0.2
echo "rc=$?"
$h1 ping -c 1 -W 1 -s 1272 -M do 10.3.0.2
$h1 ping -c 1 -W 1 -s 1273 -M do 10.3.0.2
$h1 ping -c 1 -W 1 -s 1473 -M do 10.1.0.1
echo "== flush"
ip -n h1 route flush cache
get 10.3.0.2
cache
$h1 ping -c 2 -i 0.3 -W 1 -s 1400 -M do 10.3.0.2
cache
echo "== it expires"
$h1 sysctl -w net.ipv4.route.mtu_expires=1
ip -n h1 route flush cache
$h1 ping -c 1 -W 1 -s 1400 -M do 10.3.0.2
sleep 2.1
get 10.3.0.2
$h1 sysctl -w net.ipv4.route.mtu_expires=600
echo "== below min_pmtu"
ip -n r1 link set c mtu 500; ip -n r2 link set d mtu 500
$h1 ping -c 1 -W 1 -s 1000 -M do 10.3.0.2
get 10.3.0.2
cache
$h1 ping -c 1 -W 1 -s 500 -M do 10.3.0.2
$h1 ping -c 1 -W 1 -s 500 10.3.0.2
ip -n r1 link set c mtu 1300; ip -n r2 link set d mtu 1300
ip -n h1 route flush cache
echo "== mtu of a route"
ip -n h1 route add 10.3.0.2 via 10.1.0.1 mtu 1000
get 10.3.0.2
$h1 ping -c 1 -W 1 -s 1000 -M do 10.3.0.2
$h1 ping -c 1 -W 1 -s 1400 10.3.0.2
ip -n h1 route replace 10.3.0.2 via 10.1.0.1 mtu lock 1400
get 10.3.0.2
$h1 ping -c 1 -W 1 -s 1360 -M do 10.3.0.2
$h1 ping -c 1 -W 1 -s 1360 10.3.0.2
get 10.3.0.2
ip -n h1 route del 10.3.0.2
echo "== mtu of a route in the router"
ip -n r1 route replace 10.3.0.0/24 via 10.2.0.2 mtu 700
$h1 ping -c 1 -W 1 -s 1000 -M do 10.3.0.2
ip -n r1 route replace 10.3.0.0/24 via 10.2.0.2
ip -n h1 route flush cache
echo "== ip_no_pmtu_disc"
$h1 sysctl -w net.ipv4.ip_no_pmtu_disc=1
$h1 ping -c 1 -W 1 -s 1400 10.3.0.2
$h1 ping -c 1 -W 1 -s 1400 -M do 10.3.0.2
get 10.3.0.2
$h1 sysctl -w net.ipv4.ip_no_pmtu_disc=0
echo "== a fragment is missing"
ip netns exec h2 sysctl -w net.ipv4.ipfrag_time=1
ip -n r2 link set e mtu 1000
ip -n h2 link set f mtu 800
$h1 ping -c 1 -W 3 -s 1200 -M dont 10.3.0.2
echo "== the receiver's MTU is smaller than the sender's"
ip -n h2 link set f mtu 1500; ip -n r2 link set e mtu 1500
ip -n r1 link set b mtu 1400
$h1 ping -c 1 -W 1 -s 1372 10.1.0.1
$h1 ping -c 1 -W 1 -s 1376 10.1.0.1
$h1 ping -c 1 -W 1 -s 1377 10.1.0.1
$h1 ip -s link show a | sed -n '4,$p'
