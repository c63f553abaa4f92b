import { Host } from 'netsim'

const L: Record<string, string> = {
  spawn2000: 'for ((i=0;i<2000;i++)); do sleep 1000 & done',
  spawn4000: 'for ((i=0;i<4000;i++)); do sleep 1000 & done',
  var: 'x=a; while :; do x=$x$x; done',
  brace: 'echo {1..100000000} | wc -c',
  seq: 'seq 1 1000000000 | tail -1',
  'ping -i': 'ping -i 0.001 127.0.0.1 > /dev/null',
  sed: "echo a | sed ':a;s/a/aa/;ta'",
  awk: "awk 'BEGIN{while(1);}'",
  grep: "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | grep -E '(a+)+$b'",
  glob: 'x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; case $x in *a*a*a*a*a*a*a*a*a*a*a*b) echo m;; *) echo n;; esac',
  bashregex: 'x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; [[ $x =~ ^(a+)+b$ ]]; echo $?',
  alias: 'shopt -s expand_aliases; alias a=a; a',
  trap: "trap 'kill -USR1 $$' USR1; kill -USR1 $$; while :; do sleep 1; done",
  catself: 'echo a > /tmp/a; cat /tmp/a >> /tmp/a',
  printf: "printf '%1000000000s' x | wc -c",
  socat:
    'socat UDP4-RECVFROM:9,fork exec:cat & sleep 1; echo hi | socat - UDP4-SENDTO:127.0.0.1:9,bind=127.0.0.1:9; sleep 10',
  netns: 'i=0; while :; do ip netns add n$i; i=$((i+1)); done',
  stop: 'kill -STOP $$',
  yes: 'yes > /dev/null',
  zero: 'cat /dev/zero > /dev/null',
  zero2: 'head -c 100000000000 /dev/zero | wc -c',
  tail: 'echo a > /tmp/a; tail -f /tmp/a',
  expo: 'echo $((2**100000000))',
  longopt: 'ping -s 100000000000000 127.0.0.1',
  arr: 'a[1000000000]=1; echo ${#a[@]}',
  arrexp: 'a[100000000]=1; echo "${!a[@]}"',
}
const k = process.argv[2]!
const h = new Host('node1', { limits: { steps: 200000, events: 1000000 } })
const t0 = Date.now()
let r
try {
  r = JSON.stringify(h.sh(L[k]!))?.slice(0, 110)
} catch (e) {
  const x = e as any
  r = `${x.constructor.name} ${x.limit}: ${x.message}`.slice(0, 140)
}
console.log(k.padEnd(12), `${Date.now() - t0} ms`.padEnd(9), r)
