# How tcpdump begins, writes and ends: blocks of 4096 bytes, savefiles and -U, -s, -i any, signals, a reader or a device that goes.
ip netns add a
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02 netns a
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
ip -n a addr add 10.0.0.2/24 dev v1
ip -n a link set v1 up
cd "$(mktemp -d)"
ping -c 1 10.0.0.2 >/dev/null
cap() { rm -f err; tcpdump "$@" >out 2>err & cap=$!; until grep -q listening err 2>/dev/null; do sleep 0.2; done; }
end() { sleep 2; kill -${1:-INT} $cap; wait $cap; echo "rc=$?"; cat err; }
show() { sed 's/ id [0-9]*,/ id N,/'; }
echo "== what is printed comes in blocks"
cap -n -i v0 icmp
ping -q -i 0.01 -c 52 10.0.0.2 >/dev/null; sleep 2; wc -c <out
end TERM; wc -l <out
echo "== a savefile comes in blocks too"
cap -n -i v0 -w a.pcap icmp
ping -c 1 10.0.0.2 >/dev/null; sleep 2; wc -c <a.pcap
end; wc -c <a.pcap; tcpdump -n -t -r a.pcap 2>&1 | show
echo "== with -U after each packet"
cap -n -i v0 -U -w a.pcap icmp
ping -c 1 10.0.0.2 >/dev/null; sleep 2; wc -c <a.pcap
end
echo "== -c ends it by itself"
cap -n -i v0 -w a.pcap -c 2 icmp
ping -c 1 10.0.0.2 >/dev/null; wait $cap; echo "rc=$?"; cat err; wc -c <a.pcap
echo "== -s cuts what is kept, not what is counted"
cap -n -i v0 -w a.pcap -s 34 -c 2 icmp
ping -c 1 10.0.0.2 >/dev/null; wait $cap; wc -c <a.pcap; tcpdump -n -t -r a.pcap 2>&1
echo "== -i any keeps the cooked header"
cap -n -i any -w a.pcap -c 2 icmp
ping -c 1 10.0.0.2 >/dev/null; wait $cap; cat err; tcpdump -n -t -r a.pcap 2>&1 | show
echo "== -i any, printed"
cap -l -n -t -e -i any icmp
ping -c 1 10.0.0.2 >/dev/null
end; show <out
echo "== -Q in, -Q out"
for q in in out; do cap -l -n -t -i v0 -Q $q icmp; ping -c 1 10.0.0.2 >/dev/null; end >/dev/null; show <out; done
echo "== -v with -w counts once a second"
cap -v -i v0 -U -w a.pcap icmp
ping -c 1 10.0.0.2 >/dev/null; sleep 2.5
end >all; tr '\r' '\n' <all | grep -v '^Got 0' | uniq
echo "== SIGUSR1 asks for the statistics so far"
cap -l -n -t -i v0 icmp
ping -c 1 10.0.0.2 >/dev/null; sleep 2; kill -USR1 $cap; sleep 1; cat err
end
echo "== a reader that goes away"
{ tcpdump -l -n -t -i v0 icmp 2>err; echo "rc=$?" >rc; } | head -n 1 | show & sleep 2
ping -c 2 -i 0.5 10.0.0.2 >/dev/null; sleep 2; cat rc err
echo "== a device that goes down"
cap -l -n -t -i v0 icmp
ip link set v0 down; sleep 2; kill -0 $cap && echo alive
ip link set v0 up; sleep 1; ping -c 1 10.0.0.2 >/dev/null
end; show <out
echo "== the devices"
ip link add i0 type ifb; ip link add w0 type veth peer name w1; ip link set w0 up; ip link set lo up
tcpdump -D | sed -n '/^[0-9]*\.\(v0\|any\|lo\|w0\|w1\|i0\) /p' | sed 's/^[0-9]*\.//'
(sleep 2; ping -c 1 10.0.0.2 >/dev/null) & tcpdump -n -t -c 1 icmp 2>&1 | grep -E 'listening|ICMP' | show; wait
echo "== the whole usage"
tcpdump -k 2>&1 | grep -v OpenSSL
