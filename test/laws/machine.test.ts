// Laws of a machine: restoring gives the snapshot whatever happened, forks are isolated, and no input breaks it.
import { fc, test } from '@fast-check/vitest'
import { Host, NetsimError } from 'netsim'
import { describe, expect } from 'vitest'
import { tools } from '../../src/tools/table.ts'
import { dump } from '../unit/host_fixture.ts'
import { LAB, type Move, make, move } from './machine_moves.ts'

const lab = new Host('node1', { seed: 3 })
lab.sh(LAB)
const start = lab.snapshot()

function fresh(): Host {
  const host = new Host('node1')
  host.restore(start)
  return host
}

const moves = fc.array(move, { minLength: 1, maxLength: 6 })

describe('copies', () => {
  test.prop([moves, moves, moves], { numRuns: 15 })(
    'restore after anything equals the snapshot',
    (first, between, then) => {
      const host = fresh()
      for (const m of first) make(host, m)
      const s = host.snapshot()
      const [state, future] = [dump(host), host.fork()]
      const expected = then.map((m: Move) => make(future, m))
      for (const m of between) make(host, m)
      host.restore(s)
      expect(dump(host)).toBe(state)
      expect(then.map((m: Move) => make(host, m))).toEqual(expected)
      expect(dump(host)).toBe(dump(future))
    },
  )

  test.prop([moves, moves], { numRuns: 15 })(
    'what a fork does leaves the original alone, and the other way round',
    (one, two) => {
      const host = fresh()
      const fork = host.fork()
      const before = dump(host)
      for (const m of one) make(fork, m)
      expect(dump(host)).toBe(before)
      const there = dump(fork)
      for (const m of two) make(host, m)
      expect(dump(fork)).toBe(there)
    },
  )
})

const LIMITS = {
  steps: 20_000,
  events: 50_000,
  virtualTime: 3600e9,
  processes: 200,
  output: 1_000_000,
  fileSize: 1_000_000,
}

const WORDS = [
  ...Object.keys(tools),
  ...['bash', 'sleep', 'timeout', 'ls', 'ps', 'kill', 'echo', 'printf', 'seq', 'head', 'wc', 'test', '['],
  ...'link addr address route rule neigh neighbour netns monitor show list add del delete set change replace append get flush exec identify pids attach'.split(
    ' ',
  ),
  ...'dev via src from to type veth dummy ifb peer name up down mtu address lladdr nud permanent table main local all metric scope host global onlink nexthop weight'.split(
    ' ',
  ),
  ...'default blackhole lookup pref iif oif fwmark proxy label broadcast brd + lo v0 v1 ns1 netns n0 n1 n2 left right help'.split(
    ' ',
  ),
  ...'-4 -6 -br -d -s -j -p -o -n -c -i -W -w -I -t -M -q -f -l -u -z -N -k -v -p -e -a -x -h -V --help --version'.split(
    ' ',
  ),
  ...'10.0.0.1 10.0.0.2 10.0.1.2/24 10.0.0.0/33 1.2.3 0 1 -1 99999999999 0x10 1.5 02:00:00:00:00:01 zz:zz port 80 tcp udp icmp and or not net host'.split(
    ' ',
  ),
  ...'TCP4-LISTEN:9,fork exec:cat STDIO UDP4:10.0.0.2:53 net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter -w -a http://10.0.1.2/ /etc/hosts /proc/net/dev'.split(
    ' ',
  ),
  ...[
    '""',
    '"',
    "'",
    '$(',
    '`',
    '|',
    '||',
    '&&',
    ';',
    '&',
    '>',
    '<',
    '2>&1',
    '/dev/null',
    '$x',
    '$((1+',
    '${',
    '}',
    '*',
    '!',
    '(',
    ')',
    '\\',
    '#',
    '~',
  ],
]
const word = fc.oneof(
  { arbitrary: fc.constantFrom(...WORDS), weight: 12 },
  { arbitrary: fc.string({ maxLength: 8 }), weight: 1 },
)
const line = fc
  .tuple(fc.constantFrom('ip', 'ip', 'ip', ...WORDS), fc.array(word, { maxLength: 8 }))
  .map(([tool, rest]) => [tool, ...rest].join(' '))

describe('no input breaks it', () => {
  const limited = new Host('node1', { limits: LIMITS })
  limited.sh(LAB)
  const ready = limited.snapshot()

  test.prop([fc.array(line, { minLength: 1, maxLength: 3 })], { numRuns: 400 })(
    'command lines of tools’ words and garbage end, with documented errors at most',
    (lines) => {
      const host = new Host('node1')
      host.restore(ready)
      for (const l of lines) {
        try {
          host.sh(l)
        } catch (e) {
          if (!(e instanceof NetsimError)) throw new Error(`${l}\n${e instanceof Error ? e.stack : e}`)
        }
      }
      expect(host.sh('echo alive').stdout).toBe('alive\n')
    },
  )
})
