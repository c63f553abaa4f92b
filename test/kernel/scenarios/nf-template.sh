# native
# After -j CT --zone a packet carries a template: what rules of the raw table make of it.
ip addr add 10.0.0.1/24 dev lo
iptables -t raw -A OUTPUT -m conntrack --ctstate INVALID
iptables -t raw -A OUTPUT -j CT --zone 1
for m in '--ctstate NEW' '! --ctstate NEW' '--ctstate INVALID' '--ctstate ESTABLISHED' '--ctstate UNTRACKED' '--ctdir ORIGINAL' '--ctdir REPLY' '--ctproto udp' '! --ctproto udp' '--ctproto 0' '--ctorigsrc 10.0.0.1' '--ctorigsrc 0.0.0.0' '--ctrepldst 0.0.0.0/0' '! --ctorigdst 10.0.0.1' '--ctorigdstport 9' '--ctorigdstport 0' '--ctstatus NONE' '! --ctstatus NONE' '--ctstatus CONFIRMED' '--ctstatus ASSURED' '--ctexpire 0' '! --ctexpire 0' '--ctexpire 1:100000'; do
  iptables -t raw -A OUTPUT -m conntrack $m
done
iptables -t raw -A OUTPUT -m state --state NEW
iptables -t raw -A OUTPUT -m state --state INVALID
iptables -t raw -A OUTPUT -m connmark --mark 0
iptables -t raw -A OUTPUT -m connmark ! --mark 0
iptables -t raw -A OUTPUT -m connmark --mark 5
iptables -t raw -A OUTPUT -j CONNMARK --set-mark 5
iptables -t raw -A OUTPUT -m connmark --mark 5
iptables -t raw -A OUTPUT -j CONNMARK --restore-mark
iptables -t raw -A OUTPUT -m mark --mark 5
echo x | nc -u -q 0 -w 1 10.0.0.1 9
echo '== one datagram and the error about it'
iptables-save -c -t raw | grep OUTPUT
echo '== a second one'
echo x | nc -u -q 0 -w 1 10.0.0.1 9
iptables-save -c -t raw | grep OUTPUT
echo '== connections'
conntrack -L 2>/dev/null
