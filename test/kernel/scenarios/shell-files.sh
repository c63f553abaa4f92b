# The file tree: sysctls as files, symbolic links, positions of descriptors, long pipes; how processes end.
ip netns add ns1
echo "== /proc/sys"
cd /proc/sys/net/ipv4; cat ip_forward; echo 1 > ip_forward; cat ip_forward; cd /tmp
echo x > /proc/sys/net/ipv4/ip_forward; echo $?
echo 1 > /proc/sys/net/ipv4/nope; echo $?
echo "== namespaces and devices"
ls /run/netns /var/run/netns; [ -c /dev/null ] && echo dev
echo "== symbolic links"
mkdir d; echo x > d/f; ln -s d l; cat l/f; ln -s a b; ln -s b a; cat a; readlink l; readlink a; rm l/f; ls d
echo "== positions"
echo 12345 > f; { echo ab; (echo cd); } > g; cat g; exec 3<f; read -n 2 x <&3; read y <&3; echo $x $y
echo "== a pipe longer than its buffer"
for ((i = 0; i < 3000; i++)); do echo "a line of forty characters, more or less $i"; done | cat | cat | wc -l
echo "== ends"
sleep 9 & kill -9 $!; wait $! 2>/dev/null; echo $?
sleep 9 & kill $!; wait $! 2>/dev/null; echo $?
