# Long runs of rules that are told apart by one address or port: netsim skips them at once, and meets the same ones.
for i in {1..12}; do iptables -A FORWARD -d 10.0.2.$i -j DROP; done
iptables -A FORWARD -d 10.0.1.1
for i in {1..10}; do iptables -A FORWARD -d 10.0.1.$i -p tcp -m tcp --dport $((80 + i)) -j ACCEPT; done
for i in {1..10}; do iptables -A FORWARD -s 10.0.$((i / 8)).$i; done
iptables -A FORWARD -j ACCEPT
iptables -t nat -N services
iptables -t nat -A PREROUTING -j services
for i in {1..20}; do iptables -t nat -A services -d 10.96.0.$i -j DNAT --to-destination 10.0.1.$((i % 3)); done
iptables -t nat -A services -d 10.96.0.0/16 -j RETURN
# traffic
ip netns exec a ping -c 1 -W 1 10.0.1.1
ip netns exec a nc -w 1 10.0.1.1 81
ip netns exec a ping -c 1 -W 1 10.96.0.13
ip netns exec b ping -c 1 -W 1 10.0.0.1
