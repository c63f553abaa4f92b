# Policies decide at the end of a chain of a table's own, after a RETURN as well.
iptables -P FORWARD DROP; iptables -P INPUT DROP; iptables -P OUTPUT DROP
iptables -A FORWARD -p icmp -i v0 -j ACCEPT
iptables -A FORWARD -p tcp -j RETURN
iptables -A INPUT -s 10.0.0.1 -p icmp -j ACCEPT
iptables -A OUTPUT -d 10.0.1.1 -p icmp -j ACCEPT
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec a ping -c 1 -W 1 10.0.0.254
ping -c 1 -W 1 10.0.1.1
