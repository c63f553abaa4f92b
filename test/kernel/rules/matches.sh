# multiport, sets, every second packet, lengths, limits, comments.
ipset create hosts hash:ip; ipset add hosts 10.0.0.1; ipset create nets hash:net,port; ipset add nets 10.0.1.0/24,tcp:80
iptables -A FORWARD -m set --match-set hosts src -m statistic --mode nth --every 2 --packet 1 -j RETURN
iptables -A FORWARD -p tcp -m multiport --dports 22,80:90 -m set --match-set nets dst,dst -j ACCEPT
iptables -A FORWARD -p tcp -m multiport ! --dports 22,80
iptables -A FORWARD -m set ! --match-set hosts src -j ACCEPT
iptables -A FORWARD -m length --length 84:90
iptables -A FORWARD -m limit --limit 1/hour --limit-burst 1
iptables -A FORWARD -m iprange --src-range 10.0.0.1-10.0.0.9 -m pkttype --pkt-type unicast -j ACCEPT
# traffic
ip netns exec a ping -c 3 -i 0.2 -W 1 10.0.1.1
ip netns exec a nc -w 1 10.0.1.1 80
ip netns exec a nc -w 1 10.0.1.1 81
