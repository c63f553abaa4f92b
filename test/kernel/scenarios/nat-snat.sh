# SNAT: requests leave with another address, answers find back; ports are kept where they can be.
# native
# include: nat
$r iptables -t nat -A POSTROUTING -o r2 -p icmp -j SNAT --to-source 10.2.0.1
$r iptables -t nat -A POSTROUTING -o r2 -p tcp -j SNAT --to-source 10.2.0.10
$r iptables -t nat -A POSTROUTING -o r2 -p udp -j SNAT --to-source 10.2.0.1:7000-7001
$r ip addr add 10.2.0.10/24 dev r2
$s nc -n -v -l -k 80 2>log80 <<<answer & listening s 80
$s socat UDP4-LISTEN:53,fork EXEC:cat & listening s 53
echo "== ping"
$c ping -c 3 -i 0.2 -e 77 10.2.0.2
$c ping -c 2 -i 0.2 -e 77 10.2.0.2
ct; $r iptables-save -c -t nat | grep ^.[0-9]
echo "== tcp keeps its port"
$c nc -n -w 2 -p 5000 10.2.0.2 80 </dev/null
cat log80
echo "== udp from a range of two ports"
ask c 7001 10.2.0.2 53
ask c 5000 10.2.0.2 53
echo "== the range is used up: the third has a port that is taken, its packet is dropped"
ask c 5001 10.2.0.2 53
echo "== but another destination is another flow"
ask c 5001 10.2.0.1 53
ask c 7000 10.2.0.2 54; echo "rc=$?"
$r conntrack -L -p udp 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/; s/port=700[01]/port=700X/g' | sort
echo "== the end"
$r conntrack -L -p icmp 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/' | sort
$r iptables-save -c -t nat | grep -v '^#'
kill $(jobs -p); wait 2>/dev/null
