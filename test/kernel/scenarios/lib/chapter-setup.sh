# A host, its gateway and a pod as in the chapter "pod连接主机", without the step that $MISSING names.
have() { [ "$MISSING" != "$1" ]; }
set_proxy_delay() { echo 0 > /proc/sys/net/ipv4/neigh/veth-ns1/proxy_delay; }

echo "== the host"
if have gateway; then
  ip netns add gw
  ip link add ens3 type veth peer name lan0 netns gw
  ip -n gw addr add 192.168.6.1/24 dev lan0
  ip -n gw link set lan0 up
else
  # a NIC whose other end nobody answers at
  ip link add ens3 type veth peer name lan0
  ip link set lan0 up
fi
ip addr add 192.168.6.160/24 dev ens3
ip link set ens3 up
have default-route && ip route add default via 192.168.6.1
have forwarding && echo 1 > /proc/sys/net/ipv4/ip_forward

echo "== the pod"
ip netns add ns1
ip link add ns1-eth0 type veth peer name veth-ns1
ip link set ns1-eth0 netns ns1
ip link set veth-ns1 up
ip netns exec ns1 ip addr add 172.20.1.10/24 dev ns1-eth0
ip netns exec ns1 ip link set ns1-eth0 up
ip netns exec ns1 ip route add default via 172.20.1.1 dev ns1-eth0
have proxy-arp && echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp
set_proxy_delay
have way-back && ip route add 172.20.1.10 dev veth-ns1
