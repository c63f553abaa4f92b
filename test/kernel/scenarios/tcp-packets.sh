# A short conversation segment by segment: options, windows, acknowledgements, FIN from either side, a refusal.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
$A tcpdump -n -U -i eth0 -w all.pcap tcp 2>err & cap=$!
until grep -q listening err 2>/dev/null; do sleep 0.2; done
$B nc -n -l 10.0.0.2 80 >got & sleep 2
(sleep 2; echo hello; sleep 2; echo again; sleep 2) | $A nc -n -N -p 4001 10.0.0.2 80
wait $!
$B socat TCP4-LISTEN:81,reuseaddr EXEC:'echo bye' & sleep 2
$A nc -n -p 4002 10.0.0.2 81 </dev/null
$A nc -n -z -p 4003 10.0.0.2 82
sleep 2
kill -INT $cap; wait $cap
cat got
show() { echo "== $*"; tcpdump -n -t -r all.pcap "$@" 2>/dev/null | sed -E 's/TS val [0-9]+ ecr [0-9]+/TS/; s/(Flags \[S\.\].* ack) [0-9]+/\1 N/; s/ack [0-9]{4,}/ack N/; s/seq [0-9]{5,}/seq N/; s/id [0-9]+/id N/; s/cksum 0x[0-9a-f]+ \([^)]*\)/cksum/'; }
show port 4001
show -v port 4001
show port 4002 and 'tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-push) != 0'
show port 4003
show -q port 4001
show -S -e 'tcp[tcpflags] & tcp-syn != 0' | sed -E 's/seq [0-9]+/seq N/'
show -A 'tcp[tcpflags] & tcp-push != 0' | grep -a -o -E 'hello|again|bye'
