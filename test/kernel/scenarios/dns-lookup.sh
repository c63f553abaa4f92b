# needs: dnsmasq dig host
# Who asks what: every program that takes a name, seen by tcpdump at the server. /etc/netns/NS belongs to the namespace.
ip netns add s; ip netns add c
ip link add vs netns s type veth peer name vc netns c
ip -n s addr add 10.0.0.2/24 dev vs; ip -n s link set vs up; ip -n s link set lo up
ip -n c addr add 10.0.0.1/24 dev vc; ip -n c link set vc up; ip -n c link set lo up
mkdir -p /etc/netns/c
echo 'nameserver 10.0.0.2' >/etc/netns/c/resolv.conf
printf '127.0.0.1 localhost\n10.0.0.1 client.test me\n10.0.0.2 filed.test\n10.0.0.9 filed.test again\n' >/etc/netns/c/hosts
ip netns exec s dnsmasq -k -R -h -a 10.0.0.2 --local=/test/ --host-record=one.test,10.0.0.2 --host-record=two.test,10.0.0.1 --host-record=two.test,10.0.0.2 --cname=alias.test,one.test --address=/wild.test/10.0.0.2 --local=/10.in-addr.arpa/ >/dev/null 2>&1 &
ip netns exec s python3 -m http.server 80 >/dev/null 2>&1 &
ip netns exec s nc -d -l -k 5000 >/dev/null 2>&1 &
sleep 1
ask() {
  echo "== $*"
  ip netns exec s tcpdump --immediate-mode -n -i vs -w /tmp/cap port 53 >/dev/null 2>&1 &
  local pid=$!
  sleep 0.4
  ip netns exec c "$@" 2>&1
  echo "rc=$?"
  sleep 0.2
  kill $pid; wait $pid
  tcpdump -n -r /tmp/cap 2>/dev/null | grep -F '? '
}
ask getent hosts one.test
ask getent hosts nothere.test
ask getent hosts filed.test
ask getent hosts again
ask getent hosts localhost
ask getent hosts 10.0.0.2
ask getent hosts 10.0.0.1
ask getent hosts 10.0.0.77
ask getent hosts alias.test
ask getent hosts one.test.
ask getent hosts two.test
ask getent hosts refused.example
ask getent ahosts one.test
ask getent ahosts alias.test
ask getent ahosts filed.test
ask getent ahosts 10.0.0.2
ask getent ahosts two.test
ask getent ahosts nothere.test
ask getent ahostsv4 one.test
ask getent ahostsv4 filed.test
ask getent ahostsv4 nothere.test
ask getent hosts one.test nothere.test filed.test
ask ping -c 1 one.test
ask ping -n -c 1 one.test
ask ping -c 1 filed.test
ask ping -c 1 alias.test
ask ping -4 -c 1 one.test
ask ping -c 1 nothere.test
ask ping -c 1 refused.example
ask ping -c 1 10.0.0.2
ask ping -c 1 again
ask curl -sS -o /dev/null -w '%{http_code} %{remote_ip}\n' http://one.test/
ask curl -4 -sS -o /dev/null -w '%{http_code} %{remote_ip}\n' http://one.test/
ask curl -sS http://nothere.test/
ask curl -sS http://refused.example/
ask curl -sS -o /dev/null -w '%{http_code} %{remote_ip}\n' http://filed.test/
ask curl -sS http://x.localhost:5999/
ask curl -sS --resolve made.up:80:10.0.0.2 -o /dev/null -w '%{http_code}\n' http://made.up/
ask nc -z -v one.test 5000
ask nc -z -v -n one.test 5000
ask nc -4 -z -v one.test 5000
ask nc -z -v nothere.test 5000
ask nc -z -v refused.example 5000
ask socat -u OPEN:/dev/null TCP:one.test:5000
ask socat -u OPEN:/dev/null TCP4:one.test:5000
ask socat -u OPEN:/dev/null TCP:nothere.test:5000
ask socat -u OPEN:/dev/null TCP4:refused.example:5000
ask dig one.test
ask dig +short alias.test
ask host one.test
ask host alias.test
ask host two.test
ask host nothere.test
ask host refused.example
ask host -t A one.test
ask host 10.0.0.2
