# A connect that nobody answers: SYNs at 0, 1, 3, 7 s; how many and how long, tcp_syn_retries decides.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
ip -n a neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev eth0
echo "== with two retries"
$A sysctl -w net.ipv4.tcp_syn_retries=2
$A tcpdump -n -U -i eth0 -w syn.pcap tcp 2>err & cap=$!
until grep -q listening err 2>/dev/null; do sleep 0.2; done
start=$SECONDS
$A nc -n -z -v 10.0.0.77 80; echo "rc=$?"
took=$((SECONDS - start)); echo "$(( (took + 1) / 4 * 4 )) to $(( (took + 1) / 4 * 4 + 3 )) seconds"
sleep 2
kill -INT $cap; wait $cap
tcpdump -n -t -r syn.pcap 2>/dev/null | sed 's/[0-9]* > /P > /; s/seq [0-9]*/seq N/; s/TS val [0-9]* ecr 0/TS val N ecr 0/'
echo "== what it says with -w"
$A nc -n -z -v -w 1 10.0.0.77 80; echo "rc=$?"
echo "== one retry, socat"
$A sysctl -qw net.ipv4.tcp_syn_retries=1
$A socat -u - TCP4:10.0.0.77:80 </dev/null; echo "rc=$?"
echo "== a stateless answer: RST, and a namespace without the address"
$A nc -n -v -z 10.0.0.2 99; echo "rc=$?"
ip -n a route add 10.5.0.0/16 via 10.0.0.2
$A nc -n -v -z -w 5 10.5.0.1 99; echo "rc=$?"
$B sysctl -qw net.ipv4.ip_forward=1
$A nc -n -v -z -w 5 10.5.0.1 99; echo "rc=$?"
