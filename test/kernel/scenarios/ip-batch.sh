# ip -batch from a file: comments, quotes, continued lines, what stops it and what -force lets pass.
file=$(mktemp)
cat > "$file" <<'X'
# two links and their addresses
link add d0 address 02:00:00:00:00:10 type dummy
link add d1 address 02:00:00:00:00:11 \
  type dummy

link set d0 up   # with a comment behind
link set d0 alias "words in quotes"
addr add 10.0.0.1/24 dev d0
route add default via 10.0.0.254
X
echo "== run"; ip -batch "$file"; echo "rc=$?"
echo "== links"; ip link
echo "== routes"; ip route
echo "== again"; ip -b "$file" 2>&1 | sed "s:$file:FILE:"
echo "== again with -force"; ip -force -b "$file" 2>&1 | sed "s:$file:FILE:"
printf 'route get 10.0.0.9\nroute show\naddr show d0\n' > "$file"
echo "== listings"; ip -batch "$file"; echo "rc=$?"
echo "== json"; ip -j -batch "$file"; echo "rc=$?"
printf 'netns add n\n-n n link\n' > "$file"
echo "== options are not for lines"; ip -batch "$file" 2>&1 | sed "s:$file:FILE:"
printf 'link set d0 down\nbad object\nlink set d1 up\n' > "$file"
echo "== stops"; ip -batch "$file" 2>&1 | sed "s:$file:FILE:"; ip -br link
echo "== goes on"; ip -force -batch "$file" 2>&1 | sed "s:$file:FILE:"; ip -br link
echo "== usage ends it"; printf 'route add\nlink set d1 down\n' | ip -force -batch - >/dev/null 2>&1; echo "rc=$?"; ip -br link
