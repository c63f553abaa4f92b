# -j CT: zones of one direction, events that are told; conntrack -E hears what it asked for.
# native
ip netns add a; ip netns add b
ip link add e0 netns a type veth peer name e0 netns b
ip -n a addr add 10.1.0.1/24 dev e0; ip -n b addr add 10.1.0.2/24 dev e0
for n in a b; do ip -n $n link set lo up; ip -n $n link set e0 up; done
a="ip netns exec a" b="ip netns exec b"
cd "$(mktemp -d)"
ct() { $a conntrack -L "$@" 2>/dev/null | sed -E 's/^([a-z]+ +[0-9]+) [0-9]+/\1 T/' | sort; }
ask() { echo x | $a nc -u -w1 -p "$1" 10.1.0.2 "$2" > /dev/null; }
$b socat UDP4-LISTEN:7000,fork EXEC:cat 2>/dev/null & until [ -n "$($b ss -Hlun 'sport = :7000')" ]; do sleep 0.2; done
listen() { $a conntrack -E "$@" > "$f" 2>&1 & listener=$!; sleep 0.5; }
end() { sleep 0.3; kill -INT $listener; wait $listener; sed -i -E "$1" "$f"; sed -E '/flow events/d; s/portid=.*/portid=N/; s/^( *\[[A-Z]+\] [a-z]+ +[0-9]+) [0-9]+/\1 T/' "$f"; $a conntrack -F 2>/dev/null; }
raw() { $a iptables -t raw "$@"; }
$a iptables -A OUTPUT -m conntrack --ctstate NEW
f=out
for e in ALL NEW UPDATES DESTROY NEW,DESTROY; do
  echo "== conntrack -E -e $e"
  listen -e $e; ask 4000 7000; $a ping -c1 -W1 10.1.0.2 > /dev/null; $a conntrack -D -p udp > /dev/null 2>&1; end
done
for e in new reply destroy assured protoinfo mark new,destroy new,reply,destroy related; do
  echo "== --ctevents $e"
  listen; raw -A OUTPUT -p udp -j CT --ctevents $e
  ask 4001 7000; $a conntrack -D -p udp > /dev/null 2>&1; end
  raw -F
done
echo "== nobody listens when the rule is made: it is forgotten"
raw -A OUTPUT -p udp -j CT --ctevents destroy
listen; ask 4020 7000; end
echo "== always, with nf_conntrack_events=1; what a rule names, with 0"
raw -F; $a sysctl -w net.netfilter.nf_conntrack_events=1; raw -A OUTPUT -p udp -j CT --ctevents destroy
listen; ask 4021 7000; $a ping -c1 -W1 10.1.0.2 > /dev/null; $a conntrack -D -p udp > /dev/null 2>&1; end
raw -F; $a sysctl -w net.netfilter.nf_conntrack_events=0; raw -A OUTPUT -p udp -j CT --ctevents new
listen; ask 4022 7000; $a ping -c1 -W1 10.1.0.2 > /dev/null; end
$a sysctl -w net.netfilter.nf_conntrack_events=2
raw -F
echo "== a TCP connection of which only some is told"
listen
raw -A OUTPUT -p tcp -j CT --ctevents new,assured
raw -A PREROUTING -p tcp -j CT --ctevents destroy
$b nc -l -p 5000 > /dev/null & until [ -n "$($b ss -Hltn 'sport = :5000')" ]; do sleep 0.2; done
echo hello | $a nc -N -p 4002 10.1.0.2 5000; end
raw -F
echo "== filters of events"
listen -p udp --dport 7000; ask 4003 7000; $a ping -c1 -W1 10.1.0.2 > /dev/null; end
listen -p icmp -e NEW -o timestamp,id; $a ping -c1 -W1 10.1.0.2 > /dev/null; end 's/^.[0-9.]*.[[:space:]]*/T /; s/ id=[0-9]*//g'
listen -s 10.1.0.1 -e DESTROY; ask 4004 7000; $a conntrack -D -p udp > /dev/null 2>&1; end
listen -e NEW -o xml -p udp; ask 4005 7000; end 's/<id>[0-9]*/<id>N/; s/<timeout>[0-9]*/<timeout>T/'
listen -w 3 -e NEW; ask 4007 7000; raw -A OUTPUT -p udp -j CT --zone 3; ask 4008 7000; end
raw -F
echo "== zones"
raw -A OUTPUT -p udp --sport 4010 -j CT --zone 10
raw -A OUTPUT -p udp --sport 4011 -j CT --zone-orig 11
raw -A OUTPUT -p udp --sport 4012 -j CT --zone-reply 12
raw -A OUTPUT -p udp --sport 4013 -j CT --zone-orig mark
raw -A OUTPUT -p udp --sport 4014 -j CT --zone mark
raw -A OUTPUT -p udp --sport 4015 -j CT
$a iptables -t mangle -A OUTPUT -p udp -j MARK --set-mark 77
for p in 4010 4011 4012 4013 4014 4015; do ask $p 7000; done
ct -p udp
for z in 10 11 12; do echo "zone $z"; ct -w $z; ct --orig-zone $z; ct --reply-zone $z; done
echo "== zones: the answer looks in the reply's"
raw -A PREROUTING -p udp --dport 4010 -j CT --zone 10
raw -A PREROUTING -p udp --dport 4012 -j CT --zone-reply 12
$a conntrack -F 2>/dev/null
for p in 4010 4011 4012; do ask $p 7000; done
ct -p udp
raw -S; raw -F
echo "== a mark as zone"
raw -A OUTPUT -p icmp -j MARK --set-mark 0x10009
raw -A OUTPUT -p icmp -j CT --zone mark
$a ping -c1 -W1 10.1.0.2 > /dev/null; ct -p icmp
kill $(jobs -p) 2>/dev/null; wait 2>/dev/null
