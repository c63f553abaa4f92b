# Descriptors: order of redirections, copies, here-strings, process substitution, groups.
cd "$(mktemp -d)"
{ echo out; echo err >&2; } 2>&1 >/dev/null | cat
{ echo out; echo err >&2; } &> both; cat both
exec 3> three; echo three >&3; exec 3>&-; cat three
echo bad >&3; echo $?
x=$(echo captured; echo direct >&2) 2>/dev/null; echo "$x"
exec 4< both; read l <&4; read k <&4; echo "$l $k"; exec 4<&-
set -C; echo x > both; echo $?; echo y >| both; cat both; set +C
while read n; do last=$n; done < <(printf '1\n2\n'); echo $last
cat <(echo one) <(echo two)
echo a > "no such/dir"; echo $?
cat < nope; echo $?
f="a b"; echo > $f; echo $?
echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward
echo x > /proc/sys/net/ipv4/ip_forward; echo $?
echo 1 > /proc/sys/net/ipv4/no_such_file; echo $?
ls /sys/class/net; cat /sys/class/net/lo/{address,mtu,operstate,type,ifindex}
echo $(cat /sys/class/net/lo/flags) $(< /sys/class/net/lo/mtu)
for d in /sys/class/net/*; do echo ${d##*/}; done
cat /proc/net/route | head -1 | tr -s ' \t' ' '
