# Sets and packets: a (10.0.0.1, 10.0.0.11) - r - b (10.0.1.1); r's rules ask sets and change them.
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

echo "== hash:ip with counters"
ipset create ip hash:ip counters initval 0x1
ipset add ip 10.0.0.1
iptables -A FORWARD -m set --match-set ip src
iptables -A FORWARD -m set --match-set ip dst
iptables -A FORWARD -m set ! --match-set ip src
iptables -A FORWARD -m set --match-set ip src ! --update-counters
iptables -A FORWARD -m set --match-set ip src --packets-gt 3
iptables -A FORWARD -m set --match-set ip src ! --update-counters --packets-eq 2
iptables -A FORWARD -m set --match-set ip src --bytes-lt 300
iptables -A FORWARD -m set --match-set ip src ! --bytes-eq 84
go 10.0.0.1; go 10.0.0.1; go 10.0.0.11
iptables -nvxL FORWARD
ipset list ip
iptables -F; ipset destroy

echo "== hash:net with nomatch"
ipset create net hash:net counters initval 0x1
ipset add net 10.0.0.0/24; ipset add net 10.0.0.8/29 nomatch; ipset add net 10.0.1.0/24
iptables -A FORWARD -m set --match-set net src -m set --match-set net dst
iptables -A FORWARD -m set --match-set net src
iptables -A FORWARD -m set --match-set net src --return-nomatch
iptables -A FORWARD -m set ! --match-set net src
go 10.0.0.1; go 10.0.0.11
iptables -nvxL FORWARD
ipset list net -s
iptables -F; ipset destroy

echo "== ports"
ipset create ipport hash:ip,port initval 0x1; ipset create netport hash:net,port initval 0x1
ipset create ipportip hash:ip,port,ip initval 0x1; ipset create netnet hash:net,net initval 0x1
ipset create bm bitmap:port range 0-1023; ipset create bi bitmap:ip range 10.0.0.0/24
ipset add ipport 10.0.1.1,icmp:ping; ipset add ipport 10.0.1.1,udp:53
ipset add netport 10.0.1.0/24,icmp:ping; ipset add netport 10.0.1.0/24,udp:50-60; ipset add netport 10.0.1.0/25,udp:53 nomatch
ipset add ipportip 10.0.1.1,icmp:ping,10.0.0.1; ipset add ipportip 10.0.1.1,udp:53,10.0.0.1
ipset add netnet 10.0.0.0/24,10.0.1.0/24; ipset add netnet 10.0.0.0/28,10.0.1.1 nomatch
ipset add bm 53; ipset add bi 10.0.0.1
iptables -A FORWARD -m set --match-set ipport dst,dst
iptables -A FORWARD -m set --match-set ipport src,src
iptables -A FORWARD -m set --match-set ipport dst
iptables -A FORWARD -m set --match-set netport dst,dst
iptables -A FORWARD -m set --match-set ipportip dst,dst,src
iptables -A FORWARD -m set --match-set ipportip src,dst,dst
iptables -A FORWARD -m set --match-set netnet src,dst
iptables -A FORWARD -m set --match-set netnet src,dst --return-nomatch
iptables -A FORWARD -m set --match-set netnet dst,src
iptables -A FORWARD -m set --match-set bm dst
iptables -A FORWARD -m set --match-set bm src
iptables -A FORWARD -m set --match-set bi src
go 10.0.0.1; go 10.0.0.11
udp() { echo x | ip netns exec a timeout 1 nc -u -w1 -s "$1" 10.0.1.1 "$2" > /dev/null 2>&1; }
udp 10.0.0.1 53; udp 10.0.0.1 54; udp 10.0.0.11 53
iptables -nvxL FORWARD
iptables -F; ipset destroy

echo "== list:set"
ipset create i hash:ip counters initval 0x1; ipset create n hash:net counters initval 0x1; ipset create l list:set counters
ipset add i 10.0.0.1; ipset add n 10.0.0.0/24; ipset add n 10.0.0.11 nomatch; ipset add l i; ipset add l n
iptables -A FORWARD -m set --match-set l src
go 10.0.0.1; go 10.0.0.11; iptables -nvxL FORWARD; ipset list -s; iptables -F
iptables -A FORWARD -m set --match-set l src ! --update-subcounters
go 10.0.0.1; iptables -nvxL FORWARD; ipset list -s; iptables -F
iptables -A FORWARD -m set --match-set l src ! --update-counters
go 10.0.0.1; iptables -nvxL FORWARD; ipset list -s; iptables -F
iptables -A FORWARD -m set --match-set l src --packets-gt 2
go 10.0.0.1; iptables -nvxL FORWARD; ipset list -s; iptables -F
iptables -A FORWARD -m set --match-set l src --return-nomatch
go 10.0.0.11; iptables -nvxL FORWARD; ipset list -s
iptables -F; ipset destroy l; ipset destroy

echo "== a chain that drops what is in a set"
ipset create ban hash:ip initval 0x1
iptables -A FORWARD -m set --match-set ban src -j DROP
go 10.0.0.1; ipset add ban 10.0.0.1; go 10.0.0.1; go 10.0.0.11; ipset del ban 10.0.0.1; go 10.0.0.1
ipset create new hash:ip initval 0x1; ipset add new 10.0.0.11; ipset swap new ban; go 10.0.0.1; go 10.0.0.11
ipset list; iptables -nvxL FORWARD; ipset destroy ban; iptables -F; ipset destroy
