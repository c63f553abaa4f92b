// Two runs of one script, held against each other: every difference in the order in which it shows. Pure.
// Read first: types.ts, normal.ts.
import { flowOf, frameLine } from './capture.ts'
import { type Said, unlikeConversation } from './conversations.ts'
import { type LinksDiffer, type Looked, linksDiffer, rulesDifferByAcks } from './counters.ts'
import {
  commonSysctls,
  isNewer,
  type Macs,
  macsOf,
  NEIGH_TIMER,
  type NormalLine,
  normalFrames,
  normalLines,
  normalTable,
  withoutNeighTimers,
  withoutNewer,
} from './normal.ts'
import {
  type Capture,
  type Difference,
  type Frame,
  type Observation,
  type StepState,
  TABLES,
  type TableName,
  type Tables,
} from './types.ts'

interface Sides {
  readonly linux: Observation
  readonly netsim: Observation
  readonly script: string
  readonly macs: { readonly linux: Macs; readonly netsim: Macs }
}

/** Tables that both sides can show. */
export function comparedTables(linux: Observation, netsim: Observation): TableName[] {
  return TABLES.filter((t) => !linux.missing.has(t) && !netsim.missing.has(t))
}

/** The first difference, or null. `script` is the script's text: what it names itself is not normalised. */
export function compare(linux: Observation, netsim: Observation, script: string): Difference | null {
  return differences(linux, netsim, script)[0] ?? null
}

/** All differences, first things first: by step, then output, exit code, tables, captures. */
export function differences(linux: Observation, netsim: Observation, script: string): Difference[] {
  const s: Sides = { linux, netsim, script, macs: { linux: macsOf(linux, script), netsim: macsOf(netsim, script) } }
  const found = [...stepDifferences(s), ...captureDifferences(s)]
  return found.sort((a, b) => a.step - b.step)
}

/** What a difference is about: the same key in another run of Linux is the same difference. */
export function keyOf(d: Difference): string {
  switch (d.kind) {
    case 'table':
      return `${d.step} table ${d.netns} ${d.table}`
    case 'capture':
      return `capture ${d.netns} ${d.ifindex}`
    case 'output':
    case 'status':
    case 'end':
    case 'namespaces':
      return `${d.step} ${d.kind}`
  }
}

function* stepDifferences(s: Sides): Generator<Difference> {
  const tables = comparedTables(s.linux, s.netsim)
  const n = Math.max(s.linux.steps.length, s.netsim.steps.length)
  for (let i = 0; i < n; i++) {
    const a = s.linux.steps[i]
    const b = s.netsim.steps[i]
    if (a === undefined || b === undefined || a.number !== b.number) {
      const step = Math.min(a?.number ?? Number.POSITIVE_INFINITY, b?.number ?? Number.POSITIVE_INFINITY)
      yield { kind: 'end', step, linux: [whereItWent(a, step)], netsim: [whereItWent(b, step)] }
      return
    }
    for (const d of oneStep(s, a, b, tables)) if (!passes(s, d, i)) yield d
  }
}

/** Neighbour timers run in a wheel of coarse steps, up to a quarter of a second late; what they send shows a step later then. */
const TIMER_LATE = 1000

/**
 * Is it only that a timer fired before one side was looked at and behind the other? The table agrees again soon then; of a counter
 * of packets the captures tell more.
 */
function passes(s: Sides, d: Difference, at: number): boolean {
  if (d.kind !== 'table') return false
  const late = s.linux.steps[at]!.time >= NEIGH_TIMER
  const looked = lookedAt(s, d.netns, at)
  if (d.table === 'iptables') return rulesDifferByAcks(looked, d.linux, d.netsim)
  if (d.table === 'link') {
    const l = linksDiffer(looked, d.linux, d.netsim)
    return l !== null && (isNothing(l, late) || agreesSoon(s, d, at))
  }
  if (d.table === 'neigh') return (late || onlyGivenUp(d.linux, d.netsim)) && agreesSoon(s, d, at)
  return d.table === 'route' && onlyLinkdown(d.linux, d.netsim) && agreesSoon(s, d, at)
}

function lookedAt(s: Sides, netns: string, at: number): Looked {
  return { linux: s.linux, netsim: s.netsim, steps: [s.linux.steps[at]!, s.netsim.steps[at]!], netns }
}

