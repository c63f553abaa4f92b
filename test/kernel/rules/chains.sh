# Jumps, goto and returns, nested: where each chain goes on.
iptables -N one; iptables -N two; iptables -N three; iptables -N four; iptables -N empty
iptables -A FORWARD -p tcp -j three
iptables -A FORWARD -j one
iptables -A FORWARD -p icmp
iptables -A FORWARD -g four
iptables -A FORWARD -j DROP
iptables -A one -p udp -j RETURN
iptables -A one -j empty
iptables -A one -p icmp -g two
iptables -A one -j DROP
iptables -A two -j three
iptables -A two -s 10.0.0.1 -j RETURN
iptables -A two -j ACCEPT
iptables -A three -p icmp -m icmp --icmp-type 8 -j RETURN
iptables -A three -p icmp
iptables -A four -m comment --comment last
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
