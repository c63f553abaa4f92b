# SNAT to a range of addresses: the address is a hash of both ends, the same on every Linux; of the source alone with --persistent.
# native
# include: nat
ct() { $r conntrack -L 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/; s/ id=[0-9]{2,}/ id=N/g' | sort; }
for i in 3 4 5 6 7 8; do ip -n c addr add 10.1.0.$i/24 dev a1; ip -n s addr add 10.2.0.$i/24 dev a2; done
for i in 10 11 12 13 14 15 16 17 18 19; do ip -n r addr add 10.2.0.$i/24 dev r2; done
pings() { for i in 2 3 4 5 6 7 8; do $c ping -q -c 1 -W 1 -e 7 -I 10.1.0.$i 10.2.0.$1 >/dev/null || echo "no answer to 10.1.0.$i"; done; }
echo "== by both ends"
$r iptables -t nat -A POSTROUTING -o r2 -j SNAT --to-source 10.2.0.10-10.2.0.19
pings 2; pings 3
ct
echo "== by the source"
$r conntrack -F 2>/dev/null
$r iptables -t nat -F
$r iptables -t nat -A POSTROUTING -o r2 -j SNAT --to-source 10.2.0.10-10.2.0.19 --persistent
pings 4; pings 5
ct
echo "== destinations"
$r conntrack -F 2>/dev/null
$r iptables -t nat -F
$r iptables -t nat -A PREROUTING -i r1 -d 10.9.0.0/16 -j DNAT --to-destination 10.2.0.2-10.2.0.8
$r iptables -t nat -A POSTROUTING -o r2 -j SNAT --to-source 10.2.0.1
for i in 1 2 3 4 5 6 7 8; do $c ping -q -c 1 -W 1 -e 7 10.9.0.$i >/dev/null; done
ct
echo "== a range that is upside down"
$r conntrack -F 2>/dev/null
$r iptables -t nat -F
$r iptables -t nat -A POSTROUTING -o r2 -j SNAT --to-source 10.2.0.12-10.2.0.10
for i in 2 3 4; do $c ping -q -c 1 -W 0.3 -e 7 -I 10.1.0.$i 10.2.0.2 >/dev/null; done
ct
$r iptables-save -c -t nat | grep -v '^#'
