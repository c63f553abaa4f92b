// Captures on Linux: a tcpdump on every device of every namespace, from before its first packet to after its last.
// A namespace gets its capture by a stand-in for `ip`, right behind `ip netns add`; it ends right before `ip netns del`, because a
// socket would keep the namespace alive. Also there: a namespace as a freshly booted machine has it (FRESH).
import { BIN, DIR } from './probe.ts'

/** Bytes of a packet that are kept: headers, and the beginning of what they carry. */
export const SNAPLEN = 1600

/**
 * `fresh FILE`: sysctls of a new namespace, a path and its value a line. A namespace copies net.ipv4.conf.{all,default} and TCP's buffers from
 * the machine's first one, which its owner may have changed (Docker sets ip_forward, systemd rp_filter): the script's first namespace gets
 * the kernel's defaults, and those that it makes get what the script's first one has. `forwarding` goes first, for it sets others.
 * IPv6 is not netsim's subject and would speak up by itself.
 */
export const FRESH = `for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >"$f"; done
write() {
  while IFS=: read -r path value; do
    case "$path" in $1) ;; *) continue ;; esac
    read -r now <"$path" && [ "$now" != "$value" ] && echo "$value" >"$path"
  done <"$2"
}
write '*/all/forwarding' "$1"
write '*' "$1"
`

/** What a namespace that the script makes inherits, as FRESH takes it; lo begins with the defaults, and without xfrm. */
const INHERITED = `conf=/proc/sys/net/ipv4/conf tcp=/proc/sys/net/ipv4/tcp_
  nsenter --target 1 --net grep -rs . $conf/all $conf/default \${tcp}rmem \${tcp}wmem >${DIR}/conf
  sed -n 'p; /disable_/d; s#/conf/default/#/conf/lo/#p' ${DIR}/conf >${DIR}/inherited`

/** `begin NAME`: NAME is '' for the first namespace, in which it runs. Returns when tcpdump listens. */
export const BEGIN = `in=; from=${DIR}/defaults
if [ -n "$1" ]; then
  in="nsenter --net=/run/netns/$1"; from=${DIR}/inherited
  ${INHERITED}
fi
$in /bin/bash ${DIR}/fresh $from 2>/dev/null
[ -x ${BIN}/netsim-capture ] || exit 0
n=$(cat ${DIR}/cap/count 2>/dev/null); n=$((n + 1)); echo $n >${DIR}/cap/count
cd ${DIR}/cap
$in ${BIN}/netsim-capture -i any -n -U --immediate-mode -B 16384 -s ${SNAPLEN} -Z root -w $n.pcap </dev/null >/dev/null 2>$n.err &
echo "$n $! $1" >>list
for i in {1..300}; do
  grep -q 'listening on' $n.err && exit 0
  kill -0 $! 2>/dev/null || exit 0
  sleep 0.01
done
`

/** \`finish [NAME]\`: ends the capture of a namespace, or all. */
export const FINISH = `sleep 0.02
while read -r n pid name; do
  [ $# = 0 ] || [ "$name" = "$1" ] || continue
  kill -INT $pid 2>/dev/null || continue
  for i in {1..300}; do [ -e /proc/$pid/exe ] || break; sleep 0.01; done
done <${DIR}/cap/list
`

/** Stands in for \`ip\`: as itself, but for \`netns add\` and \`netns delete\`, which it begins and ends captures for. */
export const IP_SHIM = `#!/bin/sh
real=${BIN}/real/ip
object=; verb=; name=; skip=
for word; do
  if [ -n "$skip" ]; then skip=; continue; fi
  case "$object$word" in
    -n|-netns|-b|-batch|-rcvbuf|-l|-loops|-f|-family) skip=1 ;;
    -*) ;;
    *) if [ -z "$object" ]; then object="$word "; elif [ -z "$verb" ]; then verb=$word; elif [ -z "$name" ]; then name=$word; fi ;;
  esac
done
case "$object$verb" in
  net*" "a|net*" "ad|net*" "add)
    "$real" "$@" || exit
    /bin/bash ${DIR}/begin "$name" 2>/dev/null ;;
  net*" "d|net*" "de|net*" "del*)
    if [ -n "$name" ]; then /bin/bash ${DIR}/finish "$name"; else /bin/bash ${DIR}/finish; fi 2>/dev/null
    exec "$real" "$@" ;;
  *) exec "$real" "$@" ;;
esac
`
