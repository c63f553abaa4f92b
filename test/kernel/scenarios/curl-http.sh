# curl and the small HTTP server of python3: pages, directories, headers, errors, ways to write the answer.
for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name eth0 netns b address 02:00:00:00:00:0b
ip -n a addr add 10.0.0.1/24 brd + dev eth0; ip -n a link set eth0 up
ip -n b addr add 10.0.0.2/24 brd + dev eth0; ip -n b link set eth0 up
A="ip netns exec a"; B="ip netns exec b"
cd "$(mktemp -d)"
mkdir -p www/sub; echo '<h1>hello</h1>' >www/index.html; echo text >www/a.txt; echo 'sub' >www/sub/b.txt
(cd www && exec ip netns exec b python3 -m http.server 80 >../log 2>&1) & srv=$!
until $B ss -Htln | grep -q :80; do sleep 0.5; done
clean() { tr -d '\r' | sed -E 's/^(< )?Date: .*/\1Date: D/; s/^(< )?Last-Modified: .*/\1Last-Modified: D/; s#(SimpleHTTP/[0-9.]+ Python/)[0-9.]+#\1V#; s/port [345][0-9]{4}/port P/; s#curl/[0-9.]+#curl/V#; s/[0-9]+ ms:/T ms:/'; }
echo "== a page"
$A curl -s http://10.0.0.2/; echo "rc=$?"
$A curl -s 10.0.0.2/a.txt; echo "rc=$?"
echo "== headers"
$A curl -s -i http://10.0.0.2/a.txt | clean
$A curl -s -I http://10.0.0.2/ | clean
echo "== not there"
$A curl -s -o /dev/null -w '%{http_code} %{size_download} %{remote_ip}:%{remote_port} %{num_connects} %{content_type}\n' http://10.0.0.2/nothing
$A curl -s http://10.0.0.2/nothing | head -12
$A curl -sS -f http://10.0.0.2/nothing; echo "rc=$?"
echo "== a directory"
$A curl -s http://10.0.0.2/sub/
$A curl -s -i http://10.0.0.2/sub | clean
$A curl -s -L -o out -w '%{http_code} %{num_redirects} %{url_effective}\n' http://10.0.0.2/sub; grep -c b.txt out
echo "== verbose"
$A curl -sv http://10.0.0.2/a.txt 2>&1 | clean
echo "== files"
$A curl -s -O http://10.0.0.2/a.txt; cat a.txt
$A curl -s -o x http://10.0.0.2/sub/b.txt -o y http://10.0.0.2/a.txt; cat x y
echo "== other methods"
$A curl -s -o /dev/null -w '%{http_code}\n' -X DELETE http://10.0.0.2/a.txt
$A curl -s -o /dev/null -w '%{http_code}\n' -d x=1 http://10.0.0.2/a.txt
echo "== names, ports, refusals"
$A curl -s --resolve web.example:80:10.0.0.2 http://web.example/a.txt; echo "rc=$?"
$A curl -s -H 'Host: other' -A agent http://10.0.0.2/a.txt; echo "rc=$?"
$A curl -sS http://10.0.0.2:81/ 2>&1 | clean; echo "rc=${PIPESTATUS[0]}"
$A curl -sS -m 2 http://10.0.0.77/ 2>&1 | sed -E 's/after [0-9]+ milli/after T milli/'; echo "rc=${PIPESTATUS[0]}"
$A curl -sS http://nosuchhost.invalid./; echo "rc=$?"
kill $srv; wait $srv 2>/dev/null
sed -E 's/\[[^]]*\]/[D]/' log
