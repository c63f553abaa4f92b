#!/bin/bash
# Services by hand: the chapter "service原理" (how a Service works), command by command, and what it says of NetworkPolicy.
# Runs as root on a freshly booted machine, or in netsim: netsim run --trace=text examples/services.sh
# What differs from the article: its endless pings get -c, and "www.baidu.com" is the gateway outside.

say() { printf '\n### %s\n' "$*"; }

say "The author's host: NIC ens3 192.168.6.160/24, a default route to a gateway"
ip netns add gw
ip link add ens3 type veth peer name lan0 netns gw
ip addr add 192.168.6.160/24 dev ens3
ip link set ens3 up
ip -n gw addr add 192.168.6.1/24 dev lan0
ip -n gw link set lan0 up
ip route add default via 192.168.6.1

say "Two pods, each behind a veth pair with proxy_arp"
for n in "a 10" "b 11"; do
  set -- $n
  ip netns add pod-$1
  ip link add eth0 type veth peer name veth-pod-$1
  ip link set eth0 netns pod-$1
  ip link set veth-pod-$1 up
  ip netns exec pod-$1 ip addr add 10.244.1.$2/24 dev eth0
  ip netns exec pod-$1 ip link set eth0 up
  ip netns exec pod-$1 ip link set lo up
  ip netns exec pod-$1 ip route add default via 169.254.10.24 dev eth0 onlink
  echo 1 > /proc/sys/net/ipv4/conf/veth-pod-$1/proxy_arp
  echo 0 > /proc/sys/net/ipv4/neigh/veth-pod-$1/proxy_delay
  ip route add 10.244.1.$2 dev veth-pod-$1
done
echo 1 > /proc/sys/net/ipv4/ip_forward
iptables -I FORWARD -s 10.244.0.0/16 -d 10.244.0.0/16 -j ACCEPT
ip netns exec pod-a ping -c 1 10.244.1.11

say "1. Out of the cluster: without SNAT the answer finds no way back"
ip netns exec pod-a ping -c 1 -W 1 192.168.6.1
echo "exit code $?"
iptables -A POSTROUTING -t nat -s 10.244.1.0/24 -o ens3 -j MASQUERADE
ip netns exec pod-a ping -c 1 192.168.6.1

say "2. A clusterIP: DNAT in PREROUTING sends 10.96.0.100 to pod-b"
iptables -A PREROUTING -t nat -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
ip netns exec pod-a ping -c 1 10.96.0.100

say "3. The host itself does not pass PREROUTING: it needs the rule in OUTPUT"
ping -c 1 -W 1 10.96.0.100
echo "exit code $?"
iptables -A OUTPUT -t nat -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
ping -c 1 10.96.0.100

say "4. Hairpin: pod-b asks for itself by the clusterIP, and drops its own address as a source from outside"
ip netns exec pod-b ping -c 1 -W 1 10.96.0.100
echo "exit code $?"
say "The masquerade gives it another source"
iptables -A POSTROUTING -t nat -d 10.244.1.11 -s 10.244.1.11 -j MASQUERADE
ip netns exec pod-b ping -c 1 10.96.0.100

say "5. NodePort: port 33888 of every address of the host"
iptables -A OUTPUT -t nat -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 33888 -j DNAT --to-destination 10.244.1.11:80
iptables -A PREROUTING -t nat -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 33888 -j DNAT --to-destination 10.244.1.11:80
ip netns exec pod-b nohup socat TCP4-LISTEN:80,fork exec:cat 2>/dev/null &
sleep 1
echo hello | nc -N 192.168.6.160 33888
echo "hello world" | ip netns exec pod-a nc -N 192.168.6.160 33888
sleep 1

say "6. A policy on the pod's address stops the clusterIP too; one on the clusterIP never meets a packet"
iptables -I FORWARD -d 10.96.0.100 -j DROP
iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP
ip netns exec pod-a ping -c 1 -W 1 10.96.0.100
echo "exit code $?"
iptables -L FORWARD -n -v

say "7. It stops the answers to pod-b as well, until established connections are let through first"
ip netns exec pod-b ping -c 1 -W 1 10.244.1.10
echo "exit code $?"
iptables -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ip netns exec pod-b ping -c 1 10.244.1.10
ip netns exec pod-a ping -c 1 -W 1 10.244.1.11
echo "exit code $?"
kill $(jobs -p)
