// What verify says: one line when both agree, else the first difference as a small diff and the packets behind it.
// Read first: compare.ts. No colours; nothing here depends on a terminal.
import { structuredPatch } from 'diff'
import type { Trace } from '../../trace/trace.ts'
import { Stories } from '../stories.ts'
import { comparedTables, isCaptured } from './compare.ts'
import { QUESTIONS } from './probe.ts'
import type { Split } from './split.ts'
import { type Difference, type Observation, TABLES } from './types.ts'

const STORIES = 3
/** Lines around a difference, and of all of it, that are shown. */
const CONTEXT = 2
const MOST = 40

/** The lines that differ, with their signs; a bare @@ where some are left out. */
function unified(a: readonly string[], b: readonly string[]): string[] {
  const text = (lines: readonly string[]): string => lines.map((l) => `${l}\n`).join('')
  const { hunks } = structuredPatch('', '', text(a), text(b), '', '', { context: CONTEXT })
  const all = hunks.flatMap((h) => [...(h.oldStart > 1 ? ['@@'] : []), ...h.lines])
  return all.length <= MOST ? all : [...all.slice(0, MOST), `… ${all.length - MOST} more lines`]
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

/** Devices of all namespaces whose captures were compared. */
function devices(linux: Observation, netsim: Observation): number {
  const seen = new Set<string>()
  for (const s of linux.steps)
    for (const [netns, tables] of s.netns ?? []) {
      if (!isCaptured(linux, netns) || !isCaptured(netsim, netns)) continue
      for (const m of (tables.get('link') ?? '').matchAll(/^(\d+): /gm)) seen.add(`${netns} ${m[1]}`)
    }
  return seen.size
}

/** identical: 42 commands, 7 tables, 12 devices */
export function identical(split: Split, linux: Observation, netsim: Observation): string {
  const last = linux.steps[linux.steps.length - 1]?.number ?? 0
  const commands = split.steps.filter((s) => s.number <= last).reduce((n, s) => n + s.commands, 0)
  const tables = comparedTables(linux, netsim).length
  return `identical: ${count(commands, 'command')}, ${count(tables, 'table')}, ${count(devices(linux, netsim), 'device')}\n`
}

/** not compared: fdb (netsim has no bridge), captures (tcpdump is not installed) */
export function notCompared(linux: Observation, netsim: Observation): string {
  const items: string[] = []
  for (const t of TABLES) {
    const { tool } = QUESTIONS[t]
    if (netsim.missing.has(t)) items.push(`${t} (netsim has no ${tool})`)
    else if (linux.missing.has(t)) items.push(`${t} (${linux.missing.get(t)})`)
  }
  for (const [what, why] of linux.missing) if (what.startsWith('captures')) items.push(`${what} (${why})`)
  return items.length === 0 ? '' : `not compared: ${items.join(', ')}\n`
}

function subject(d: Difference): string {
  const place = (netns: string): string => (netns === '' ? 'the first namespace' : netns)
  switch (d.kind) {
    case 'output':
      return 'what it printed'
    case 'status':
      return 'its exit code'
    case 'end':
      return 'how far the script came'
    case 'namespaces':
      return 'the namespaces that are there'
    case 'table':
      return `${QUESTIONS[d.table].ask} in ${place(d.netns)}`
    case 'capture':
      return `the packets on ${d.device} in ${place(d.netns)}`
  }
}

/** The command, the difference, and what to think of the two kernels. */
export function different(d: Difference, split: Split, linux: Observation): string {
  const step = split.steps[d.step - 1]
  const head =
    step === undefined
      ? 'different at the end of the script\n'
      : `different: step ${d.step} of ${split.steps.length}, line ${step.line}\n${indent(step.text)}`
  const lines = unified(d.linux, d.netsim)
  return `${head}\n${subject(d)}:\n--- ${linux.kernel}\n+++ netsim\n${lines.join('\n')}\n`
}

/** The kernel that netsim follows. */
const FOLLOWED = /^Linux 6\.1\./

/** A hint where the difference may be one between two kernels. */
export function hint(linux: Observation): string {
  if (FOLLOWED.test(linux.kernel)) return ''
  return 'netsim follows Linux 6.1 and the tools of Debian 12; --on uml asks Linux 6.1\n'
}

const SHOWN_LINES = 12

function indent(text: string): string {
  const lines = text.split('\n')
  const shown = lines.length <= SHOWN_LINES ? lines : [...lines.slice(0, SHOWN_LINES), '…']
  return `${shown.map((l) => `    ${l}`).join('\n')}\n`
}

/** Addresses and device names in the lines that differ: what the packet behind it should speak of. */
function clues(d: Difference): string[] {
  const changed = unified(d.linux, d.netsim)
    .filter((l) => /^[-+]/.test(l))
    .join('\n')
  const addresses = changed.match(/\b\d+\.\d+\.\d+\.\d+\b/g) ?? []
  const device = d.kind === 'capture' ? [d.device] : (changed.match(/(?<=\bdev )\S+|(?<=^[-+]\d+: )[^:@]+/gm) ?? [])
  return [...new Set([...addresses, ...device])].filter((w) => w !== '0.0.0.0')
}

/** Stories of the step, those that speak of what differs; all when none does. */
export function stories(d: Difference, trace: Trace): string {
  const { roots } = trace
  const words = d.kind === 'output' || d.kind === 'status' ? [] : clues(d)
  const told = roots.map((r) => trace.follow(r.packet))
  const about = told.filter((t) => words.some((w) => t.text({ form: 'full' }).includes(w)))
  const chosen = about.length > 0 ? about : told
  if (chosen.length === 0) return '\nno packet moved in netsim during this step\n'
  const teller = new Stories('full')
  const text = chosen
    .slice(0, STORIES)
    .map((t) => teller.tell(t))
    .join('')
  const more =
    chosen.length > STORIES ? `    | … ${chosen.length - STORIES} more (netsim run --trace text tells all)\n` : ''
  return `\nwhat netsim's packets did:\n${text}${more}`
}
