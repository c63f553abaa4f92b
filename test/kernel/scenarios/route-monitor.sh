# What ip monitor hears of routes and rules: additions and deletions by requests and addresses, nothing of flushes.
ip link add d0 type ifb
ip link set d0 up
ip addr add 10.0.0.1/24 dev d0
out=$(mktemp)
ip -4 monitor route rule >> "$out" &
mon=$!
sleep 0.3
step() { sleep 0.1; echo "-- $*" >> "$out"; "$@"; }
step ip addr add 10.0.1.1/24 dev d0
step ip addr add 10.0.1.2/24 dev d0
step ip addr change 10.0.1.1/24 dev d0 metric 5
step ip route add 1.0.0.0/8 via 10.0.0.9
step ip route replace 1.0.0.0/8 via 10.0.0.8
step ip route append 1.0.0.0/8 via 10.0.0.7
step ip route replace 1.0.0.0/8 via 10.0.0.8
step ip route del 1.0.0.0/8
step ip rule add from 1.1.1.1 table 7
step ip rule add pref 9 iif nosuch table 7
step ip rule del from 1.1.1.1 table 7
step ip addr del 10.0.1.1/24 dev d0
step ip route add 2.0.0.0/8 dev d0 src 10.0.0.1
step ip link set d0 down
step ip link set d0 up
step ip route flush table main
step ip link del d0
sleep 0.2
kill $mon
wait $mon 2>/dev/null
cat "$out"
