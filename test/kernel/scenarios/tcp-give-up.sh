# How long a connection goes on when nobody answers any more, with the default tcp_retries2 (15): a quarter of an hour.
# native
# takes: 1000
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
$B nc -n -l 10.0.0.2 80 >got & server=$!
sleep 1
(echo before; sleep 3; echo after; sleep 960) | $A nc -n 10.0.0.2 80 2>said &
sleep 1
echo "== it works"
cat got
$A ss -Htn | awk '{print $1, $2, $3}'
echo "== from now on frames for b have an address that is nobody's"
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:99 nud permanent dev eth0
$A tcpdump -n -tt -U -i eth0 -w gone.pcap tcp 2>err & cap=$!
sleep 60
$A ss -Htn | awk '{print $1, $2, $3}'
sleep 840
$A ss -Htn | awk '{print $1, $2, $3}'
sleep 55
$A ss -Htn | awk '{print $1, $2, $3}'
cat said
echo "== how often it was sent, and the gaps, in steps of 20 seconds"
kill -INT $cap; wait $cap
tcpdump -n -tt -r gone.pcap 2>/dev/null | awk '{ if (NR > 1) printf "%d ", int(($1 - t + 10) / 20) * 20; t = $1 } END { print NR }'
tcpdump -n -r gone.pcap 2>/dev/null | grep -o 'Flags.*, seq [0-9]*' | sed 's/seq [0-9]*/seq N/' | sort | uniq -c | awk '{$1 = $1; print}'
kill $server
