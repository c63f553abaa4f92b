# /etc/netns/NAME: ip netns exec mounts what lies there over /etc; nobody else sees it.
ip netns add a; ip netns add b
mkdir -p /etc/netns/a
echo '10.1.1.1 only.a' >/etc/netns/a/hosts
echo 'nameserver 10.1.1.53' >/etc/netns/a/resolv.conf
echo 'here' >/etc/plain; echo 'of a' >/etc/netns/a/plain
cp /etc/hosts /tmp/before
echo '== in a'
ip netns exec a getent hosts only.a; echo "rc=$?"
ip netns exec a cat /etc/resolv.conf /etc/plain
echo '== outside'
cat /etc/plain
[ "$(cat /etc/hosts)" = "$(cat /tmp/before)" ] && echo same
echo '== in b'
ip netns exec b cat /etc/plain
[ "$(ip netns exec b cat /etc/hosts)" = "$(cat /tmp/before)" ] && echo same
echo '== children see it too'
ip netns exec a bash -c 'bash -c "cat /etc/plain | cat; cat \$(echo /etc/plain)"'
echo '== a write goes to the file below'
ip netns exec a bash -c 'echo changed >/etc/plain; cat /etc/plain'
cat /etc/plain /etc/netns/a/plain
echo '== a write below is seen above'
ip netns exec a bash -c 'echo below >/etc/netns/a/plain; cat /etc/plain'
echo '== a file replaced below is not'
ip netns exec a bash -c 'echo new >/tmp/x; mv /tmp/x /etc/netns/a/plain; cat /etc/plain /etc/netns/a/plain'
ip netns exec a cat /etc/plain
echo '== it cannot be removed'
ip netns exec a rm -f /etc/plain; echo "rc=$?"
ip netns exec a mv /etc/plain /etc/y; echo "rc=$?"
ip netns exec a mv /etc/hostname /etc/plain; echo "rc=$?"
echo '== a target that does not exist'
touch /etc/netns/a/nothere
ip netns exec a cat /etc/nothere; echo "rc=$?"
ip -n a link show lo | wc -l
rm /etc/netns/a/nothere
echo '== a directory'
mkdir -p /etc/netns/a/sub /etc/sub; echo outer >/etc/sub/f; echo inner >/etc/netns/a/sub/f
ip netns exec a bash -c 'cat /etc/sub/f; ls /etc/sub; echo more >/etc/sub/g'
ls /etc/sub /etc/netns/a/sub
echo '== a directory over a file'
mkdir /etc/netns/a/hostname
ip netns exec a wc -l /etc/sub/f; echo "rc=$?"
rmdir /etc/netns/a/hostname
echo '== one inside the other'
mkdir -p /etc/netns/b; echo 'of b' >/etc/netns/b/plain
ip netns exec a ip netns exec b cat /etc/plain /etc/resolv.conf
ip netns exec b ip netns exec a cat /etc/plain
echo '== by a symbolic link'
ln -s plain /etc/linked
ip netns exec a cat /etc/linked
echo linked >/tmp/target; ln -s /tmp/target /etc/netns/b/linked
ip netns exec b cat /etc/linked /etc/plain
cat /etc/linked
echo '== in a batch'
printf 'netns exec a cat /etc/plain\nnetns exec b cat /etc/plain\n' | ip -b -
echo '== in all'
ip -all netns exec cat /etc/plain
echo '== a background process keeps it'
ip netns exec a bash -c 'sleep 0.5; cat /etc/plain' &
sleep 0.2
rm -r /etc/netns/a
wait
ip netns exec a cat /etc/plain
