# Rules of one chain that match, and that do not.
iptables -A FORWARD -s 10.0.9.0/24 -j DROP
iptables -A FORWARD -p udp
iptables -A FORWARD ! -i v1 -p icmp -j ACCEPT
iptables -A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT
iptables -A FORWARD -i v1 -o v0
iptables -A FORWARD -p icmp -m icmp --icmp-type 0 -j RETURN
iptables -A FORWARD -p icmp -j DROP
iptables -A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT
iptables -A INPUT -j DROP
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec a ping -c 1 -W 1 10.0.0.254
ip netns exec a nc -w 1 10.0.1.1 80
