# A frame crosses a veth within the system call that sends it: what a program sends next comes behind the other kernel's answer.
# native
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
for n in a b; do ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; done
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:0b dev eth0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:0a dev eth0
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
# the packets of a command that runs in a
seen() {
  echo "== $*"
  $B tcpdump -n -t -l -i eth0 'tcp or udp or icmp' >packets 2>/dev/null & local t=$!
  sleep 1; "$@" >answer; echo "rc=$?"; sleep 1; kill $t; wait $t
  cat answer
  sed 's/10.0.0.1.[3-6][0-9]*/a/; s/10.0.0.2.[0-9]*/b/; s/, win .*length/ length/; /Flags \[S/s/seq [0-9]*//; s/Flags \[S\.\],.*/Flags [S.]/' packets
}
send() { printf "$1" | $A nc -n "${@:2}" 10.0.0.2 80; }
serve() { $B nc -n -l 80 </dev/null >/dev/null & sleep 1; }
serve; seen send 'hello\n' -N
serve; seen send 'hello\nworld\n' -N -C
serve; seen send 'a\n\nb\r\nc' -N -C
serve; seen send 'a\n\nb\r\nc' -N -C -i 1
serve; seen send 'a\n\nb\r\nc' -N -i 1
seen send 'a\nb' -u -w 1 -C
seen send '' -u -w 1 -v -z
$B socat TCP4-LISTEN:80,fork,reuseaddr EXEC:cat & sleep 1
seen send 'hello\n' -N -w 5
hello() { echo hello | $A socat -t 5 - TCP4:10.0.0.2:80; }
seen hello
kill %%
echo "== nobody there: what waits for an address is not sent again"
$A nc -n -z -v -w 10 10.0.0.77 80 2>&1; echo "rc=$?"
ip -n a -s link show lo | tail -n 4
