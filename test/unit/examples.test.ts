// The TypeScript scenarios of examples/ run, and say what they are there to say. (The scripts are conformance scenarios.)
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { timeTravel } from '../../examples/time-travel.ts'
import { whatIf } from '../../examples/what-if.ts'
import { whyNoAnswer } from '../../examples/why-no-answer.ts'
import { pinged, recorded } from '../kernel/story.ts'

function lines(example: (print: (line: string) => void) => void): readonly string[] {
  const out: string[] = []
  example((line) => out.push(line))
  return out
}

test('every TypeScript example is run here', () => {
  const files = readdirSync(new URL('../../examples', import.meta.url)).filter((f) => f.endsWith('.ts'))
  expect(files).toEqual(['time-travel.ts', 'what-if.ts', 'why-no-answer.ts'])
})

test('why-no-answer names what each missing piece leads to', () => {
  expect(lines(whyNoAnswer)).toEqual([
    'without nothing: 1 of 1 answered; answered',
    "without the host's default route: 0 of 1 answered; NEIGH_FAILED in ns1 (neigh_invalidate)",
    'without ip_forward: 0 of 1 answered; NEIGH_FAILED in ns1 (neigh_invalidate)',
    "without the pod's default route: 0 of 0 answered; never sent: ENETUNREACH",
    'without proxy_arp: 0 of 1 answered; NEIGH_FAILED in ns1 (neigh_invalidate)',
    'without the way back to the pod: 0 of 1 answered; IP_INADDRERRORS in gw (ip_error)',
  ])
})

test('why-no-answer counts the answers that Linux counted', () => {
  const out = lines(whyNoAnswer)
  const linux = (name: string): string => {
    const r = pinged(
      recorded(`scenarios/${name}`, name.startsWith('story') ? "without the pod's default route" : 'pod to host'),
    )
    return `${r.received} of ${r.sent} answered`
  }
  const names = ['nothing', 'default-route', 'forwarding', '', 'proxy-arp', 'way-back']
  const counted = names.map((n) => linux(n === '' ? 'story-pod-to-host' : `chapter-${n}`))
  expect(out.map((l) => /\d+ of \d+ answered/.exec(l)?.[0])).toEqual(counted)
})

test('what-if asks copies, and the original does not notice', () => {
  const out = lines(whatIf)
  expect(out.slice(0, 3)).toEqual([
    '$ true',
    '    pings answered in half a minute: 6; echo over TCP: hello',
    '    a datagram of 1000 bytes: dropped NO_SOCKET',
  ])
  expect(out.filter((l) => l.includes('datagram')).map((l) => l.split(' ').at(-1))).toEqual([
    'NO_SOCKET',
    'PKT_TOO_BIG',
    'IP_INADDRERRORS',
    'NO_SOCKET',
    'NOT_SPECIFIED',
    'IP_RPFILTER',
  ])
  expect(out.at(-1)).toBe('the original: 3 pings answered, 12 s old')
})

test('time-travel finds the moment of each state', () => {
  expect(lines(timeTravel).slice(-4)).toEqual([
    '  0.000000 s  no entry',
    '  0.000000 s  INCOMPLETE',
    '  3.000000 s  FAILED',
    'at the beginning: no entry',
  ])
})

/** Every reason, and function with its reason, that Linux's tracepoint skb:kfree_skb gave to recorded frames. */
function linuxDrops(): ReadonlySet<string> {
  const found = new Set<string>()
  const collect = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return
    const { fn, reason } = x as { readonly fn?: unknown; readonly reason?: unknown }
    if (typeof fn === 'string' && typeof reason === 'string') found.add(reason).add(`${reason} ${fn}`)
    Object.values(x).forEach(collect)
  }
  for (const file of ['drops.json', 'neigh_drops.json']) {
    collect(JSON.parse(readFileSync(new URL(`../kernel/recordings/${file}`, import.meta.url), 'utf8')))
  }
  return found
}

test('every drop that an example names is one that Linux was seen to make', () => {
  const known = linuxDrops()
  const where = lines(whyNoAnswer).flatMap((l) => {
    const m = /; ([A-Z_]+) in \S+ \((\w+)\)/.exec(l)
    return m === null ? [] : [`${m[1]} ${m[2]}`]
  })
  const reasons = lines(whatIf).flatMap((l) => /dropped ([A-Z_]+)$/.exec(l)?.[1] ?? [])
  expect(where.length + reasons.length).toBeGreaterThan(6)
  for (const drop of [...where, ...reasons]) expect(known).toContain(drop)
})
