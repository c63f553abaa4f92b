# The rules of the chapter on Services (examples/services.sh), and kube-proxy's chains for two endpoints.
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -s 10.0.0.1 -d 10.96.0.9 -j DROP
iptables -A FORWARD -s 10.0.0.0/16 -d 10.0.0.0/16 -j ACCEPT
iptables -t nat -N KUBE-SERVICES; iptables -t nat -N KUBE-NODEPORTS; iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -N KUBE-MARK-MASQ; iptables -t nat -N KUBE-SVC-WEB; iptables -t nat -N KUBE-SEP-1; iptables -t nat -N KUBE-SEP-2
iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
iptables -t nat -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
iptables -t nat -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j KUBE-SVC-WEB
iptables -t nat -A KUBE-SERVICES -d 10.96.0.100/32 -p icmp -j KUBE-SVC-WEB
iptables -t nat -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
iptables -t nat -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-WEB
iptables -t nat -A KUBE-SVC-WEB ! -s 10.0.0.0/24 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SVC-WEB -m statistic --mode nth --every 2 --packet 0 -j KUBE-SEP-1
iptables -t nat -A KUBE-SVC-WEB -j KUBE-SEP-2
iptables -t nat -A KUBE-SEP-1 -s 10.0.1.1/32 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-1 -p icmp -j DNAT --to-destination 10.0.1.1
iptables -t nat -A KUBE-SEP-2 -s 10.0.0.1/32 -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.0.1.1:80
iptables -t nat -A KUBE-SEP-2 -p icmp -j DNAT --to-destination 10.0.1.1
iptables -t nat -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0
iptables -t nat -A KUBE-POSTROUTING -j MASQUERADE
# traffic
ip netns exec a ping -c 1 -W 1 10.96.0.100
ip netns exec a ping -c 1 -W 1 10.96.0.100
ping -c 1 -W 1 10.96.0.100
ip netns exec b ping -c 1 -W 1 10.96.0.100
ip netns exec a nc -w 1 10.0.0.254 30080
