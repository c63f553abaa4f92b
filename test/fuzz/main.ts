// npm run fuzz -- [--runs N] [--seed S] [--parallel P] [--batch B] [--out DIR] [--no-shrink]: random machines on Linux and in netsim.
// Read first: docs/fuzzing.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { differences, judge, linuxSide, netsimSide, type Sides, type Verdict } from './both.ts'
import { type Difference, diffLines, wordingOf } from './compare.ts'
import { machineOf } from './generate.ts'
import { unavailable } from './linux.ts'
import { type Machine, scriptOf } from './model.ts'
import { type Found, shrink } from './shrink.ts'

interface Options {
  readonly runs: number
  readonly seed: number
  readonly batch: number
  readonly parallel: number
  readonly out: string
  readonly shrink: number
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      batch: { type: 'string', default: '100' },
      parallel: { type: 'string', default: '32' },
      out: { type: 'string', default: join(import.meta.dirname, 'failures') },
      shrink: { type: 'string', default: '4' },
    },
  })
  const runs = values.runs === undefined ? Number.POSITIVE_INFINITY : Number(values.runs)
  return {
    runs,
    seed: Number(values.seed),
    batch: Number(values.batch),
    parallel: Number(values.parallel),
    out: values.out,
    shrink: Number(values.shrink),
  }
}

class Progress {
  private readonly began = performance.now()
  runs = 0
  differences = 0
  unsteady = 0

  line(): string {
    const seconds = (performance.now() - this.began) / 1000
    const rate = (this.runs / Math.max(seconds, 1)).toFixed(1)
    return `${this.runs} runs, ${rate} runs/s, ${this.differences} differences, ${this.unsteady} unsteady`
  }
}

function comment(lines: readonly string[]): string {
  return lines.map((l) => `# ${l}`.trimEnd()).join('\n')
}

function write(out: string, name: string, m: Machine, d: Difference): string {
  mkdirSync(out, { recursive: true })
  const file = join(out, `${name}.sh`)
  const head = [`seed ${m.seed}: netsim and Linux differ at`, d.title, ...diffLines(d).slice(0, 30)]
  writeFileSync(file, `${comment(head)}\n${scriptOf(m)}`)
  return file
}

async function smaller(sides: Sides, verdict: Verdict): Promise<Found> {
  const found = { machine: verdict.machine, difference: verdict.difference! }
  return shrink((machines) => differences(sides, machines), found)
}

/** One of each kind and wording first: many machines stumble over the same thing. */
function distinct(verdicts: readonly Verdict[]): Verdict[] {
  const seen = new Set<string>()
  return verdicts.filter(({ difference: d }) => {
    const key = wordingOf(d!)
    return !seen.has(key) && seen.add(key)
  })
}

async function report(options: Options, sides: Sides, verdicts: readonly Verdict[]): Promise<void> {
  for (const v of verdicts) {
    if (v.difference !== null) {
      console.log(
        `seed ${v.machine.seed}: ${v.difference.title}\n  ${diffLines(v.difference).slice(0, 6).join('\n  ')}`,
      )
      write(options.out, `seed-${v.machine.seed}`, v.machine, v.difference)
    }
    if (v.unsteady !== null)
      console.log(
        `seed ${v.machine.seed}: unsteady on Linux: ${v.unsteady.title}\n  ${diffLines(v.unsteady).slice(0, 4).join('\n  ')}`,
      )
  }
  const chosen = distinct(verdicts.filter((v) => v.difference !== null)).slice(0, options.shrink)
  await Promise.all(
    chosen.map(async (v) => {
      const f = await smaller(sides, v)
      console.log(
        `seed ${v.machine.seed}: ${f.machine.steps.length} steps: ${write(options.out, `seed-${v.machine.seed}`, f.machine, f.difference)}`,
      )
    }),
  )
}

async function main(): Promise<void> {
  const why = unavailable()
  if (why !== null) {
    console.error(`fuzz: ${why}`)
    process.exitCode = 2
    return
  }
  const options = readOptions()
  const sides: Sides = { linux: linuxSide(options.parallel), netsim: netsimSide }
  const progress = new Progress()
  while (progress.runs < options.runs) {
    const count = Math.min(options.batch, options.runs - progress.runs)
    const machines = Array.from({ length: count }, (_, i) => machineOf(options.seed + progress.runs + i))
    const verdicts = await judge(sides, machines)
    progress.runs += count
    progress.differences += verdicts.filter((v) => v.difference !== null).length
    progress.unsteady += verdicts.filter((v) => v.unsteady !== null).length
    await report(options, sides, verdicts)
    console.log(progress.line())
  }
  if (progress.differences > 0) process.exitCode = 1
}

await main()
