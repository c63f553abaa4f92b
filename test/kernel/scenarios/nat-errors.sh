# ICMP errors about translated packets: the sender sees the datagram that it sent.
# native
# include: nat
ip -n s route add default via 10.2.0.1
ip netns add f; ip -n f link set lo up; F="ip netns exec f"
ip link add a4 netns f type veth peer name s4 netns s
ip -n s addr add 10.4.0.1/24 dev s4; ip -n s link set s4 up
ip -n f addr add 10.4.0.2/24 dev a4; ip -n f link set a4 up
ip -n f route add default via 10.4.0.1
ip -n r route add 10.4.0.0/24 via 10.2.0.2
$s sysctl -qw net.ipv4.ip_forward=1
seen() { sleep 1.2; kill -INT $!; wait $! 2>/dev/null; sed -E 's/ id [0-9]+,/ id N,/; s/id [0-9]+, seq/id I, seq/; /^$/d' cap; }
cap() { rm -f err; ip netns exec "$1" tcpdump -n -t -v -l -i "$2" icmp >cap 2>err & until grep -q listening err 2>/dev/null; do sleep 0.1; done; }
$r iptables -t nat -A POSTROUTING -o r2 -j SNAT --to-source 10.2.0.1
$r iptables -t nat -A PREROUTING -i r1 -d 10.9.0.1 -p udp -j DNAT --to-destination 10.4.0.2:4000
$r iptables -t nat -A PREROUTING -i r1 -d 10.9.0.1 -j DNAT --to-destination 10.4.0.2
echo "== ttl exceeded behind SNAT"
cap c a1; $c ping -c 1 -W 1 -e 5 -t 2 10.4.0.2 | sed -n 2p; seen
echo "== ttl exceeded at the router, and behind DNAT and SNAT"
cap c a1; $c ping -c 1 -W 1 -e 6 -t 1 10.9.0.1 | sed -n 2p; seen
cap c a1; $c ping -c 1 -W 1 -e 7 -t 2 10.9.0.1 | sed -n 2p; seen
echo "== port unreachable"
cap c a1; ask c 5000 10.9.0.1 33; echo "rc=$?"; seen
echo "== what the middle sees"
cap s a2; ask c 5001 10.9.0.1 33; echo "rc=$?"; seen
echo "== a connection refused is no ICMP, a prohibited one is"
ip -n r route add 10.5.0.1 via 10.2.0.2; ip -n s route add prohibit 10.5.0.1
cap c a1; $c nc -n -w 2 -p 5002 10.5.0.1 80; echo "rc=$?"; seen | sed -E 's/seq [0-9]+/seq S/; s/cksum [^,]*,/cksum,/; s/TS val [0-9]+/TS val V/; s/wscale [0-9]+/wscale W/'
echo "== fragmentation needed"
ip -n s link set s4 mtu 1300
ip -n f link set a4 mtu 1300
cap c a1; $c ping -c 2 -i 0.5 -W 1 -e 8 -M do -s 1400 10.9.0.1 2>&1 | sed -n 2,3p; seen
echo "== and back: an error about an answer"
ip -n c link set a1 mtu 1200
ip -n r link set r1 mtu 1200
cap s a2; $c ping -c 1 -W 1 -e 9 -s 1172 10.4.0.2 | sed -n '$!d; p' | sed 's/rtt.*//'; seen
ct
$r iptables-save -c -t nat | grep -v '^#'
