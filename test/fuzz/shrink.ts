// Delta debugging (Zeller, ddmin) over the steps of a machine, then over their parts: all candidates of a round go to both sides in one
// batch, since a Linux machine mostly sleeps. What is kept still differs, in the same kind of section.
import type { Difference } from './compare.ts'
import { kindOf } from './compare.ts'
import { type Machine, type Step, textOf } from './model.ts'

export interface Found {
  readonly machine: Machine
  readonly difference: Difference
}

/** Both sides for each machine: the difference, or null. */
export type Judge = (machines: readonly Machine[]) => Promise<readonly (Difference | null)[]>

async function differing(judge: Judge, candidates: readonly Machine[], kind: string): Promise<(Found | null)[]> {
  const verdicts = await judge(candidates)
  return candidates.map((machine, i) => {
    const difference = verdicts[i] ?? null
    return difference !== null && kindOf(difference) === kind ? { machine, difference } : null
  })
}

function without(m: Machine, from: number, to: number): Machine {
  return { ...m, steps: m.steps.filter((_, i) => i < from || i >= to) }
}

/** Chunks of one size, back to front, so that an index stays right when later ones are gone. */
function chunks(n: number, size: number): [number, number][] {
  const out: [number, number][] = []
  for (let to = n; to > 0; to -= size) out.push([Math.max(0, to - size), to])
  return out
}

async function dropSteps(judge: Judge, found: Found, kind: string, size: number): Promise<Found> {
  const parts = chunks(found.machine.steps.length, size)
  const single = await differing(
    judge,
    parts.map(([from, to]) => without(found.machine, from, to)),
    kind,
  )
  const good = parts.filter((_, i) => single[i] !== null)
  if (good.length === 0) return found
  // all that can go alone, at once; half of them; one
  const tries = [good, good.slice(0, Math.ceil(good.length / 2)), good.slice(Math.ceil(good.length / 2))].filter(
    (t) => t.length > 1,
  )
  const together = await differing(
    judge,
    tries.map((t) => t.reduce((m, [from, to]) => without(m, from, to), found.machine)),
    kind,
  )
  return together.find((f) => f !== null) ?? single.find((f) => f !== null)!
}

function partCandidates(m: Machine): Machine[] {
  const out: Machine[] = []
  for (const [i, s] of m.steps.entries())
    for (let p = 1; p < s.parts.length - (s.tool === 'traffic' ? 1 : 0); p++) {
      const shorter: Step = { ...s, parts: s.parts.filter((_, j) => j !== p) }
      out.push({ ...m, steps: m.steps.with(i, shorter) })
    }
  return out
}

async function dropParts(judge: Judge, found: Found, kind: string): Promise<Found> {
  for (let now = found; ; ) {
    const next = (await differing(judge, partCandidates(now.machine), kind)).find((f) => f !== null)
    if (next === undefined || next === null) return now
    now = next
  }
}

/** Probes and captures but the one that differs: most of a machine's processes. */
async function dropProbes(judge: Judge, found: Found, kind: string): Promise<Found> {
  const { title } = found.difference
  const looks = (s: Step): boolean => s.tool === 'probe' || s.tool === 'capture'
  const kept = (s: Step): boolean =>
    !looks(s) || (title.includes(` ${s.ns} `) && title.endsWith(s.tool === 'probe' ? textOf(s) : ' tcpdump'))
  const machine = { ...found.machine, steps: found.machine.steps.filter(kept) }
  const bare = { ...found.machine, steps: found.machine.steps.filter((s) => kept(s) || s.tool === 'capture') }
  return (await differing(judge, [machine, bare], kind)).find((f) => f !== null) ?? found
}

/** The smallest machine on the way down; `onRound` hears how many steps are left. */
export async function shrink(judge: Judge, found: Found, onRound?: (steps: number) => void): Promise<Found> {
  const kind = kindOf(found.difference)
  let now = await dropProbes(judge, found, kind)
  let size = Math.max(1, Math.ceil(now.machine.steps.length / 2))
  for (;;) {
    const before = now.machine.steps.length
    now = await dropSteps(judge, now, kind, size)
    onRound?.(now.machine.steps.length)
    if (now.machine.steps.length < before) size = Math.min(size, Math.max(1, Math.ceil(now.machine.steps.length / 2)))
    else if (size === 1) break
    else size = Math.ceil(size / 3)
  }
  return dropParts(judge, now, kind)
}
