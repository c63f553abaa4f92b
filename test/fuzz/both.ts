// Machines on both sides: netsim in this process, Linux in one batch; the difference of each. Linux begins first and sleeps while netsim
// computes. A machine that differs is asked again: only what differs the same way twice is a difference, the rest is unsteady.
import { Host } from 'netsim'
import { compare, type Difference } from './compare.ts'
import { runBatch } from './linux.ts'
import { type Machine, scriptOf } from './model.ts'

/** What a side printed for each script. */
export type Side = (scripts: readonly string[]) => Promise<readonly string[]>

export function linuxSide(parallel: number): Side {
  return (scripts) => runBatch(scripts, parallel)
}

/** Output of one script in netsim; an exception is an answer too, and a difference. */
function netsimAnswer(script: string): string {
  try {
    return new Host('node1').sh(script).output
  } catch (e) {
    return `== netsim threw\n${e instanceof Error ? e.stack : String(e)}\n`
  }
}

export const netsimSide: Side = async (scripts) => {
  const out: string[] = []
  for (const script of scripts) {
    out.push(netsimAnswer(script))
    await new Promise((resolve) => setImmediate(resolve)) // the batch's process may end meanwhile
  }
  return out
}

export interface Sides {
  readonly linux: Side
  readonly netsim: Side
}

/** The first difference of each machine, or null. */
export async function differences(sides: Sides, machines: readonly Machine[]): Promise<(Difference | null)[]> {
  const scripts = machines.map(scriptOf)
  const [linux, netsim] = await Promise.all([sides.linux(scripts), sides.netsim(scripts)])
  return scripts.map((script, i) => compare(script, linux[i]!, netsim[i]!))
}

export interface Verdict {
  readonly machine: Machine
  /** Null when both agreed, at once or when asked again. */
  readonly difference: Difference | null
  /** Linux answered differently the second time. */
  readonly unsteady: Difference | null
}

/** Differences that two runs of Linux agree about. */
export async function judge(sides: Sides, machines: readonly Machine[]): Promise<Verdict[]> {
  const first = await differences(sides, machines)
  const suspects = machines.filter((_, i) => first[i] !== null)
  const second = new Map<Machine, Difference | null>()
  for (const [i, d] of (await differences(sides, suspects)).entries()) second.set(suspects[i]!, d)
  return machines.map((machine, i) => {
    const one = first[i] ?? null
    const two = second.get(machine) ?? null
    const same = one !== null && two !== null && one.title === two.title && one.linux === two.linux
    return { machine, difference: same ? two : null, unsteady: same ? null : one }
  })
}
