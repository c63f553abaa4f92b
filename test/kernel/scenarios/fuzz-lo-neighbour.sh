# Every neighbour of lo is one entry, 0.0.0.0: whoever gives it a MAC makes lo's packets somebody else's.
# native
ip link set lo up
show() { ip neigh show nud all; }
echo "== a MAC"
ip neigh add 10.0.0.1 lladdr 02:00:00:00:01:01 dev lo nud reachable
echo "rc=$?"
show
ping -n -c 1 -W 1 127.0.0.5
echo "rc=$?"
ip -s -s link show lo
echo "== add again, delete"
ip neigh add 10.0.0.1 lladdr 02:00:00:00:01:01 dev lo nud reachable
echo "rc=$?"
ip neigh del 10.0.0.1 dev lo
echo "rc=$?"
show
echo "== the broadcast MAC is lo's broadcast no more than another"
ip neigh replace 10.0.0.9 lladdr ff:ff:ff:ff:ff:ff dev lo
ping -n -c 1 -W 1 127.0.0.5
echo "rc=$?"
nc -n -z -v -w 1 127.0.0.5 9
echo "rc=$?"
iptables -A INPUT -m pkttype --pkt-type multicast
iptables -A INPUT -m pkttype --pkt-type broadcast
ping -n -c 1 -W 1 127.0.0.5
iptables-save -c | grep pkttype
echo "== flushed"
ip neigh flush dev lo
ip neigh del 10.0.0.1 dev lo
echo "rc=$?"
ip neigh del 0.0.0.0 dev lo
echo "rc=$?"
ping -n -c 1 -W 1 127.0.0.5
echo "rc=$?"
show
