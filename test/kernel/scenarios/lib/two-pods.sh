# The author's host with two addresses, a gateway, and two pods behind veth pairs with proxy_arp (the chapter "service原理").
ip netns add gw
ip link add ens3 type veth peer name lan0 netns gw
ip addr add 192.168.6.160/24 dev ens3
ip addr add 10.0.2.15/24 dev ens3
ip link set ens3 up
ip -n gw addr add 192.168.6.1/24 dev lan0
ip -n gw link set lan0 up
ip route add default via 192.168.6.1
echo 1 > /proc/sys/net/ipv4/ip_forward
for n in "a 10" "b 11"; do
  set -- $n
  ip netns add pod-$1
  ip link add eth0 type veth peer name veth-pod-$1
  ip link set eth0 netns pod-$1
  ip link set veth-pod-$1 up
  ip -n pod-$1 addr add 10.244.1.$2/24 dev eth0
  ip -n pod-$1 link set eth0 up
  ip -n pod-$1 link set lo up
  ip -n pod-$1 route add default via 169.254.10.24 dev eth0 onlink
  echo 1 > /proc/sys/net/ipv4/conf/veth-pod-$1/proxy_arp
  echo 0 > /proc/sys/net/ipv4/neigh/veth-pod-$1/proxy_delay
  ip route add 10.244.1.$2 dev veth-pod-$1
done
# ask NS ADDRESS: two pings, one after the other
ask() {
  if [ "$1" = host ]; then ping -c 2 -i 0.2 -W 1 $2; else ip netns exec $1 ping -c 2 -i 0.2 -W 1 $2; fi
  echo "rc=$?"
}
# say NS ADDRESS PORT: one line to an echo server
say() {
  if [ "$1" = host ]; then echo hello | timeout 5 nc -v -N -w 2 $2 $3; else echo hello | ip netns exec $1 timeout 5 nc -v -N -w 2 $2 $3; fi 2>&1
  echo "rc=$?"
  sleep 0.5
}
counters() { iptables-save -c | grep -- '^\[.*-A' ; }