/** Once neighbours' timers run, their ARP is nothing. */
function isNothing(l: LinksDiffer, late: boolean): boolean {
  return !l.promiscuity && (late || !l.arp)
}

/** The third question's second is over for one side only. */
function onlyGivenUp(a: readonly string[], b: readonly string[]): boolean {
  const open = (l: string): string => l.replace(/ FAILED *$/, ' INCOMPLETE')
  return a.length === b.length && a.every((l, i) => open(l) === open(b[i]!))
}

/** A route's linkdown follows its device's carrier as the operational state does (linkwatch). */
function onlyLinkdown(a: readonly string[], b: readonly string[]): boolean {
  const without = (l: string): string => l.replace(/ linkdown\b/, '')
  return a.length === b.length && a.every((l, i) => without(l) === without(b[i]!))
}

/** Is a table that differs after one step the same a second, or a step, later? */
function agreesSoon(s: Sides, d: Difference & { kind: 'table' }, at: number): boolean {
  const now = s.linux.steps[at]!
  for (let i = at + 1; i < s.linux.steps.length; i++) {
    const [a, b] = [s.linux.steps[i]!, s.netsim.steps[i]]
    const [ta, tb] = [a.netns?.get(d.netns), b?.netns?.get(d.netns)]
    if (ta === undefined || tb === undefined) continue
    const late = a.time >= NEIGH_TIMER
    const u = tableDifference(s, d.table, [ta, tb], late, Math.abs(a.time - b!.time) / 1000 + 1)
    if (u === null) return true
    const l = d.table === 'link' ? linksDiffer(lookedAt(s, d.netns, i), u.linux, u.netsim) : null
    if (l !== null && isNothing(l, late)) return true
    if (a.time > now.time + TIMER_LATE) return false
  }
  return false
}

function whereItWent(state: StepState | undefined, step: number): string {
  if (state === undefined) return 'the script has ended'
  return state.number === step ? `the script goes on; exit code ${state.status}` : 'this command was not reached'
}

function* oneStep(s: Sides, a: StepState, b: StepState, tables: readonly TableName[]): Generator<Difference> {
  const slack = Math.abs(a.time - b.time) / 1000 + 1
  const step = a.number
  const said = unlike(
    normalLines(a.output, s.script, s.macs.linux),
    normalLines(b.output, s.script, s.macs.netsim),
    slack,
  )
  if (said !== null) yield { kind: 'output', step, ...said }
  if (a.status !== b.status)
    yield { kind: 'status', step, linux: [`exit code ${a.status}`], netsim: [`exit code ${b.status}`] }
  if (a.netns === null || b.netns === null) return
  const names = unlike(namesOf(a.netns), namesOf(b.netns), 0)
  if (names !== null) yield { kind: 'namespaces', step, ...names }
  for (const [netns, ta] of a.netns) {
    const tb = b.netns.get(netns)
    if (tb === undefined) continue
    for (const table of tables) {
      const d = tableDifference(s, table, [ta, tb], Math.max(a.time, b.time) >= NEIGH_TIMER, slack)
      if (d !== null) yield { kind: 'table', step, netns, table, ...d }
    }
  }
}

function namesOf(netns: ReadonlyMap<string, Tables>): NormalLine[] {
  return [...netns.keys()].map((text) => ({ text, seconds: [] }))
}

type Unlike = { readonly linux: readonly string[]; readonly netsim: readonly string[] }

function tableDifference(
  s: Sides,
  table: TableName,
  texts: readonly [Tables, Tables],
  late: boolean,
  slack: number,
): Unlike | null {
  const [ta, tb] = [texts[0].get(table) ?? '', texts[1].get(table) ?? '']
  if (ta === tb) return null
  let a = normalTable(table, ta, s.script, s.macs.linux)
  let b = normalTable(table, tb, s.script, s.macs.netsim)
  if (table === 'sysctl') [a, b] = commonSysctls(a, b)
  if (table === 'link' && isNewer(s.linux.kernel)) [a, b] = [withoutNewer(a), withoutNewer(b)]
  if (table === 'neigh' && late) [a, b] = [withoutNeighTimers(a), withoutNeighTimers(b)]
  if (table === 'conntrack') [a, b] = withoutDying(a, b, slack)
  return unlike(a, b, slack)
}

