// netsim verify: a script in netsim and on Linux, step by step. Read first: docs/verify.md, compare.ts.
// Linux is asked again where it differs: what it does not answer twice in the same way is no difference (timers, races).
import { readFileSync } from 'node:fs'
import { write } from '../write.ts'
import { differences, keyOf } from './compare.ts'
import type { Where } from './linux.ts'
import { wantedTables } from './probe.ts'
import { different, hint, identical, notCompared, stories } from './report.ts'
import { cannotAsk, type Job, runOnLinux } from './run_linux.ts'
import { freshDefaults, missingInNetsim, paceOf, runInNetsim, storiesBetween } from './run_netsim.ts'
import { split } from './split.ts'
import type { Difference, Observation } from './types.ts'

export interface VerifyOptions {
  readonly on: Where
  readonly seed: number
}

export const EXIT = Object.freeze({ identical: 0, different: 1, usage: 2, unavailable: 3 })

/** How often Linux is asked at most. */
const RUNS = 3

export async function verifyCommand(name: string, args: readonly string[], options: VerifyOptions): Promise<void> {
  process.exitCode = await verify(name, args, options)
}

function readScript(name: string): string | null {
  try {
    return readFileSync(name === '-' ? 0 : name, 'utf8')
  } catch {
    return null
  }
}

async function verify(name: string, args: readonly string[], options: VerifyOptions): Promise<number> {
  const script = readScript(name)
  if (script === null) {
    write(2, `netsim: ${name}: No such file or directory\n`)
    return EXIT.usage
  }
  const reason = cannotAsk(options.on)
  if (reason !== null) {
    write(2, `netsim: cannot ask Linux: ${reason}\n${options.on === 'native' ? HINT : ''}`)
    return EXIT.unavailable
  }
  const parts = split(script)
  const progress = progressLine(parts.steps.length + 1)
  const wanted = wantedTables(script, missingInNetsim())
  const job: Job = { name, args, split: parts, defaults: freshDefaults(), wanted, progress: progress.show }
  try {
    return await judge(job, script, options, progress)
  } finally {
    progress.clear()
  }
}

const HINT = 'netsim: --on uml needs no privileges (Debian: package user-mode-linux)\n'

interface Pair {
  readonly linux: Observation
  readonly netsim: Observation
  readonly pace: string
  readonly differences: readonly Difference[]
}

/** Linux first; netsim keeps its pace. A string says why Linux gave no answer. */
async function runPair(job: Job, script: string, options: VerifyOptions): Promise<Pair | string> {
  const linux = await runOnLinux(options.on, job)
  if (linux.failure !== null) return linux.failure
  const pace = paceOf(linux, job.split.steps.length)
  const netsim = runInNetsim(job, options.seed, pace)
  return { linux, netsim, pace, differences: differences(linux, netsim, script) }
}

async function judge(job: Job, script: string, options: VerifyOptions, progress: Progress): Promise<number> {
  const first = await runPair(job, script, options)
  if (typeof first === 'string') {
    progress.clear()
    write(2, `netsim: ${first}\n`)
    return EXIT.unavailable
  }
  let left = first.differences
  for (let run = 2; left.length > 0 && run <= RUNS; run++) {
    progress.again(run)
    const next = await runPair(job, script, options)
    if (typeof next === 'string') break
    const again = new Map(next.differences.map((d) => [keyOf(d), d]))
    left = left.filter((d) => again.has(keyOf(d)))
    // Twice the same answer: Linux has made up its mind.
    const d = left[0]
    if (d !== undefined && again.get(keyOf(d))!.linux.join('\n') === d.linux.join('\n')) break
  }
  progress.clear()
  return conclude(first, left[0] ?? null, job, options)
}

function conclude(pair: Pair, d: Difference | null, job: Job, options: VerifyOptions): number {
  const { linux, netsim } = pair
  const same = d === null && netsim.failure === null
  if (same) write(1, identical(job.split, linux, netsim))
  if (same && pair.differences.length > 0)
    write(1, `${pair.differences.length} of Linux's answers vary from run to run; netsim's agree with one of them\n`)
  if (d !== null) {
    tell(d, job, options, pair)
    write(1, hint(linux))
  }
  if (netsim.failure !== null) write(1, `${netsim.failure}\n`)
  write(1, notCompared(linux, netsim))
  return same ? EXIT.identical : EXIT.different
}

function tell(d: Difference, job: Job, options: VerifyOptions, pair: Pair): void {
  const { linux, netsim, pace } = pair
  write(1, different(d, job.split, linux))
  const at = netsim.steps.findIndex((s) => s.number === d.step)
  if (at < 0) return
  // A table was last looked at after an earlier step that was not quiet.
  let from = at - 1
  while (d.kind === 'table' && from >= 0 && netsim.steps[from]!.netns === null) from--
  const began = netsim.steps[from]?.looked ?? 0
  write(1, stories(d, storiesBetween(job, options.seed, pace, began, netsim.steps[at]!.looked)))
}

interface Progress {
  show(steps: number): void
  again(run: number): void
  clear(): void
}

/** A line on a terminal, nothing elsewhere. */
function progressLine(all: number): Progress {
  if (process.stderr.isTTY !== true) return { show: () => {}, again: () => {}, clear: () => {} }
  let label = 'on Linux'
  const line = (text: string): void => write(2, `\r\u001b[K${text}`)
  return {
    show: (steps) => line(`${label}: ${steps} of ${all} steps`),
    again: (run) => {
      label = `on Linux, run ${run}`
    },
    clear: () => line(''),
  }
}
