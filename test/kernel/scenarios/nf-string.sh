# -m string with traffic: where the bytes are looked for, both algorithms, case, binary patterns.
ip netns add b
ip link add a0 type veth peer name b0 netns b
ip addr add 10.0.0.1/24 dev a0; ip link set a0 up
ip -n b addr add 10.0.0.2/24 dev b0; ip -n b link set b0 up
ping -q -c 1 10.0.0.2 > /dev/null
b() { ip netns exec b "$@"; }
rules() {
  b iptables -F INPUT
  while read -r r; do for a in bm kmp; do eval "b iptables -A INPUT -p udp -m string --algo $a $r"; done; done
}
show() { b iptables-save -c | grep string; }

echo "== offsets count from the IP header"
rules <<'R'
--string test
! --string test
--string test --to 31
--string test --to 32
--string test --from 28 --to 32
--string test --from 28
--string test --from 29
--string test --from 28 --to 28
R
printf test | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== the first of two, the second of two"
rules <<'R'
--string test --from 29
--string test --from 29 --to 37
--string test --from 29 --to 36
--string "st te"
--string testtest
--string t
--string 'test test'
R
printf 'test test' | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== case"
rules <<'R'
--string HeLLo
--string HeLLo --icase
--string hello
--string '[@`{' --icase
--hex-string '|c4|' --icase
R
printf 'say hEllO' | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== bytes"
rules <<'R'
--hex-string '|00 01 02 c3|'
--hex-string '|0001|'
--hex-string '|c3a4|'
--string 'ä'
--hex-string '|0a000002|' --to 20
--hex-string '|0a000001|' --from 12 --to 16
--hex-string '|45|' --to 1
--hex-string '|11|' --from 9 --to 10
R
printf 'x\000\001\002ä' | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== a pattern longer than the packet"
rules <<'R'
--string 0123456789012345678901234567890123456789012345678901234567890123456789
--string a --from 60000
R
printf abc | nc -u -w 1 -q 0 10.0.0.2 9
show

echo "== HTTP"
b iptables -F INPUT
b iptables -A INPUT -p tcp --dport 80 -m string --algo bm --string "Host: bad.example" -j REJECT --reject-with tcp-reset
b iptables -A INPUT -p tcp --dport 80 -m string --algo kmp --string "GET /"
b timeout 5 nc -l -p 80 > /dev/null &
sleep 0.5
printf 'GET / HTTP/1.0\r\nHost: good.example\r\n\r\n' | nc -q 1 -w 2 10.0.0.2 80
wait
b iptables-save -c | grep string
