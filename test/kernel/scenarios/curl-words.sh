# curl: URLs and what is asked of the server, where a Location leads, answers in pieces and cut short, the meter.
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ip -n n link set lo up
cd "$(mktemp -d)"
echo hello > index.html
ip netns exec n python3 -u -m http.server 80 >log 2>&1 & a=$!
ip netns exec n python3 -u -m http.server 8080 >log2 2>&1 & b=$!
until ip netns exec n ss -Htln | grep -q ':80 ' && ip netns exec n ss -Htln | grep -q ':8080 '; do sleep 0.2; done
get() { curl -s -o /dev/null -w '%{http_code} %{url_effective}\n' --resolve a:80:10.0.0.2 --resolve a:8080:10.0.0.2 "$@"; echo "rc=$?"; }
echo "== URLs"
get 10.0.0.2
get 'http://a:8080/x?y=1#z'
get http://a/b/../c/./d
get http://u:p@a/
get HTTP://a
get -v http://u:p@a/ 2>&1 | grep -a '^> '
echo "== URLs that are none"
for u in http:// http://a:99999/ http://a:b/ 'http://a /' nosuch://a/; do curl -sS "$u"; echo "rc=$?"; done
kill $a $b; wait $a $b 2>/dev/null
echo "== as the servers saw it"
sed 's/\[.*\]/[D]/' log log2
serve() { ip netns exec n nc -N -l $1 >/dev/null & sleep 0.5; }
echo "== where a Location leads"
port=90
for l in /z z http://b/ ../w '?r'; do
  port=$((port + 1))
  printf 'HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n' "$l" | serve $port
  curl -s -w '%{redirect_url}\n' "http://10.0.0.2:$port/x/y?q"; echo "rc=$?"
done
echo "== in pieces"
(printf 'HTTP/1.1 200 OK\r\nTransf'; sleep 1; printf 'er-Encoding: chunked\r\nX: 1\r\n\r\n3\r'; sleep 0.5; printf '\nab'; sleep 0.5; printf 'c\r\n2;e=f\r\nde\r\n0\r'; sleep 0.5; printf '\n\r\n') | serve 96
curl -s -v http://10.0.0.2:96/ 2>&1 | grep -av 'bytes data'; echo "rc=$?"
echo "== cut short"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc' | serve 97
curl -sS http://10.0.0.2:97/; echo "rc=$?"
printf 'HTTP/1.0 200 OK\r\n\r\nabc' | serve 98
curl -sS http://10.0.0.2:98/; echo "rc=$?"
serve 99 </dev/null
curl -sS http://10.0.0.2:99/; echo "rc=$?"
echo "== the meter"
slowly() { # PORT: what stdin says is sent, then five bytes after 1.5 s and four after 1.4 s more
  cat >head$1; printf 'cat head%s; sleep 1.5; printf abcde; sleep 1.4; printf fghi' $1 >serve$1
  ip netns exec n socat TCP4-LISTEN:$1 EXEC:"bash serve$1" & sleep 0.5
}
printf 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n' | slowly 100
meter() { tr '\r' '\n' | sed -n '1,4p;$p'; } # the lines between come when the clock begins a second
curl -o x http://10.0.0.2:100/ 2>&1 | meter; cat x; echo
printf 'HTTP/1.1 200 OK\r\n\r\n' | slowly 101
curl http://10.0.0.2:101/ 2>err | cat; echo; meter <err
