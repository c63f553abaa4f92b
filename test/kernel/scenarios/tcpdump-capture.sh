# Captures of ARP, ICMP, UDP and TCP between two namespaces, printed in several ways from one savefile.
ip netns add a
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 netns a
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
ip -n a addr add 10.0.0.2/24 dev v1
ip -n a link set v1 up
ip -n a link set lo up
cd "$(mktemp -d)"
tcpdump -n -U -i v0 -w all.pcap not ip6 2>err &
until grep -q listening err 2>/dev/null; do sleep 0.2; done
ping -c 2 -i 0.3 10.0.0.2 >/dev/null
echo hello | nc -u -w 1 -p 4000 10.0.0.2 5000
nc -w 1 10.0.0.2 81 </dev/null
sleep 3
kill -INT %1
wait
show() { echo "== $*"; tcpdump -r all.pcap "$@" 2>&1 | sed 's/ id [0-9]*/ id N/'; }
echo "== count"; tcpdump --count -r all.pcap 2>&1
show -n -t icmp
show -n -t -e arp
show -n -t arp and not broadcast
show -n -t udp
show -n -t icmp[0] = 3
show -n -t -q udp or 'icmp[icmptype] = icmp-unreach'
show -n -t 'tcp[tcpflags] & tcp-rst != 0' | sed 's/\.[0-9]* >/.PORT >/; s/> 10.0.0.1\.[0-9]*:/> 10.0.0.1.PORT:/; s/ack [0-9]*/ack N/'
show -n -t src host 10.0.0.2 and icmp
show -n -t less 50
show -n -t greater 99
show -n -t port 5000 or 81 | wc -l
show -n -t -X udp port 5000 | tail -n +3 | cut -c 1-8
