// npm run diff [-- FILTER]: where netsim's answers differ from the recordings, section by section.

import { normalize, sections } from '../../src/cli/verify/normalize.ts'
import { loadCases, netsimOutput, readRecording } from './cases.ts'

const args = process.argv.slice(2)
const filter = args.find((a) => !a.startsWith('--')) ?? ''
const most = args.includes('--all') ? Number.POSITIVE_INFINITY : 400
let lines = 0
let same = 0
let all = 0
for (const c of loadCases(filter)) {
  if (c.comparedIn !== null) continue
  const recording = readRecording(c.name)
  if (recording === null) {
    console.log(`${c.name}: no recording`)
    continue
  }
  const linux = sections(normalize(recording.output, c.script))
  let output: string
  try {
    output = netsimOutput(c)
  } catch (e) {
    output = `threw ${(e as Error).stack}`
  }
  const netsim = sections(normalize(output, c.script))
  let bad = 0
  for (const [title, expected] of linux) {
    all++
    const got = netsim.get(title) ?? '(nothing)\n'
    if (got === expected || c.differs.has(title)) {
      same++
      continue
    }
    bad++
    if (lines++ > most) continue
    console.log(`--- ${c.name} ${title}`)
    const a = expected.split('\n')
    const b = got.split('\n')
    for (const l of a.filter((x) => !b.includes(x)).slice(0, 8)) console.log(`  linux  ${l}`)
    for (const l of b.filter((x) => !a.includes(x)).slice(0, 8)) console.log(`  netsim ${l}`)
    if (a.every((x) => b.includes(x)) && b.every((x) => a.includes(x)))
      console.log('  (the order or the number of lines differs)')
  }
  if (bad > 0) console.log(`=== ${c.name}: ${bad} of ${linux.size} sections differ`)
}
console.log(`${same} of ${all} sections as recorded`)
