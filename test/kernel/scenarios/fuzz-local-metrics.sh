# Metrics count for what is sent to a local or a broadcast address as well: `ip route get` shows them, packets over lo are
# cut to the mtu and leave with the hop limit. They do not count for what comes in, for 255.255.255.255, and for groups
# that go by a default route.
# native
ip link set lo up
ip link add va type veth peer name vb
ip link set va up
ip link set vb up
ip addr add 10.1.0.1/24 dev va
ip addr add 10.3.0.1/24 dev lo
sysctl -qw net.ipv4.ip_forward=1

echo "== local"
ip route replace local 10.0.0.0/24 dev lo mtu lock 600 advmss 500 rtt 30ms hoplimit 33
ip route get 10.0.0.255
ip -d route get 10.0.0.5
ip -j -p route get 10.0.0.5
ip route get 10.0.0.5 from 10.1.0.1
ip route get 10.0.0.3 from 10.8.8.8 iif vb
ip route add local 10.5.0.0/24 dev va mtu 650
ip route get 10.5.0.3
ip route get 10.5.0.3 from 10.8.8.8 iif vb

echo "== broadcast"
ip route add broadcast 10.7.0.255 dev va mtu 700
ip route get 10.7.0.255
ip route replace broadcast 10.1.0.255 dev va table local mtu 700
ip route get 10.1.0.255
ping -b -c1 -W1 -s 1000 -M do 10.1.0.255
ip route get 255.255.255.255

echo "== groups"
ip route add multicast 224.0.1.0/24 dev va mtu 800
ip route get 224.0.1.1
ip route add 224.0.0.0/3 dev va mtu 850
ip route get 225.0.5.1
ip route get 240.0.5.1

echo "== default route"
ip route add default via 10.1.0.2 dev va mtu 1300 hoplimit 9
ip route get 255.255.255.255
ip route get 255.255.255.255 oif va
ip route get 230.0.0.1
ip route get 8.8.8.8

echo "== traffic"
cd "$(mktemp -d)"
ip route replace local 10.3.0.1 dev lo table local mtu 700 hoplimit 7
tcpdump -lnn -i lo > capture 2>/dev/null &
sleep 1
ping -c1 -W1 -s 1000 -M do 10.3.0.1 | sed 's/time=.*//'
ping -c1 -W1 -s 1000 10.3.0.1 | sed 's/time=.*//'
sleep 1
kill %1
wait
sed 's/^[^ ]* //; s/ id [0-9]*,//' capture
