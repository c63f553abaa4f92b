# tcpdump beside other commands: filters, any, -e, -v, -q, pipes, files, counters.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
listening() { until grep -q listening err 2>/dev/null; do sleep 0.2; done; }
cap() { rm -f err; $A tcpdump "$@" >out 2>err & cap=$!; listening; }
end() { sleep 3; kill -INT $cap; wait $cap; echo "rc=$?"; sed -E 's/ id [0-9]+,/ id N,/g; s/^[0-9:.]{15} /T /; s/\[(bad udp cksum 0x[0-9a-f]+ -> 0x[0-9a-f]+!|udp sum ok)\]/[CKSUM]/' out; cat err; }
$A ping -c 1 10.0.0.2 >/dev/null
echo "== icmp with -e"
cap -n -l -e -i eth0 icmp
$A ping -c 1 10.0.0.2 >/dev/null
end
echo "== any"
cap -n -l -i any icmp
$A ping -c 1 10.0.0.2 >/dev/null; $A ping -c 1 127.0.0.1 >/dev/null
end
echo "== -c ends it"
rm -f err
$A tcpdump -n -t -l -c 2 -i eth0 icmp >out 2>err & cap=$!; listening
$A ping -c 3 -i 0.3 10.0.0.2 >/dev/null
wait $cap; echo "rc=$?"; sed -E 's/ id [0-9]+,/ id N,/g' out; tail -n 3 err | sed 's/^[34] packets received/N packets received/'
echo "== -v, -vv, -q"
for o in -v -vv -q; do
cap -n -t $o -i eth0 udp or icmp
echo data | $A nc -n -u -w 1 -p 4000 10.0.0.2 5000
end
done
echo "== hosts, nets, ports"
cap -n -t -i eth0 'udp and src net 10.0.0.0/30 and dst portrange 5000-5001 and not port 5001'
for p in 4999 5000 5001 5002; do echo x | $A nc -n -u -w 1 -p 4000 10.0.0.2 $p; done
end
echo "== -Q"
cap -n -t -Q in -i eth0 icmp
$A ping -c 1 10.0.0.2 >/dev/null
end
echo "== ARP"
$A ip neigh flush dev eth0; sleep 1
cap -n -t -e -i eth0 arp and src host 10.0.0.1
$A ping -c 1 10.0.0.2 >/dev/null
end
echo "== to a file and through a pipe"
rm -f err
$A tcpdump -n -i eth0 -w cap.pcap -c 4 icmp 2>err & cap=$!; listening
$A ping -c 2 -i 0.3 10.0.0.2 >/dev/null
wait $cap; cat err | sed 's/^[45] packets received/N packets received/'
tcpdump -n -t -r cap.pcap 'icmp[icmptype] = icmp-echo' 2>/dev/null | sed -E 's/ id [0-9]+,/ id N,/g'
tcpdump -n -r cap.pcap -w - 'src 10.0.0.2' 2>/dev/null | tcpdump -n -t -r - 2>&1 | sed -E 's/ id [0-9]+,/ id N,/g'
echo "== it reads line by line while it goes on"
rm -f err
$A bash -c 'echo $$ >pid; exec tcpdump -n -t -l -i eth0 icmp' 2>err | while read -r l; do echo "got ${l%%,*}"; done & 
listening
$A ping -c 1 10.0.0.2 >/dev/null
sleep 2; kill -INT $(cat pid); wait
