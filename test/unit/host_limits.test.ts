// Every limit: a clear LimitError that names it, never a hang, and a machine that can still be used (docs/limits.md).
import { readFileSync } from 'node:fs'
import { Host, LimitError, type LimitName, type Limits } from 'netsim'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/os/limits.ts'
import { pair } from './host_fixture.ts'

/** Small ones, so that each is reached at once. */
const SMALL: Limits = {
  steps: 30_000,
  events: 20_000,
  virtualTime: 3_600_000_000_000,
  processes: 300,
  output: 100_000,
  fileSize: 100_000,
}

/** Two routers a and b that send 9.0.0.0/8 to each other for ever, and c that asks a. */
const ROUTING_LOOP = `ip netns add a; ip netns add b; ip netns add c; ip link add z netns c type veth peer name w netns a
ip -n c addr add 10.1.0.2/24 dev z; ip -n c link set z up; ip -n a addr add 10.1.0.1/24 dev w; ip -n a link set w up
ip -n c route add default via 10.1.0.1; ip link add x netns a type veth peer name y netns b
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; ip -n $n link set lo up; done
ip -n a addr add 10.0.0.1/24 dev x; ip -n b addr add 10.0.0.2/24 dev y; ip -n a link set x up; ip -n b link set y up
ip -n a route add 9.0.0.0/8 via 10.0.0.2; ip -n b route add default via 10.0.0.1`

/** What else a limit needs, so that it is the one that is reached. */
const ROOM: Partial<Record<LimitName, Partial<Limits>>> = {
  virtualTime: { events: 1e6, steps: 1e6 },
  events: { steps: 1e6 },
  processes: { steps: 1e6 },
  fileSize: { steps: 1e6 },
  output: { steps: 1e6 },
  depth: { processes: 5000, steps: 1e6 },
}

function limitOf(act: () => unknown): LimitError {
  try {
    act()
  } catch (e) {
    if (e instanceof LimitError) return e
    throw e
  }
  throw new Error('no limit was reached')
}

/** a='b+b'; b='c+c'; … */
function doubling(names: string): string {
  return [...names].map((n, i) => `${n}='${i + 1 < names.length ? `${names[i + 1]}+${names[i + 1]}` : '1'}'`).join('; ')
}

