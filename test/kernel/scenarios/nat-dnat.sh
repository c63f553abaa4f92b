# DNAT: port forwarding, from outside and from the router itself; established connections do not see rules.
# native
# include: nat
ip -n s route add default via 10.2.0.1
$s nc -n -v -l -k 8080 2>log <<<answer & listening s 8080
$s socat UDP4-LISTEN:53,fork EXEC:cat & listening s 53
dnat() { $r iptables -t nat -A "$@"; }
dnat PREROUTING -i r1 -d 10.1.0.1 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.2.0.2:8080
dnat PREROUTING -i r1 -d 10.1.0.1 -p udp -m udp --dport 1000:1999 -j DNAT --to-destination 10.2.0.2:53
dnat PREROUTING -i r1 -d 10.1.0.100 -j DNAT --to-destination 10.2.0.2
dnat OUTPUT -d 10.1.0.100 -j DNAT --to-destination 10.2.0.2
dnat OUTPUT -p udp -m udp -d 10.2.0.99 --dport 5 -j DNAT --to-destination :53
ip -n c route add 10.1.0.100 via 10.1.0.1
echo "== a port"
$c nc -n -w 2 -p 5000 10.1.0.1 80 </dev/null
cat log
echo "== ports"
ask c 5000 10.1.0.1 1000
ask c 5001 10.1.0.1 1999
# the server would take this for the first one: the source port has to change
ask c 5000 10.1.0.1 1998
$r conntrack -L -p udp --dport 1998 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/; /dport=5000 /!s/dport=[0-9]+ mark/dport=N mark/'
ask c 5000 10.1.0.1 2000; echo "rc=$?"
echo "== an address"
$c ping -c 2 -i 0.2 -e 7 10.1.0.100
echo "== from the router itself"
$r ping -c 2 -i 0.2 -e 8 10.1.0.100
ask r 5000 10.1.0.100 53
echo "== a port alone"
ask r 5001 10.2.0.99 5; echo "rc=$?"
echo "== nowhere to go"
dnat OUTPUT -d 10.1.0.101 -j DNAT --to-destination 192.0.2.1
$r ping -c 1 -W 1 -e 9 10.1.0.101 2>&1
ask r 5002 10.1.0.101 53; echo "rc=$?"
dnat OUTPUT -d 192.0.2.2 -j DNAT --to-destination 10.2.0.2
echo "== no way before the translation either: routing comes first"
$r ping -c 1 -W 1 -e 9 192.0.2.2 2>&1
ip -n r route add default via 10.2.0.2
$r ping -c 1 -W 1 -e 9 192.0.2.2 2>&1
echo "== a rule that comes later does not matter to a connection"
$c ping -c 4 -i 0.5 -e 10 10.1.0.100 >out & sleep 1
$r iptables -t nat -D PREROUTING -i r1 -d 10.1.0.100 -j DNAT --to-destination 10.2.0.2
wait $!
sed '/time/!d; s/time.*//' out
$c ping -c 1 -W 1 -e 11 10.1.0.100 | tail -n 2 | head -n 1
$r iptables-save -c -t nat | grep -v '^#'
echo "== without any rule there is no tracking, and no translation"
$c ping -c 4 -i 0.5 -e 12 10.1.0.1 >/dev/null
$r iptables -t nat -A PREROUTING -i r1 -d 10.1.0.100 -j DNAT --to-destination 10.2.0.2
$c ping -c 4 -i 0.5 -e 10 10.1.0.100 >out & sleep 0.8
$r iptables -t nat -F
wait $!
sed '/time/!d; s/time.*//' out
ct | grep -v dport=1998
$r iptables-save -c -t nat | grep -v '^#'
kill $(jobs -p); wait 2>/dev/null
