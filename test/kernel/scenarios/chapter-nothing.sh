#!/bin/bash
# The chapter "pod连接主机" with everything but nothing (the whole of it): what fails, and how it shows.
MISSING=nothing
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

echo "== pod to host"
ip netns exec ns1 ping -c 1 -W 2 192.168.6.160
echo "rc=$?"
sleep 2 # past the third ARP probe
ip -n ns1 neigh show | sed 's/REACHABLE\|DELAY\|STALE/USABLE/'

echo "== host to pod"
ping -c 1 -W 2 172.20.1.10
echo "rc=$?"
ip neigh show to 172.20.1.10 | sed 's/REACHABLE\|DELAY\|STALE/USABLE/'

echo "== pod to the gateway"
ip netns exec ns1 ping -c 1 -W 2 192.168.6.1
echo "rc=$?"

echo "== where the host would send the answer"
ip route get 172.20.1.10
echo "rc=$?"
cat /sys/class/net/veth-ns1/operstate
