# NETMAP: a whole network one to one, in both directions; NAT at INPUT.
# native
# include: nat
ip -n s route add default via 10.2.0.1
for i in 3 4; do ip -n c addr add 10.1.0.$i/24 dev a1; done
$r iptables -t nat -A POSTROUTING -o r2 -s 10.1.0.0/24 -j NETMAP --to 172.16.5.0/24
$r iptables -t nat -A PREROUTING -i r2 -d 172.16.5.0/24 -j NETMAP --to 10.1.0.0/24
$r iptables -t nat -A OUTPUT -d 172.16.9.0/28 -j NETMAP --to 10.2.0.0/28
$r iptables -t nat -A INPUT -i r1 -j NETMAP --to 192.168.0.0/16
ip -n r route add 172.16.9.0/24 via 10.2.0.2
echo "== out"
for i in 2 3 4; do $c ping -q -c 2 -i 0.2 -e $i -I 10.1.0.$i 10.2.0.2 | sed -n 4p; done
echo "== in"
for i in 2 3 5; do $s ping -q -c 1 -W 1 -e 1$i 172.16.5.$i | sed -n 4p; done
echo "== from the router"
$r ping -c 1 -W 1 -e 20 172.16.9.2
echo "== the router itself sees another source, and answers to it"
ip -n r route add 192.168.0.0/16 via 10.2.0.2
$r nc -n -v -l 80 2>log <<<answer & listening r 80
$c nc -n -w 2 -p 5000 10.1.0.1 80 </dev/null
cat log
$c ping -q -c 1 -W 1 -e 21 10.1.0.1 | sed -n 4p
sleep 0.3; ct
$r iptables-save -c -t nat | grep -v '^#'
