# -j SET and -m set with list:set, timeouts, --exist; a set that holds sets of which none fits.
ip netns add a
ip link add ra type veth peer name a0 netns a
ip addr add 10.0.0.254/24 dev ra; ip link set ra up
for i in 1 11; do ip -n a addr add 10.0.0.$i/24 dev a0; done; ip -n a link set a0 up
go() { ip netns exec a ping -c1 -W1 -I "$1" 10.0.0.254 > /dev/null; echo "ping from $1: $?"; }
l() { ipset list "$1" | sed 's/timeout \([1-9]\)[0-9]*$/timeout \1X/'; }
go 10.0.0.1
ipset create one hash:ip initval 0x1; ipset create two hash:ip counters initval 0x1; ipset create net hash:net initval 0x1; ipset create list list:set; ipset create tlist list:set timeout 30000
ipset add list one; ipset add list two; ipset add tlist two timeout 60000; ipset add tlist one
echo "== an address is added to the first that takes it"
iptables -A INPUT -j SET --add-set list src
go 10.0.0.1; l one; l two
echo "== and again: it is in the first, so the second"
go 10.0.0.1; l one; l two
echo "== with --exist"
iptables -F; iptables -A INPUT -j SET --add-set list src --exist
go 10.0.0.1; go 10.0.0.11; l one; l two
echo "== matched by any"
iptables -F; ipset flush one; ipset flush two; ipset add two 10.0.0.11
iptables -A INPUT -m set --match-set list src
iptables -A INPUT -m set ! --match-set list src
iptables -A INPUT -m set --match-set tlist src,dst
iptables -A INPUT -m set --match-set two src --packets-gt 1
iptables -A INPUT -m set --match-set list src ! --update-counters
iptables -A INPUT -m set --match-set list src ! --update-subcounters
go 10.0.0.1; go 10.0.0.11; go 10.0.0.11
iptables -nvxL INPUT; l two
echo "== taken out: from the first that has it"
ipset add one 10.0.0.11
iptables -F; iptables -A INPUT -j SET --del-set list src
go 10.0.0.11; l one; l two
go 10.0.0.11; l one; l two
go 10.0.0.11; l one; l two
echo "== a timeout for one member"
ipset create short hash:ip timeout 100 initval 0x1; ipset create plain hash:ip initval 0x1; ipset add list short
iptables -F; iptables -A INPUT -j SET --add-set short src --timeout 20
go 10.0.0.1; l short
iptables -F; iptables -A INPUT -j SET --add-set short src --timeout 50
go 10.0.0.1; l short
iptables -F; iptables -A INPUT -j SET --add-set short src --exist --timeout 50
go 10.0.0.1; l short
iptables -F; iptables -A INPUT -j SET --add-set short src --exist
go 10.0.0.1; l short
iptables -F; iptables -A INPUT -j SET --add-set plain src --timeout 50
go 10.0.0.1; l plain
iptables -F; iptables -A INPUT -j SET --add-set short src --del-set plain src --exist --timeout 0
go 10.0.0.1; l short; l plain
iptables-save | grep -e -A
echo "== a member that is used cannot go"
ipset destroy one; echo rc=$?; ipset del list one; ipset destroy one; echo rc=$?
ipset destroy short; echo rc=$?
ipset del list nosuch; echo rc=$?; ipset test list two; ipset test list plain; ipset add list list; echo rc=$?
ipset add list plain before two; ipset add list net after two; ipset add list plain before net; echo rc=$?; l list; l tlist
ipset destroy; echo rc=$?; ipset list -n
iptables -F; ipset destroy; echo rc=$?; ipset list -n
