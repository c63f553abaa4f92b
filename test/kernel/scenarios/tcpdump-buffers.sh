# When what tcpdump prints reaches a file: with -l at once, without it not before it ends; by which signals it ends well.
ip netns add a
ip link add v0 type veth peer name v1 netns a
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
ip -n a addr add 10.0.0.2/24 dev v1
ip -n a link set v1 up
cd "$(mktemp -d)"
run() {
  rm -f err
  tcpdump -n "$@" icmp >out 2>err &
  until grep -q listening err 2>/dev/null; do sleep 0.2; done
  ping -c 1 10.0.0.2 >/dev/null
  sleep 3
}
echo "== -l"
run -l -t -i v0
wc -l <out
kill -INT %%; wait $!; echo "rc=$?"
cat err; wc -l <out; tail -n 1 out
echo "== without -l"
run -t -i v0
wc -l <out
kill -TERM %%; wait $!; echo "rc=$?"
wc -l <out
echo "== killed"
run -t -i v0
kill -KILL %%; wait $! 2>/dev/null; echo "rc=$?"
wc -c <out
echo "== timeout"
(sleep 8; ping -c 1 10.0.0.2 >/dev/null) &
timeout 20 tcpdump -l -n -t -i v0 icmp 2>/dev/null | sed 's/id [0-9]*/id N/'; echo "rc=${PIPESTATUS[0]}"
wait
echo "== -c"
(sleep 8; ping -c 2 -i 0.2 10.0.0.2 >/dev/null) &
tcpdump -l -n -t -i v0 -c 2 icmp 2>/dev/null | sed 's/id [0-9]*/id N/'; echo "rc=${PIPESTATUS[0]}"
wait
echo "== any"
(sleep 8; ping -c 1 10.0.0.2 >/dev/null) &
timeout 20 tcpdump -l -n -t -i any icmp 2>err | sed 's/id [0-9]*/id N/'; cat err
wait
echo "== lo"
ip link set lo up
(sleep 8; ping -c 1 127.0.0.1 >/dev/null) &
timeout 20 tcpdump -l -n -t -i lo icmp 2>err | sed 's/id [0-9]*/id N/'; cat err
wait
echo "== the device goes away"
(sleep 8; ip link del v0) &
tcpdump -n -i v0 icmp; echo "rc=$?"
