# Which port a connection gets: its own when that is free, else one of the same class; the one of the rule when it names one.
# native
# include: nat
for i in 3 4; do ip -n c addr add 10.1.0.$i/24 dev a1; done
$r iptables -t nat -A POSTROUTING -o r2 -p udp -m udp --dport 9000 -j SNAT --to-source 10.2.0.1:4242
$r iptables -t nat -A POSTROUTING -o r2 -p udp -m udp --dport 9001 -j MASQUERADE --random
$r iptables -t nat -A POSTROUTING -o r2 -p udp -m udp --dport 9002 -j MASQUERADE --to-ports 100-110 --random-fully
$r iptables -t nat -A POSTROUTING -o r2 -j MASQUERADE
$r iptables -t nat -A PREROUTING -i r1 -p udp -m udp -d 10.9.0.1 --dport 1000:1999 -j DNAT --to-destination 10.2.0.2:5000-5999/1000
$r iptables -t nat -A PREROUTING -i r1 -p udp -m udp -d 10.9.0.2 --dport 1000:1999 -j DNAT --to-destination 10.2.0.2:5000-5009/1005
say() { $c socat -u - "UDP4:$3:$4,bind=$1:$2" <<<x; sleep 0.1; }
# the port that the server sees, as a class
class() { while read -r p; do if ((p < 512)); then echo "$1 1-511"; elif ((p < 1024)); then echo "$1 600-1023: $((p >= 600))"; else echo "$1 1024-"; fi; done; }
got() { $r conntrack -L -p udp --orig-src "$1" --sport "$2" 2>/dev/null | sed -E 's/.*dport=([0-9]+) .*/\1/'; }
echo "== kept"
say 10.1.0.2 5000 10.2.0.2 53; got 10.1.0.2 5000
say 10.1.0.2 300 10.2.0.2 53; got 10.1.0.2 300
say 10.1.0.2 700 10.2.0.2 53; got 10.1.0.2 700
echo "== taken by another client"
say 10.1.0.3 5000 10.2.0.2 53; got 10.1.0.3 5000 | grep -vx 5000 | class 5000
say 10.1.0.3 300 10.2.0.2 53; got 10.1.0.3 300 | grep -vx 300 | class 300
say 10.1.0.3 700 10.2.0.2 53; got 10.1.0.3 700 | grep -vx 700 | class 700
echo "== the same port to another server"
say 10.1.0.4 5000 10.2.0.2 54; got 10.1.0.4 5000
echo "== one client keeps its port for all servers once it has another"
say 10.1.0.3 5000 10.2.0.2 55; say 10.1.0.3 5000 10.2.0.2 56; got 10.1.0.3 5000 | sort -u | wc -l
echo "== the port of the rule"
say 10.1.0.2 6000 10.2.0.2 9000; got 10.1.0.2 6000
say 10.1.0.3 6000 10.2.0.2 9000; got 10.1.0.3 6000
echo "== random"
say 10.1.0.2 6001 10.2.0.2 9001; got 10.1.0.2 6001 | grep -vx 6001 | class 6001
say 10.1.0.2 301 10.2.0.2 9001; got 10.1.0.2 301 | class 301
say 10.1.0.2 105 10.2.0.2 9002; p=$(got 10.1.0.2 105); echo $((p >= 100 && p <= 110))
echo "== shifted"
say 10.1.0.2 6002 10.9.0.1 1000; say 10.1.0.2 6002 10.9.0.1 1234; say 10.1.0.2 6002 10.9.0.1 1999
$r conntrack -L -p udp --sport 6002 2>/dev/null | sed -E 's/^.*(dst=10.9[^ ]* )/\1/; s/mark.*//' | sort
say 10.1.0.2 6003 10.9.0.2 1000; say 10.1.0.2 6003 10.9.0.2 1007; say 10.1.0.2 6003 10.9.0.2 1005
$r conntrack -L -p udp --sport 6003 2>/dev/null | sed -E 's/^.*(dst=10.9[^ ]* )/\1/; s/mark.*//' | sort
echo "== the router's own port is taken by a translated connection"
say 10.1.0.4 7000 10.2.0.2 60
$r socat -u - UDP4:10.2.0.2:60,bind=10.2.0.1:7000 <<<x; sleep 0.1
got 10.2.0.1 7000 | grep -vx 7000 | class 7000
echo "== echo ids"
$c ping -q -c 1 -e 77 -I 10.1.0.2 10.2.0.2 | sed -n 4p
$c ping -q -c 1 -e 77 -I 10.1.0.3 10.2.0.2 | sed -n 4p
$r conntrack -L -p icmp 2>/dev/null | grep -c 'src=10.2.0.2 dst=10.2.0.1 .*id=77 '
$r iptables-save -c -t nat | grep -v '^#'
