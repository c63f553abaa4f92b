# Zones keep flows with the same addresses apart; -j CT --notrack leaves a flow without a connection.
ip link set lo up
iptables -A INPUT -m conntrack --ctstate UNTRACKED
iptables -t raw -A OUTPUT -p udp --dport 7777 -j CT --zone 5
iptables -t raw -A OUTPUT -p udp --dport 7778 -j CT --zone-orig 6
iptables -t raw -A OUTPUT -p udp --dport 7779 -j CT --notrack
for port in 7777 7778 7779; do echo x | nc -u -w1 -p 41000 127.0.0.1 $port; done
conntrack -C
conntrack -L -w 5
conntrack -L --orig-zone 6
conntrack -L -w 0
conntrack -L -p udp --dport 7779
conntrack -L -w 5 -o save
conntrack -L -w 5 -o xml
conntrack -L --orig-zone 6 -o save
conntrack -L --orig-zone 6 -o xml
iptables-save -c | grep UNTRACKED
conntrack -D -w 5
conntrack -D --orig-zone 6
conntrack -C
