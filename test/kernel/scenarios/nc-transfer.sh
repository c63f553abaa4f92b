# nc as client and server over TCP: half-close, -w, -q, -i, -k, answers from the server
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ip -n n link set lo up
t() { echo "== $*"; "$@" 2>&1; echo "rc=$?"; }
echo == listen
ip netns exec n nc -lvn 80 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
echo hi | t nc -vn -N 10.0.0.2 80; sleep 0.5; cat /tmp/netsim-o
echo == hold
ip netns exec n nc -lvn 80 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
echo hi | t nc -vn -w 1 10.0.0.2 80; sleep 0.5; cat /tmp/netsim-o
echo == answer
echo answer | ip netns exec n nc -ln -N 80 >/tmp/netsim-o 2>&1 & sleep 0.5
t nc -d 10.0.0.2 80; sleep 0.5; cat /tmp/netsim-o
echo == keep
ip netns exec n nc -lkn 80 >/tmp/netsim-o 2>&1 </dev/null & sleep 0.5
echo hi | t nc -N 10.0.0.2 80
echo two | t nc -q 1 10.0.0.2 80
printf 'a\nb\n' | t nc -N -i 1 10.0.0.2 80
printf 'x\n' | t nc -C -N 10.0.0.2 80
t nc -zv 10.0.0.2 79-81
t nc -zv 10.0.0.2 http
cat -A /tmp/netsim-o
kill %%
rm /tmp/netsim-o
