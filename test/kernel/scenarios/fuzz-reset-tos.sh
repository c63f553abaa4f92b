# A RST bears the TOS of the segment that it answers (tcp_v4_send_reset).
# native
ip link set lo up
for tos in 0x10 0x13 0xff 0x04; do
  echo "== TOS $tos"
  iptables -t mangle -F
  iptables -t mangle -A OUTPUT -p tcp --syn -j TOS --set-tos $tos
  iptables -t mangle -A INPUT -p tcp --tcp-flags RST RST -m tos --tos $tos
  iptables -t mangle -A INPUT -p tcp --tcp-flags RST RST -m tos --tos $tos/0xfc
  nc -n -z -v -w 1 127.0.0.1 9
  iptables-save -c -t mangle | grep RST
done