/** Connections that only one side still has, and whose last seconds run out within the slack. */
function withoutDying(a: readonly NormalLine[], b: readonly NormalLine[], slack: number): [NormalLine[], NormalLine[]] {
  const keep = (lines: readonly NormalLine[], other: readonly NormalLine[]): NormalLine[] => {
    const there = new Set(other.map((l) => l.text))
    return lines.filter((l) => there.has(l.text) || (l.seconds[0] ?? Number.POSITIVE_INFINITY) > slack)
  }
  return [keep(a, b), keep(b, a)]
}

/** Null when the lines are the same and their seconds agree within the slack. */
function unlike(a: readonly NormalLine[], b: readonly NormalLine[], slack: number): Unlike | null {
  const near = (x: NormalLine, y: NormalLine): boolean =>
    x.seconds.every((n, i) => Math.abs(n - (y.seconds[i] ?? n)) <= slack)
  const same = a.length === b.length && a.every((x, i) => x.text === b[i]!.text)
  if (same && a.every((x, i) => near(x, b[i]!))) return null
  // Where only the seconds differ they are shown.
  const show = (l: NormalLine): string =>
    same && l.seconds.length > 0 ? `${l.text} (T = ${l.seconds.join(', ')} s)` : l.text
  return { linux: a.map(show), netsim: b.map(show) }
}

// --- captures ----------------------------------------------------------------------------------------------------------

/** Whether a device's capture can be compared. */
export function isCaptured(o: Observation, netns: string): boolean {
  return (
    !o.missing.has('captures') &&
    !o.missing.has(netns === '' ? 'captures of the first namespace' : `captures of ${netns}`)
  )
}

function* captureDifferences(s: Sides): Generator<Difference> {
  const keys = new Set([...s.linux.captures.keys(), ...s.netsim.captures.keys()])
  for (const key of keys) {
    const a = s.linux.captures.get(key)
    const b = s.netsim.captures.get(key)
    const { netns, ifindex, device } = (a ?? b)!
    if (!isCaptured(s.linux, netns) || !isCaptured(s.netsim, netns)) continue
    const [x, y] = [linesOf(s, a, s.macs.linux), linesOf(s, b, s.macs.netsim)]
    if (sameLines(x.lines, y.lines)) continue
    const d = unlikeConversation(x, y)
    if (d === null) continue
    const steps = [stepOf(s.linux, x.frames[d.at[0] ?? -1]), stepOf(s.netsim, y.frames[d.at[1] ?? -1])]
    yield { kind: 'capture', step: Math.min(...steps), netns, device, ifindex, linux: d.linux, netsim: d.netsim }
  }
}

interface Seen extends Said {
  readonly frames: readonly Frame[]
}

function linesOf(s: Sides, c: Capture | undefined, macs: Macs): Seen {
  const flows = new Map()
  const all = c?.frames ?? []
  const lines = normalFrames(
    all.map((f) => frameLine(f, flows)),
    s.script,
    macs,
  )
  const refresh = refreshes(all, lines)
  const frames = all.filter((_, i) => !refresh.has(i))
  return { frames, lines: lines.filter((_, i) => !refresh.has(i)), flows: frames.map(flowOf) }
}

const ARP_PAIR = /^(In|Out) +ARP, .*(?:Request who-has (\S+) tell (\S+),|Reply (\S+) is-at)/

/**
 * ARP by which a neighbour's timers make sure of an address that has spoken before: whether one is sent depends on a quarter
 * of a second. Nothing within the first NEIGH_TIMER is one, no first question, and none to which the first answer had not come.
 */
function refreshes(frames: readonly Frame[], lines: readonly string[]): ReadonlySet<number> {
  const out = new Set<number>()
  const answered = new Set<string>()
  for (const [i, line] of lines.entries()) {
    const m = ARP_PAIR.exec(line)
    if (m === null) continue
    const target = m[2] ?? m[4]!
    if (frames[i]!.time >= NEIGH_TIMER && answered.has(target)) out.add(i)
    // Who asks is known from then on, too.
    answered.add(m[3] ?? m[4]!)
  }
  return out
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((l, i) => l === b[i])
}

/** The step during which a packet passed. */
function stepOf(o: Observation, f: Frame | undefined): number {
  if (f === undefined) return Number.POSITIVE_INFINITY
  return o.steps.find((s) => f.time <= s.looked)?.number ?? o.steps[o.steps.length - 1]?.number ?? 1
}
