# REJECT ends the walk; what it sends walks through OUTPUT.
iptables -A FORWARD -p icmp -j REJECT --reject-with icmp-admin-prohibited
iptables -A FORWARD -p tcp -m tcp --dport 80 -j REJECT --reject-with tcp-reset
iptables -A FORWARD -j DROP
iptables -A INPUT -j REJECT
iptables -A OUTPUT -p icmp -m icmp --icmp-type 3/13 -j ACCEPT
iptables -A OUTPUT -p icmp -m icmp --icmp-type 3
iptables -A OUTPUT -p tcp -j ACCEPT
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec a nc -w 1 10.0.1.1 80
ip netns exec a ping -c 1 -W 1 10.0.0.254
