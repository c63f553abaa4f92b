# The pattern is written before messages by error(3), which flushes stdout, and after others.
ip link set lo up
ip addr add 10.0.0.1/32 dev lo
echo "== a warning"
ping -n -c 1 -W 1 -p 68656c6c6f -I lo 10.0.0.1 2>&1
echo "== an error"
ping -n -c 1 -W 1 -p 68656c6c6f 192.0.2.1 2>&1
echo "rc=$?"
echo "== a warning that is no error"
ip link add e0 type veth peer name e1
ip addr add 10.0.0.1/24 dev e0
ip link set e0 up
ip link set e1 up
ping -n -b -c 1 -W 1 -p 68656c6c6f 10.0.0.255 2>&1
