# arping between two hosts: answers, duplicates, announcements and what the other side learns from them.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
clean() { sed -E 's/[0-9.]+ms/Tms/'; }
echo "== answers"
$A arping -c 2 -I eth0 10.0.0.2 | clean; echo "rc=${PIPESTATUS[0]}"
$A arping -f -c 5 -I eth0 10.0.0.2 | clean; echo "rc=${PIPESTATUS[0]}"
$A arping -q -c 1 -I eth0 10.0.0.2; echo "rc=$?"
$A arping -b -c 2 -I eth0 10.0.0.2 | clean
echo "== nobody"
$A arping -c 2 -I eth0 10.0.0.77; echo "rc=$?"
$A arping -w 2 -I eth0 10.0.0.77; echo "rc=$?"
echo "== duplicate address detection"
$A arping -D -c 2 -I eth0 10.0.0.2 | clean; echo "rc=${PIPESTATUS[0]}"
$A arping -D -c 2 -I eth0 10.0.0.50; echo "rc=$?"
echo "== announcements"
$B ip neigh flush all; sleep 1
$A tcpdump -n -t -e -U -i eth0 -w arp.pcap arp 2>err & cap=$!
until grep -q listening err 2>/dev/null; do sleep 0.2; done
$A arping -U -c 2 -I eth0 10.0.0.1; echo "rc=$?"
$B ip neigh show
$B sysctl -qw net.ipv4.conf.eth0.arp_accept=1
$A arping -U -c 1 -I eth0 10.0.0.1; echo "rc=$?"
sleep 1
$B ip neigh show
$A arping -A -c 1 -I eth0 10.0.0.1; echo "rc=$?"
ip -n a addr add 10.0.0.60/24 dev eth0
$A arping -c 1 -s 10.0.0.60 -I eth0 10.0.0.2 | clean
sleep 2; kill -INT $cap; wait $cap
tcpdump -n -t -e -r arp.pcap 2>/dev/null
echo "== wrong"
$A arping -c 1 -I lo 127.0.0.1; echo "rc=$?"
$A arping -c 1 -I eth9 10.0.0.2; echo "rc=$?"
$A arping -c 1 -s 10.0.0.99 -I eth0 10.0.0.2; echo "rc=$?"
$A arping -c 1 nosuchhost.invalid.; echo "rc=$?"
ip -n a link set eth0 down
$A arping -c 1 -I eth0 10.0.0.2; echo "rc=$?"
