# REDIRECT: to the machine itself, whatever the destination was.
# native
# include: nat
$r socat UDP4-LISTEN:5353,fork EXEC:cat 2>/dev/null & listening r 5353
$r nc -n -v -l -k 3128 2>log <<<proxy & listening r 3128
$r ip addr add 10.1.0.9/24 dev r1
$r iptables -t nat -A PREROUTING -i r1 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128
$r iptables -t nat -A PREROUTING -i r1 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353
$r iptables -t nat -A PREROUTING -i r1 -p icmp -j REDIRECT
$r iptables -t nat -A OUTPUT -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353
$r iptables -t nat -A OUTPUT -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128
$r iptables -t nat -A OUTPUT -p icmp -d 192.0.2.1 -j REDIRECT
echo "== from the client"
$c nc -n -w 2 -p 5000 203.0.113.1 80 </dev/null
cat log
ask c 5000 203.0.113.2 53
$c ping -c 2 -i 0.2 -e 1 203.0.113.3
echo "== from the machine itself"
ip -n r route add default via 10.2.0.2
ask r 5000 203.0.113.2 53
$r nc -n -w 2 -p 5001 203.0.113.1 80 </dev/null
tail -n 1 log
$r ping -c 1 -W 1 -e 2 192.0.2.1
echo "== a device without an address"
$r ip addr flush dev r1
$r ip route add 10.1.0.0/24 dev r1
$c ip neigh replace 10.1.0.1 lladdr $(ip -n r -br link show r1 | { read -r a b m d; echo $m; }) dev a1
$c ping -q -c 1 -W 1 -e 3 203.0.113.3 | sed -n 4p
ct
$r iptables-save -c -t nat | grep -v '^#'
kill $(jobs -p); wait 2>/dev/null
