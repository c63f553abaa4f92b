# The chapters "pod访问外网", "service原理" and "解答上一篇问题", the failing steps too, each with what it counted.
# native
# include: two-pods
echo "== pods reach each other"
iptables -I FORWARD -s 10.244.0.0/16 -d 10.244.0.0/16 -j ACCEPT
ask pod-a 10.244.1.11
echo "== outside without SNAT"
ask pod-a 192.168.6.1
echo "== outside with SNAT"
iptables -t nat -A POSTROUTING -s 10.244.1.0/24 -o ens3 -j MASQUERADE
ask pod-a 192.168.6.1
conntrack -L -p icmp
echo "== clusterIP from a pod"
iptables -t nat -A PREROUTING -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
ask pod-a 10.96.0.100
conntrack -L -p icmp --orig-dst 10.96.0.100
counters
echo "== clusterIP from the host without the OUTPUT rule"
ask host 10.96.0.100
echo "== clusterIP from the host with it"
iptables -t nat -A OUTPUT -d 10.96.0.100 -j DNAT --to-destination 10.244.1.11
ask host 10.96.0.100
counters
echo "== hairpin without masquerade"
ip netns exec pod-b sysctl net.ipv4.conf.eth0.accept_local
ask pod-b 10.96.0.100
echo "== hairpin without masquerade, accept_local"
ip netns exec pod-b sysctl -w net.ipv4.conf.eth0.accept_local=1
ask pod-b 10.96.0.100
ip netns exec pod-b sysctl -w net.ipv4.conf.eth0.accept_local=0
echo "== hairpin with masquerade"
iptables -t nat -A POSTROUTING -d 10.244.1.11 -s 10.244.1.11 -j MASQUERADE
ask pod-b 10.96.0.100
counters
echo "== DNAT in POSTROUTING"
iptables -t nat -A POSTROUTING -d 192.168.8.163 -j DNAT --to-destination 192.168.8.162
echo "rc=$?"
echo "== nodePort"
iptables -t nat -A OUTPUT -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 33888 -j DNAT --to-destination 10.244.1.11:80
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 33888 -j DNAT --to-destination 10.244.1.11:80
ip netns exec pod-b socat TCP4-LISTEN:80,fork,reuseaddr exec:cat 2>/dev/null &
sleep 1
echo "== nodePort from the host"
say host 192.168.6.160 33888
say host 10.0.2.15 33888
say host 127.0.0.1 33888
echo "== nodePort from a pod"
say pod-a 192.168.6.160 33888
say pod-a 10.0.2.15 33888
echo "== nodePort from outside"
say gw 192.168.6.160 33888
echo "== nodePort hairpin"
say pod-b 192.168.6.160 33888
echo "== a port that nobody serves"
say pod-a 10.96.0.100 81
say host 192.168.6.160 33889
counters
echo "== policy on the clusterIP"
iptables -I FORWARD -s 10.244.1.10 -d 10.96.0.100 -j DROP
ask pod-a 10.96.0.100
iptables -L FORWARD -n -v
echo "== policy on the pod, from a pod"
iptables -I FORWARD -s 10.244.1.10 -d 10.244.1.11 -j DROP
ask pod-a 10.96.0.100
ask pod-a 10.244.1.11
iptables -L FORWARD -n -v
echo "== policy on the pod, from the host"
iptables -I OUTPUT -d 10.244.1.11 -p icmp -j DROP
ask host 10.96.0.100
iptables -D OUTPUT 1
echo "== the policy stops answers too"
ask pod-b 10.244.1.10
echo "== ESTABLISHED after the DROP"
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ask pod-b 10.244.1.10
echo "== ESTABLISHED before the DROP"
iptables -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
ask pod-b 10.244.1.10
ask pod-a 10.244.1.11
counters
kill %1
