// The TypeScript scenarios of examples/ run, and what they say is what Linux did (scenarios/chapter-*, scenarios/story-drops, scenarios/example-*); the form of
// the lines is theirs. (The scripts are conformance scenarios.)
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { timeTravel } from '../../examples/time-travel.ts'
import { whatIf } from '../../examples/what-if.ts'
import { whyNoAnswer } from '../../examples/why-no-answer.ts'
import { droppedByLinux, pinged, recorded, recordedSections } from '../kernel/story.ts'

function lines(example: (print: (line: string) => void) => void): readonly string[] {
  const out: string[] = []
  example((line) => out.push(line))
  return out
}

test('every TypeScript example is run here', () => {
  const files = readdirSync(new URL('../../examples', import.meta.url)).filter((f) => f.endsWith('.ts'))
  expect(files).toEqual(['time-travel.ts', 'what-if.ts', 'why-no-answer.ts'])
})

/** Where a device of the chapter is; a packet that came by none was sent by the pod. */
const PLACES: Readonly<Record<string, string>> = {
  lan0: 'gw',
  ens3: 'host',
  'veth-ns1': 'host',
  'ns1-eth0': 'ns1',
  '-': 'ns1',
}

test.each([
  ['nothing', 'chapter-nothing'],
  ["the host's default route", 'chapter-default-route'],
  ['ip_forward', 'chapter-forwarding'],
  ["the pod's default route", 'story-pod-to-host'],
  ['proxy_arp', 'chapter-proxy-arp'],
  ['the way back to the pod', 'chapter-way-back'],
])('why-no-answer, without %s, says what became of the ping on Linux', (missing, scenario) => {
  const said = lines(whyNoAnswer)
    .find((l) => l.startsWith(`without ${missing}: `))
    ?.split('; ')
  const title = scenario.startsWith('story') ? `without ${missing}` : 'pod to host'
  const linux = pinged(recorded(`scenarios/${scenario}`, title))
  expect(said?.[0]).toBe(`without ${missing}: ${linux.received} of ${linux.sent} answered`)
  if (linux.error !== null) {
    const words = /[^:]*$/.exec(linux.error)![0].trim()
    const refused = recorded('scenarios/request-errnos', 'ip route get 9.9.9.9')
    expect(refused).toContain(`\n${said?.[1]?.replace('never sent: ', '')} ${words}\n`)
  } else if (linux.received > 0) expect(said?.[1]).toBe('answered')
  else {
    const drops = droppedByLinux(`pod to host without ${scenario.replace('chapter-', '')}`).map((l) => l.split(' '))
    expect(drops.map(([fn, reason, device]) => `${reason} in ${PLACES[device!]} (${fn})`)).toContain(said?.[1])
  }
})

test('what-if asks copies, which answer as Linux did, and the original does not notice', () => {
  const linux = recordedSections('scenarios/example-what-if')
  const expected = linux.flatMap(([question, text]) => {
    const [, answers, echo] = /in half a minute: (\d+); echo: (.*)/.exec(text)!
    const [, reason] = droppedByLinux(`a datagram of 1000 bytes: ${question}`).join().split(' ')
    return [
      `$ ${question}`,
      `    pings answered in half a minute: ${answers}; echo over TCP: ${echo || 'nothing'}`,
      `    a datagram of 1000 bytes: dropped ${reason}`,
    ]
  })
  const before = new Set(linux.map(([, text]) => /^before: (\d+)/.exec(text)?.[1]))
  expect(lines(whatIf)).toEqual([...expected, `the original: ${[...before].join()} pings answered, 12 s old`])
})

test('time-travel finds the moment of each state, between the moments at which Linux was asked', () => {
  const asked = recordedSections('scenarios/example-time-travel').map(([title, text]) => ({
    at: Number.parseInt(title, 10) / 1000 || 0,
    state: /(\S+)\s*$/.exec(text)?.[1] ?? 'no entry',
  }))
  const found = lines(timeTravel).flatMap((l) => {
    const m = /^ {2}(\S+) s {2}(.*)$/.exec(l)
    return m === null ? [] : [{ at: Number(m[1]), state: m[2]! }]
  })
  expect(found.map((f) => f.state)).toEqual([...new Set(asked.map((a) => a.state))])
  for (const { at, state } of found) {
    const first = asked.findIndex((a) => a.state === state)
    expect(at).toBeLessThanOrEqual(asked[first]!.at)
    expect(at).toBeGreaterThanOrEqual(asked[first - 1]?.at ?? 0)
  }
  expect(lines(timeTravel).at(-1)).toBe(`at the beginning: ${asked[0]!.state}`)
})
