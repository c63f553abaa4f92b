# -m u32 with traffic: words, masks, shifts, jumps over the headers, and the packet's end.
# Recorded from 6.1: later kernels refuse to shift by 32 and more.
ip netns add b
ip link add a0 type veth peer name b0 netns b
ip addr add 10.0.0.1/24 dev a0; ip link set a0 up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up
ping -q -c 1 10.0.0.2 > /dev/null
b() { ip netns exec b "$@"; }
rules() { b iptables -F INPUT; while read -r r; do b iptables -A INPUT -p "$1" -m u32 --u32 "$r"; done; }
show() { b iptables-save -c | grep u32; }

echo "== the IP header"
rules udp <<'R'
0>>28=4
0>>24=0x45
0&0xFFFF=32
0&0xFFFF=33:100
6&0xFF=17
6&0xFF=6
8>>24=1:64
12=0x0a000001
16=0x0a000002
16=0x0a000001,0x0a000002
16=0x0a000000:0x0a0000ff&&12=0x0a000001
16=0x0a000000:0x0a0000ff&&12=0x0a000009
4&0x3FFF=0
R
printf test | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== behind it"
rules udp <<'R'
0>>22&0x3C@0&0xFFFF=9
0>>22&0x3C@4>>16=12
0>>22&0x3C@8=0x74657374
0>>22&0x3C@9=0:0xFFFFFFFF
28=0x74657374
29=0:0xFFFFFFFF
4294967295=0:0xFFFFFFFF
28@0=0:0xFFFFFFFF
0&0@0@28=0x74657374
12>>24@18=0x74657374
12>>24@19=0:0xFFFFFFFF
28<<8=0x65737400
28>>32=0x74657374
28<<33=0xe8cae6e8
R
printf test | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== inverted"
b iptables -F INPUT
b iptables -A INPUT -p udp -m u32 ! --u32 "28=0x74657374"
b iptables -A INPUT -p udp -m u32 ! --u32 "29=1"
b iptables -A INPUT -p udp -m u32 ! --u32 "28=1&&29=1"
printf test | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== icmp"
rules icmp <<'R'
0>>22&0x3C@0>>24=8
0>>22&0x3C@0>>24=0
0>>22&0x3C@4&0xFFFF=1:3
R
ping -q -c 3 -i 0.05 10.0.0.2 > /dev/null
show
