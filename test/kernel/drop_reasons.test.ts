// Each pair of function and drop reason that netsim can produce is held against the kernel's tracepoint skb:kfree_skb, or listed
// with the reason why it cannot be; docs/drop-reasons.md is made of these data.
import { readFileSync } from 'node:fs'
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import { FRAMES, TOPOLOGY } from './drop_frames.ts'
import { page, pairOf, SILENT, UNVERIFIED, verified, writtenPage } from './drop_reasons.ts'
import {
  collapse,
  MACHINES,
  REASON_CASES,
  type ReasonCase,
  type ReasonDrop,
  type ReasonRecording,
  reasonsDigest,
  WORDS,
} from './drop_reasons_cases.ts'
import { producible } from './drop_reasons_source.ts'

const recording = JSON.parse(
  readFileSync(new URL('recordings/drop_reasons.json', import.meta.url), 'utf8'),
) as ReasonRecording

function provoke(c: ReasonCase): readonly ReasonDrop[] {
  const host = new Host('node1')
  expect(host.sh(`${WORDS}\n${MACHINES}\n${c.before ?? ''}`).stderr).toBe('')
  const stop = host.trace()
  host.sh(`${WORDS}\n${c.script ?? ''}`)
  for (const [bytes, times] of c.frames ?? [])
    for (let i = 0; i < times; i++) {
      host.netns('r').inject('zq0', bytes)
      host.run(0.002)
    }
  host.sh(c.after ?? 'sleep 0.1')
  return stop()
    .events.filter((e) => e.kind === 'drop')
    .map((d) => ({ fn: d.fn, reason: d.reason }))
}

const isSilent = (d: ReasonDrop): boolean => pairOf(d) in SILENT

describe(`as ${recording.kernel.split(' ').slice(0, 2).join(' ')} drops`, () => {
  test('the recording answers these cases', () => {
    expect(recording.script, 'npm run record -- drop_reasons.json --native').toBe(reasonsDigest())
  })

  test.each(REASON_CASES.map((c) => [c.name, c] as const))('%s', (name, c) => {
    const drops = provoke(c)
    const answered = recording.answers[name]!.filter((d) => !(c.linuxAlso ?? []).includes(pairOf(d)))
    expect(collapse(drops.filter((d) => !isSilent(d)))).toEqual(answered)
    for (const [pair, by] of Object.entries(SILENT))
      if (by === name) expect(drops.map(pairOf), 'what Linux is silent about').toContain(pair)
  })
})

describe('the list of drops', () => {
  const pairs = producible()

  test('every pair in the source was seen on Linux or says why not', () => {
    const seen = verified()
    const open = pairs.filter((p) => !seen.has(p) && !(p in SILENT) && !(p in UNVERIFIED))
    expect(open).toEqual([])
  })

  test('no entry is left over', () => {
    const seen = verified()
    expect(Object.keys({ ...SILENT, ...UNVERIFIED }).filter((p) => !pairs.includes(p))).toEqual([])
    expect(Object.keys(UNVERIFIED).filter((p) => seen.has(p))).toEqual([])
  })

  test('what single frames end in silently is what is said', () => {
    const host = new Host('node1')
    host.sh(TOPOLOGY)
    const r = host.netns('r')
    const found = new Map<string, string[]>()
    for (const f of FRAMES) {
      if (f.before !== undefined) r.sh(f.before)
      const drops = r.inject('dr0', f.frame).drops.filter(isSilent)
      for (const d of drops) found.set(pairOf(d), [...(found.get(pairOf(d)) ?? []), f.name])
    }
    const names = new Set(FRAMES.map((f) => f.name))
    for (const [pair, by] of Object.entries(SILENT)) if (names.has(by)) expect(found.get(pair), pair).toContain(by)
    const cases = new Set(REASON_CASES.map((c) => c.name))
    expect(Object.values(SILENT).filter((by) => !names.has(by) && !cases.has(by))).toEqual([])
  })

  test('docs/drop-reasons.md is made of it: drop_reasons.ts --write', () => {
    expect(writtenPage()).toBe(page())
  })
})
