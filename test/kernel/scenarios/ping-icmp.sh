# What ping looks like on the wire, who answers what: broadcast, own addresses, redirects, names.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
ping() { $A ping "$@"; echo "rc=$?"; }
echo "== own addresses"
ping -c 1 127.0.0.1
ping -c 1 10.0.0.1
ping -c 1 0.0.0.0
ping -c 1 localhost
echo "== broadcast"
ping -c 1 -W 1 10.0.0.255
ping -b -c 1 -W 1 10.0.0.255
$B sysctl -w net.ipv4.icmp_echo_ignore_broadcasts=0
ping -b -c 1 -W 2 10.0.0.255
echo "== no route, no device, device down"
ping -c 1 192.0.2.1
ping -c 1 -I eth9 10.0.0.2
ping -c 1 -I 192.0.2.9 10.0.0.2
ip -n a link set eth0 down
ping -c 1 10.0.0.2
ip -n a link set eth0 up
ip -n b link set eth0 down
ping -c 1 -W 2 10.0.0.2
ip -n b link set eth0 up
echo "== a host that is not there"
ping -c 2 -W 5 10.0.0.77
$A ip neigh show 10.0.0.77
echo "== names"
ping -c 1 nosuchhost.invalid.
ping -c 1 10.0.0
echo "== on the wire"
$A tcpdump -n -U -i eth0 -w all.pcap icmp 2>err & cap=$!
until grep -q listening err 2>/dev/null; do sleep 0.2; done
$A ping -q -c 1 -t 7 -Q 0x10 10.0.0.2 >/dev/null
$A ping -q -c 1 -s 20 -p ff 10.0.0.2 >/dev/null
$A ping -q -c 1 -s 2000 10.0.0.2 >/dev/null
$A ping -q -c 1 -M do -s 100 10.0.0.2 >/dev/null
sleep 2; kill -INT $cap; wait $cap
tcpdump -n -t -v -r all.pcap 2>/dev/null | sed -E 's/ id [0-9]+,/ id N,/g'
tcpdump -n -t -e -x -r all.pcap 'icmp and len < 70' 2>/dev/null | sed -E 's/ id [0-9]+,/ id N,/g' | cut -c 1-60 | grep -v '0x00[12]0' | sed -E 's/(0x0000: +4500 0030) .*/\1/'
