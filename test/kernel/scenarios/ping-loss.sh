# Replies that get lost, in percent as printf's %g writes it: one of three, two of three, one of seven.
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ignore() { ip netns exec n sysctl -qw net.ipv4.icmp_echo_ignore_all=$1; }
ping -c 1 10.0.0.2 >/dev/null
echo "== one of three"
ping -q -c 3 -i 1 10.0.0.2 & sleep 0.5; ignore 1; sleep 1; ignore 0; wait $!; echo "rc=$?"
echo "== two of three"
ignore 1; ping -q -c 3 -i 1 10.0.0.2 & sleep 1.5; ignore 0; wait $!; echo "rc=$?"
echo "== one of seven"
ping -q -c 7 -i 1 10.0.0.2 & sleep 0.5; ignore 1; sleep 1; ignore 0; wait $!; echo "rc=$?"
