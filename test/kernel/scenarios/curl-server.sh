# curl against python3 -m http.server and against hand-made answers
ip link add va type veth peer name vb
ip netns add n
ip link set vb netns n
ip addr add 10.0.0.1/24 dev va
ip link set va up
ip -n n addr add 10.0.0.2/24 dev vb
ip -n n link set vb up
ip -n n link set lo up
t() { echo "== $*"; "$@" 2>&1 | grep -vaE '^(< )?(Server|Date|Last-Modified):'; echo "rc=${PIPESTATUS[0]}"; }
mkdir -p /tmp/netsim-w/sub; cd /tmp/netsim-w; echo hello > index.html; echo x > 'sub/a b.txt'; seq 5000 > big
ip netns exec n python3 -u -m http.server 80 >/tmp/netsim-log 2>&1 &
sleep 1
t curl -s 10.0.0.2
t curl -sv http://10.0.0.2/
t curl -s -I http://10.0.0.2/
t curl -s -i http://10.0.0.2/nothing
t curl -s -f http://10.0.0.2/nothing
t curl -sSf http://10.0.0.2/nothing
t curl -s http://10.0.0.2/sub/
t curl -s http://10.0.0.2/sub
t curl -sv -L http://10.0.0.2/sub
t curl -s -X POST -d a=b -v http://10.0.0.2/
t curl --interface va -s http://10.0.0.2/
t curl --resolve web:80:10.0.0.2 -s http://web/
t curl -A me -H 'X-A: b' -H 'Host: foo' -v -s http://10.0.0.2/
t curl -s -o /tmp/netsim-big -w '%{http_code} %{size_download} %{remote_ip}:%{remote_port} %{local_ip} %{num_connects} %{url_effective} %{content_type} %{errormsg} %{exitcode} %{method} %{scheme} %{http_version}\n' http://10.0.0.2/big
wc -c /tmp/netsim-big
t curl -s http://10.0.0.2/ http://10.0.0.2/sub/a%20b.txt
t python3 -m http.server abc
t python3 -m http.server -x
sed 's/\[.*\]/[DATE]/' /tmp/netsim-log
ip netns exec n nc -l 82 </dev/null >/tmp/netsim-o & sleep 1; t curl -sS -m 2 http://10.0.0.2:82/
cat /tmp/netsim-o
ip netns exec n nc -N -l 83 </dev/null >/dev/null & sleep 1; t curl -sS -v -m 2 http://10.0.0.2:83/
(printf 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc' | ip netns exec n nc -N -l 84 >/dev/null) & sleep 1;  t curl -sS -m 2 http://10.0.0.2:84/
(printf 'garbage\n' | ip netns exec n nc -N -l 85 >/dev/null) & sleep 1;  t curl -sS -m 2 http://10.0.0.2:85/
(printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' | ip netns exec n nc -N -l 86 >/dev/null) & sleep 1; t curl -sv -m 2 http://10.0.0.2:86/
kill %1; rm -r /tmp/netsim-w /tmp/netsim-big /tmp/netsim-log /tmp/netsim-o