const SCRIPTS: readonly (readonly [LimitName, string, string])[] = [
  ['steps', 'an endless loop', 'while true; do :; done'],
  ['steps', 'an endless loop of arithmetic', 'for ((;;)); do ((i++)); done'],
  ['steps', 'a command that is always retried', 'until false; do false; done'],
  ['virtualTime', 'a loop that sleeps', 'while sleep 1; do :; done'],
  ['virtualTime', 'an endless ping', 'ping -q 127.0.0.1'],
  ['virtualTime', 'a program that waits for a timer only', 'sleep 1000000'],
  ['events', 'an endless flood', 'ping -q -f 127.0.0.1'],
  ['processes', 'a fork bomb', ':(){ :|:& };: ; wait'],
  ['processes', 'background jobs without end', 'while :; do sleep 1000 & done'],
  ['output', 'endless output', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done'],
  [
    'fileSize',
    'a file that grows',
    'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >> /tmp/f; done',
  ],
  ['depth', 'a function that calls itself', 'f() { f; }; f'],
  ['depth', 'subshells within subshells', 'f() { (f); }; f'],
  ['depth', 'a file that sources itself', 'echo ". /tmp/x" > /tmp/x; . /tmp/x'],
  ['blocked', 'a server that nobody will ever call', 'nc -l 80'],
  ['blocked', 'a capture of nothing', 'tcpdump -i lo'],
  ['blocked', 'an endless sleep', 'sleep inf'],
  // Filters keep what they need only, and their work is counted.
  ['steps', 'seq into tail', 'seq 1 1000000000 | tail -1'],
  ['steps', 'yes into tail -c', 'yes | tail -c 5'],
  ['steps', 'yes into nothing', 'yes > /dev/null'],
  ['steps', 'yes through cat, tr and wc', 'yes | cat | tr y z | wc -l'],
  ['steps', 'an endless device', 'head -c 10G /dev/zero | wc -c'],
  ['steps', 'random bytes', 'cat /dev/urandom | wc -c'],
  ['steps', 'yes into head -n -1', 'yes | head -n -1 > /dev/null'],
  ['steps', 'yes into sort', 'yes | sort'],
  ['fileSize', 'a line that sed holds', 'yes | tr -d "\\n" | sed s/a/b/'],
  ['fileSize', 'all of it held by tac', 'yes | tac'],
  ['fileSize', 'all of it held by xargs', 'yes | xargs'],
  ['fileSize', 'a tail as long as its input', 'yes | tail -n 1000000000'],
  ['fileSize', 'seq into a file', 'seq 1 1000000000 > /tmp/f'],
  ['fileSize', 'a capture file', 'tcpdump -i lo -w /tmp/f & ping -q -f 127.0.0.1'],
  // The shell's own data.
  ['steps', 'a command substitution', 'x=$(yes)'],
  ['steps', 'read into read', 'yes | while read x; do :; done'],
  ['steps', 'read -n into nothing', 'head -c 90K /dev/zero > /tmp/f; while read -n 1 x; do :; done < /tmp/f'],
  ['steps', 'mapfile', 'mapfile a < <(yes)'],
  ['steps', 'a script on standard input', 'yes "echo a" | bash > /dev/null'],
  ['steps', 'a construct on standard input that never ends', '(echo "if true; then"; yes "echo a") | bash'],
  ['steps', 'a brace expansion', 'echo {1..1000000000}'],
  ['steps', 'a product of brace expansions', 'echo {1..1000}{1..1000}{1..1000}'],
  ['steps', 'an array that grows', 'while :; do a+=(1); done'],
  ['steps', 'positional parameters that double', 'set -- a; while :; do set -- "$@" "$@"; done'],
  ['steps', 'values that are expressions', `${doubling('abcdefghijklmnopqrstuvwxyz')}; echo $((a))`],
  ['steps', 'descriptors', 'while :; do exec {fd}< /dev/null; done'],
  ['steps', 'files', 'i=0; while :; do : > /tmp/$((i++)); done'],
  ['steps', 'directories within directories', 'while :; do mkdir x; cd x; done'],
  ['steps', 'namespaces', 'i=0; while :; do ip netns add n$((i++)); done'],
  ['steps', 'an endless batch', 'yes "link set lo up" | ip -batch -'],
  ['steps', 'process substitutions', 'while :; do : < <(:); done'],
  ['steps', 'functions in the background', 'f() { :; }; while :; do f & done'],
  ['fileSize', 'a string that doubles', 'x=x; while :; do x=$x$x; done'],
  ['fileSize', 'a string that is appended to itself', 'x=x; while :; do x+=$x; done'],
  ['fileSize', 'a here-document', "x=$(printf '%60000d' 1); cat << E\n$x$x\nE"],
  ['fileSize', 'a here-string', "x=$(printf '%60000d' 1); cat <<< $x$x"],
  ['fileSize', 'a number that is wider than text can be', "printf '%1000000000d' 1"],
  ['output', 'a wide number', "printf '%200000d' 1"],
  ['fileSize', 'a wide number in a variable', "x=$(printf '%200000d' 1)"],
  ['processes', 'servers without end', 'i=0; while :; do nc -l $((++i)) & done'],
  ['processes', 'a script that runs itself', 'echo "bash /tmp/s; :" > /tmp/s; bash /tmp/s'],
  ['depth', 'nested parentheses', "echo $(( $(printf '(%.0s' {1..20000}) 1 ))"],
]

describe('scripts', () => {
  test.each(SCRIPTS)('%s: %s', (limit, _, script) => {
    const host = new Host('node1', { limits: { ...SMALL, ...ROOM[limit] } })
    const e = limitOf(() => host.sh(script))
    expect(e).toMatchObject({ name: 'LimitError', code: 'LIMIT', limit })
    expect(e.message.length).toBeGreaterThan(20)
    expect(host.sh('echo alive; ip -br link').stdout).toMatch(/^alive\nlo /)
    expect(host.exec('ps -e -o comm=').stdout.trim().split('\n').length, 'what the run left behind').toBeLessThan(10)
  })
})

/** Each of these ran for ever, or nearly so, on an engine that backtracks. */
const MATCHING: readonly (readonly [string, string])[] = [
  ['grep -E', `printf 'a%.0s' {1..40} > /tmp/a; echo b >> /tmp/a; grep -cE '(a+)+$' /tmp/a`],
  ['sed', `sed -E 's/^(a*)*$/x/' /tmp/a`],
  ['awk', `awk '/^(a|aa)+$/ { print "hit" }' /tmp/a`],
  ['=~', 'x=$(</tmp/a); [[ $x =~ ^(a+)+$ ]]; echo $?'],
  ['[[ == ]]', '[[ $x == *a*a*a*a*a*a*a*a*a*a*c ]]; echo $?'],
  ['extglob', 'shopt -s extglob; case $x in *(*(a))c) echo yes ;; *) echo no ;; esac'],
  ['${x%%…}', 'shopt -s extglob; echo ${x%%*(*(a|aa)|+(a))c} ${x//+(+(a))c/-}'],
  ['grep --include', `grep -r --include='*a*a*a*a*a*a*a*a*a*a*a*ac' a /tmp; echo $?`],
  ['an unfinished group', 'p=$(printf "+(%.0s" {1..150}); [[ $x == $p"a)" ]]; echo $?'],
]

describe('patterns', () => {
  test.each([
    ['ip address show label', `ip addr show label '${'*a'.repeat(30)}*b'`],
    ['sysctl', `sysctl -p /tmp/s`],
  ])('%s matches in linear time', (_, script) => {
    const host = new Host('node1')
    host.sh(
      `ip link add ${'a'.repeat(15)} type dummy; ip addr add 10.0.0.1/24 dev ${'a'.repeat(15)}; echo 'net.ipv4.conf.${'*a'.repeat(30)}*b.forwarding = 1' > /tmp/s`,
    )
    const began = performance.now()
    host.sh(script)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test.each(MATCHING)('%s has its answer at once', (_, script) => {
    const host = new Host('node1')
    host.sh(MATCHING[0]![1])
    const began = performance.now()
    const { stdout, stderr } = host.sh(`x=$(</tmp/a); ${script}`)
    expect(performance.now() - began).toBeLessThan(2000)
    expect(stderr).toBe('')
    expect(stdout).not.toBe('yes\n')
  })

  test.each([
    ['a back-reference', `grep -E '^(a|aa)*(a|b)\\2$' /tmp/a`],
    ['a look', `grep -P '^(?=(a|aa)+c)a' /tmp/a`],
    ['groups to be avoided', 'shopt -s extglob; x=$(seq 1 300); [[ $x == *!(*!(*!(*!(x)))c)*!(*!(*!(x)))c ]]'],
    [
      'an automaton of many states',
      `for i in {1..3000}; do printf $RANDOM$RANDOM; done | tr 0-9 abaababbab | grep -cE '(a|b)*a(a|b){900}c'`,
    ],
  ])('%s ends at the steps limit', (_, script) => {
    const host = new Host('node1')
    host.sh(MATCHING[0]![1])
    const began = performance.now()
    const e = limitOf(() => host.sh(script))
    expect(e.limit).toBe('steps')
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(host.sh('echo alive').stdout).toBe('alive\n')
  })
})

describe('with the default limits', () => {
  // Each of these took minutes, or a gigabyte, before its work was counted.
  test.each<readonly [LimitName, string]>([
    ['steps', 'seq 1 1000000000 | tail -1'],
    ['fileSize', 'yes > /tmp/f'],
    ['processes', 'while :; do sleep 1000 & done'],
    ['steps', 'i=0; while :; do ip link add a$i type veth peer name b$i; : $((i++)); done'],
    ['steps', 'i=1; while :; do iptables -A INPUT -m mark --mark $((i++)) -j DROP; done'],
  ])('%s: %s ends soon', (limit, script) => {
    expect(limitOf(() => new Host('node1').sh(script)).limit).toBe(limit)
  })

  test('ten thousand namespaces fit into one run', () => {
    expect(
      new Host('node1').sh('for ((i = 0; i < 10000; i++)); do ip netns add n$i; done; ip netns | wc -l').stdout,
    ).toBe('10000\n')
  })

  test('what ends is let through: a million turns of a loop, a million lines, thousands of jobs', () => {
    const host = new Host('node1')
    const last = (script: string): string => host.sh(script).stdout
    expect(last('seq 1 1000000 | tail -1')).toBe('1000000\n')
    expect(last('for i in {1..3000}; do sleep 1 & done; jobs -r | wc -l; wait; jobs | wc -l')).toBe('3000\n0\n')
    expect(last('for ((i = 0; i < 5000; i++)); do echo $i >> /tmp/f; done; tail -1 /tmp/f')).toBe('4999\n')
  })
})

describe('packets', () => {
  test('a routing loop ends with the TTL, and the trace shows it', () => {
    const host = new Host('node1')
    host.sh(ROUTING_LOOP)
    const t = host.netns('c').send({ udp: { dst: '9.9.9.9', dport: 1, ttl: 255 } })
    expect([t.verdict, t.drops[0]?.reason, t.drops[0]?.fn]).toEqual(['dropped', 'IP_INHDR', 'ip_forward'])
    expect(t.path.length).toBe(256)
  })

  test.each<readonly [string, (h: Host) => unknown]>([
    ['sh', (h) => h.sh('ip netns exec c ping -f -q -t 255 9.9.9.9')],
    ['send', (h) => h.netns('c').send({ udp: { dst: '9.9.9.9', dport: 1, ttl: 255 } })],
    ['ping', (h) => h.netns('c').ping('9.9.9.9', { ttl: 255 })],
    [
      'run',
      (h) => {
        h.netns('c').start('ping -q -t 255 9.9.9.9')
        h.run(60)
      },
    ],
  ])('a storm stops %s at the events limit; the machine goes on', (_, act) => {
    const host = new Host('node1', { limits: { events: 100 } })
    host.sh(ROUTING_LOOP)
    expect(limitOf(() => act(host))).toMatchObject({ limit: 'events', value: 100 })
    expect(host.netns('a').ping('10.0.0.2').received).toBe(1)
  })

  test('an endless ping is no reason for run to end early, a day of virtual time is', () => {
    const host = pair({ limits: { virtualTime: 60e9 } })
    host.start('ping 10.0.0.2 > /dev/null')
    host.run(59)
    expect(limitOf(() => host.run(61)).limit).toBe('virtualTime')
    host.run(5)
  })

  test('a trace is bounded, and says what it lost', () => {
    const host = pair()
    const stop = host.trace({ limit: 20 })
    host.root.ping('10.0.0.2', { count: 5 })
    const t = stop()
    expect(t.events.length).toBe(20)
    expect(t.lost).toBeGreaterThan(20)
    expect(String(t)).toContain(`trace incomplete: ${t.lost} later events were not kept (limit 20 events)`)
  })
})

test('docs/limits.md names every limit with its default', () => {
  const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')
  for (const [name, value] of Object.entries(DEFAULT_LIMITS)) {
    expect(page).toContain(`| \`${name}\` |`)
    expect(page).toContain(`| ${value.toLocaleString('en-US')} |`)
  }
  for (const [limit] of SCRIPTS) expect(page).toContain(`\`${limit}\``)
})
