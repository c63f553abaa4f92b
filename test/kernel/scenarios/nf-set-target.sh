# -j SET: packets put themselves into sets, out of them, and take marks from them; timeouts.
ip netns add a; ip netns add b
ip link add ra type veth peer name a0 netns a
ip link add rb type veth peer name b0 netns b
ip addr add 10.0.0.254/24 dev ra; ip link set ra up
ip addr add 10.0.1.254/24 dev rb; ip link set rb up
ip -n a addr add 10.0.0.1/24 dev a0; ip -n a addr add 10.0.0.11/24 dev a0; ip -n a link set a0 up; ip -n a route add default via 10.0.0.254
ip -n b addr add 10.0.1.1/24 dev b0; ip -n b link set b0 up; ip -n b route add default via 10.0.1.254
sysctl -qw net.ipv4.ip_forward=1
ip netns exec a ping -c1 -W1 10.0.1.1 > /dev/null
go() { ip netns exec a ping -c1 -W1 -I "$1" 10.0.1.1 > /dev/null; echo "ping from $1: $?"; }

echo "== add and del"
ipset create seen hash:ip counters initval 0x1; ipset create pair hash:ip,port initval 0x1; ipset create nets hash:net initval 0x1
ipset create bits bitmap:ip range 10.0.0.0/24; ipset create ports bitmap:port range 0-100; ipset create two hash:net,net initval 0x1
iptables -A FORWARD -j SET --add-set seen src
iptables -A FORWARD -j SET --add-set pair src,dst
iptables -A FORWARD -j SET --add-set nets src
iptables -A FORWARD -j SET --add-set bits src
iptables -A FORWARD -j SET --add-set ports dst
iptables -A FORWARD -j SET --add-set two src,dst
go 10.0.0.1; go 10.0.0.11; go 10.0.0.1
ipset list -s
iptables -nvxL FORWARD
iptables -F
iptables -A FORWARD -j SET --add-set seen src --exist
go 10.0.0.1; ipset list -s seen
ipset add nets 10.0.0.0/16; ipset flush nets; ipset add nets 10.0.0.0/16
iptables -F; iptables -A FORWARD -j SET --add-set nets src,dst
go 10.0.0.11; ipset list -s nets
iptables -F; iptables -A FORWARD -j SET --del-set seen src
go 10.0.0.1; ipset list -s seen
iptables -F; iptables -A FORWARD -j SET --add-set nets dst --del-set seen src
go 10.0.0.11; ipset list seen; ipset list -s nets
iptables -F; ipset destroy

echo "== timeouts"
ipset create t hash:ip timeout 12 initval 0x1; ipset create n hash:net timeout 0 initval 0x1; ipset create b bitmap:ip range 10.0.0.0/24 timeout 12
ipset add t 10.0.0.1; ipset add t 10.0.0.2 timeout 0; ipset add n 10.0.0.0/24 timeout 12; ipset add b 10.0.0.1; ipset add b 10.0.0.2 timeout 600
iptables -A FORWARD -m set --match-set t src
iptables -A FORWARD -m set --match-set n src
iptables -A FORWARD -m set --match-set b src
go 10.0.0.1; ipset test t 10.0.0.1; ipset test n 10.0.0.7; ipset test b 10.0.0.1
sleep 16
go 10.0.0.1; ipset test t 10.0.0.1; ipset test n 10.0.0.7; ipset test b 10.0.0.1
iptables -nvxL FORWARD
ipset list t; ipset list n; ipset list b | sed 's/timeout 5[0-9]*/timeout T/'
ipset add t 10.0.0.1; ipset add t 10.0.0.1 2>&1; echo "rc=$?"; ipset del n 10.0.0.0/24; echo "rc=$?"
iptables -F; iptables -A FORWARD -j SET --add-set t src --timeout 12
ipset flush t; go 10.0.0.11; ipset test t 10.0.0.11; sleep 13; ipset test t 10.0.0.11
iptables -F; iptables -A FORWARD -j SET --add-set t src --exist --timeout 12
go 10.0.0.11; sleep 8; go 10.0.0.11; sleep 8; ipset test t 10.0.0.11
iptables -F; ipset destroy

echo "== mark and priority"
ipset create m hash:net skbinfo initval 0x1
ipset add m 10.0.0.1 skbmark 0x10/0xff skbprio 1:2; ipset add m 10.0.0.0/24 skbmark 0x20
iptables -t mangle -A FORWARD -j SET --map-set m src --map-mark --map-prio
iptables -A FORWARD -m mark --mark 0x10
iptables -A FORWARD -m mark --mark 0x20
iptables -A FORWARD -m mark --mark 0
go 10.0.0.1; go 10.0.0.11
iptables -nvxL FORWARD
iptables -F; iptables -t mangle -F; ipset destroy
