#!/bin/bash
# A pod and its host: the chapter "pod连接主机" (connecting a pod to its host), command by command.
# Runs as root on a freshly booted machine, or in netsim: netsim run --trace=text examples/pod-to-host.sh
# What differs from the article: its docker and nsenter passages use ip netns, and its endless pings get -c.

say() { printf '\n### %s\n' "$*"; }

say "The author's host: NIC ens3 192.168.6.160/24, a default route to a gateway, forwarding on (Docker had set it)"
ip netns add gw
ip link add ens3 type veth peer name lan0 netns gw
ip addr add 192.168.6.160/24 dev ens3
ip link set ens3 up
ip -n gw addr add 192.168.6.1/24 dev lan0
ip -n gw link set lan0 up
ip route add default via 192.168.6.1
echo 1 > /proc/sys/net/ipv4/ip_forward

say "A new namespace has nothing but a lo that is down"
ip netns add ns1
ip netns exec ns1 ip link show

say "A veth pair connects it: one end in ns1, the other stays on the host"
ip link add ns1-eth0 type veth peer name veth-ns1
ip link set ns1-eth0 netns ns1
ip link set veth-ns1 up
ip netns exec ns1 ip addr add 172.20.1.10/24 dev ns1-eth0
ip netns exec ns1 ip link set ns1-eth0 up

say "1. No route: the packet is never made"
ip netns exec ns1 ping -c 1 192.168.6.160
echo "exit code $?"

say "A default route by a gateway that nobody has"
ip netns exec ns1 ip route add default via 172.20.1.1 dev ns1-eth0
ip netns exec ns1 ip route

say "2. A gateway that does not answer: ARP is asked three times, then the host is unreachable"
ip netns exec ns1 ping -c 1 192.168.6.160
echo "exit code $?"
ip netns exec ns1 ip neigh

say "proxy_arp on the host's end: it answers for the gateway with its own MAC"
echo 1 > /proc/sys/net/ipv4/conf/veth-ns1/proxy_arp

say "3. An answer that finds no way back: the host sends it to its default gateway"
ip netns exec ns1 ping -c 1 -W 2 192.168.6.160
echo "exit code $?"
ip netns exec ns1 ip neigh
ip link show veth-ns1

say "The last step: a direct route to the pod on the host"
ip route add 172.20.1.10 dev veth-ns1

say "4. Success, both ways"
ip netns exec ns1 ping -c 5 192.168.6.160
ping -c 5 172.20.1.10

say "Outside, nobody knows 172.20.1.10: the next chapter adds forwarding and source address translation"
ip netns exec ns1 ping -c 1 -W 1 192.168.6.1
echo "exit code $?"
