# Frames as Linux makes them, byte by byte: ARP, ICMP echo, UDP, and TCP with its options. The devices compute all checksums.
# needs: python3 tcpdump
# compared in test/unit/wire_codec.test.ts
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add a0 netns a type veth peer name b0 netns b
ip -n a addr add 10.0.0.1/24 dev a0; ip -n b addr add 10.0.0.2/24 dev b0
ip -n a link set a0 up; ip -n b link set b0 up
# ETHTOOL_STXCSUM, _STSO, _SGSO, _SGRO: off
for n in "a a0" "b b0"; do
  ip netns exec ${n% *} python3 - ${n#* } <<'P'
import array, fcntl, socket, struct, sys
s = socket.socket()
for command in (0x17, 0x1f, 0x24, 0x2c):
    value = array.array('B', struct.pack('II', command, 0))
    fcntl.ioctl(s, 0x8946, struct.pack('16sP', sys.argv[1].encode(), value.buffer_info()[0]))
P
done
in_a() { ip netns exec a "$@"; }
in_b() { ip netns exec b "$@"; }
# frames FILTER COMMAND…: what a0 carries meanwhile, a frame a line
frames() {
  ip netns exec a tcpdump -U -i a0 -s 0 -w /tmp/frames "$1" 2>/dev/null & local p=$!
  sleep 2; shift; "$@" >/dev/null 2>&1; sleep 1; kill $p; wait $p 2>/dev/null
  tcpdump -n -t -xx -r /tmp/frames 2>/dev/null | awk '/^\t0x/ { $1 = ""; gsub(/ /, ""); line = line $0; next } { if (line != "") print line; line = "" } END { if (line != "") print line }'
}
echo "== arp"
frames arp in_a ping -c 1 -W 1 10.0.0.9
echo "== ping"
frames icmp in_a ping -c 1 -s 20 10.0.0.2
echo "== udp"
frames udp in_a bash -c 'echo hello >/dev/udp/10.0.0.2/9'
echo "== a closed port"
frames tcp in_a nc -z -w 1 10.0.0.2 9
ip netns exec b nc -l -k 80 >/dev/null & server=$!
sleep 0.5
echo "== a connection"
frames tcp in_a bash -c 'echo hello >/dev/tcp/10.0.0.2/80'
echo "== a connection that loses a segment"
in_b iptables -A INPUT -p tcp -m length --length 500: -m statistic --mode nth --every 20 --packet 4 -j DROP
frames 'tcp and src port 80' in_a bash -c 'head -c 30000 /dev/zero >/dev/tcp/10.0.0.2/80'
in_b iptables -F INPUT
echo "== a connection without timestamps"
in_a sysctl -qw net.ipv4.tcp_timestamps=0
frames tcp in_a bash -c 'echo hello >/dev/tcp/10.0.0.2/80'
echo "== a connection without window scaling"
in_a sysctl -qw net.ipv4.tcp_window_scaling=0
frames tcp in_a bash -c 'echo hello >/dev/tcp/10.0.0.2/80'
kill $server
