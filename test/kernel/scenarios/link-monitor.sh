# What ip monitor hears of links from their making to their end.
out=$(mktemp)
ip -o monitor link >> "$out" &
sleep 2
step() { sleep 0.5; echo "-- $*" >> "$out"; "$@"; }
echo "== a dummy" >> "$out"
step ip link add q0 type dummy
step ip link set q0 up
step ip link set q0 alias xx
step ip link set q0 group 4
step ip link set q0 promisc on
step ip link set q0 down
step ip link set q0 name q1
step ip link set q1 up
step ip link del q1
sleep 2
echo "== a pair, made and deleted" >> "$out"
step ip link add q2 type veth peer name q3
step ip link del q3
step ip link add q2 type veth peer name q3
step ip link set q3 up
step ip link del q2
sleep 2
kill $!
cat "$out"
