# The states of a connection, and an error that is RELATED to one.
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables -A FORWARD -m conntrack --ctstate RELATED -m comment --comment "an error" -j ACCEPT
iptables -A FORWARD -m state --state NEW -p icmp
iptables -A FORWARD -m conntrack --ctstate NEW --ctdir ORIGINAL -j ACCEPT
iptables -A FORWARD -j DROP
iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT
iptables -A OUTPUT -m conntrack --ctstate ESTABLISHED
iptables -A OUTPUT -m conntrack --ctstate RELATED -j ACCEPT
# traffic
ip netns exec a ping -c 2 -i 0.2 -W 1 10.0.1.1
ip netns exec a ping -c 1 -W 1 10.0.0.254
ip netns exec a ping -c 1 -W 1 -t 1 10.0.1.1
echo x | ip netns exec a nc -u -w 1 10.0.1.1 5000
