// Every table, scenario and calls file, run in netsim and held against what a real kernel answered (test/kernel/recordings).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { normalize, sections } from '../../src/cli/verify/normalize.ts'
import { type Case, loadCases, netsimOutput, readRecording } from './cases.ts'

function compare(c: Case): { wrong: Record<string, { linux: string; netsim: string }>; stale: string[] } {
  const recording = readRecording(c.name)!
  const linux = sections(normalize(recording.output, c.script))
  const netsim = sections(normalize(netsimOutput(c), c.script))
  const wrong: Record<string, { linux: string; netsim: string }> = {}
  const stale: string[] = []
  for (const [title, expected] of linux) {
    const got = netsim.get(title) ?? '(nothing)'
    if (c.differs.has(title)) {
      if (got === expected) stale.push(title)
    } else if (got !== expected) wrong[title] = { linux: expected, netsim: got }
  }
  return { wrong, stale }
}

describe('as a real kernel answered', () => {
  for (const c of loadCases()) {
    test(c.name, () => {
      expect(readRecording(c.name)?.sha, `${c.name} has no recording of its present text: npm run record`).toBe(c.sha)
      if (c.comparedIn !== null) {
        const there = readFileSync(join(import.meta.dirname, '../..', c.comparedIn), 'utf8')
        expect(there, `${c.comparedIn} does not read it`).toContain(c.name)
        return
      }
      const { wrong, stale } = compare(c)
      expect(wrong).toEqual({})
      expect(stale, 'sections marked as different that are no longer').toEqual([])
    })
  }
})

test('every known difference is explained in docs/differences-from-linux.md', () => {
  const doc = readFileSync(join(import.meta.dirname, '../../docs/differences-from-linux.md'), 'utf8')
  const unexplained = loadCases()
    .flatMap((c) => [...c.differs.values()])
    .filter((reason) => !doc.includes(reason))
  expect(unexplained).toEqual([])
})
