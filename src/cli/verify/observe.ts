// From the files that the hooks wrote to what is known after each step. Read first: probe.ts, types.ts.
import { HOOK, QUESTIONS } from './probe.ts'
import type { Split } from './split.ts'
import { type StepState, TABLES, type TableName, type Tables } from './types.ts'

/** What DIR/steps and DIR/out hold. */
export interface Observed {
  readonly kernel: string
  readonly steps: readonly StepState[]
  /** Table → why it could not be looked at. */
  readonly missing: ReadonlyMap<string, string>
  /** Milliseconds of the epoch at which the script began. */
  readonly began: number
  /** The script came to its end. */
  readonly ended: boolean
}

interface Reading {
  kernel: string
  began: number
  ended: boolean
  readonly steps: StepState[]
  readonly missing: Map<string, string>
}

interface Begun extends Omit<StepState, 'looked' | 'netns'> {
  netns: Map<string, Tables> | null
}

const isTable = (name: string): name is TableName => (TABLES as readonly string[]).includes(name)

/** `script` is the path under which the instrumented script ran, `name` what the user calls it. */
export function readObserved(
  steps: string,
  out: Uint8Array,
  split: Split,
  names: { readonly script: string; readonly name: string },
): Observed {
  const r: Reading = { kernel: '', began: 0, ended: false, steps: [], missing: new Map() }
  const decoder = new TextDecoder()
  let seen = 0
  let traced = false
  let step: Begun | null = null
  let tables: Map<TableName, string> | null = null
  for (const part of steps.split('\u0001').slice(1)) {
    const end = part.indexOf('\n')
    const [kind, ...words] = part.slice(0, end).split(' ')
    const body = part.slice(end + 1)
    if (kind === 'missing') noteMissing(r, words[0] ?? '')
    else if (kind === 'unreadable') r.missing.set(words[0] ?? '', 'only the real root can read it')
    else if (kind === 'kernel') r.kernel = words.join(' ')
    else if (kind === 'begin') r.began = milliseconds(words[0])
    else if (kind === 'step') {
      const size = Math.max(seen, Number(words[3]))
      const raw = decoder.decode(out.subarray(seen, size))
      const output = cleanOutput(traced ? raw.replace(TRACED_NOTHING, '') : raw, split, names)
      traced = raw.endsWith('\n') && TRACED_LAST.test(raw)
      seen = size
      const number = words[0] === 'end' ? nextNumber(r, split) : Number(words[0])
      if (words[0] === 'end') r.ended = true
      step = { number, status: Number(words[1]), time: milliseconds(words[2]) - r.began, output, netns: null }
    } else if (kind === 'netns' && step !== null) {
      tables = new Map()
      step.netns ??= new Map()
      step.netns.set(words.join(' '), tables)
    } else if (kind === 'table' && words[0] === 'link') setLinks(tables, body)
    else if (kind === 'table' && isTable(words[0] ?? '')) tables?.set(words[0] as TableName, body)
    else if (kind === 'done' && step !== null) {
      r.steps.push({ ...step, looked: milliseconds(words[0]) - r.began })
      step = null
    }
  }
  return r
}

/** `ip -d -s addr` is two tables: what belongs to the device, and its addresses. */
function setLinks(tables: Map<TableName, string> | null, text: string): void {
  let link = ''
  let addr = ''
  let head = ''
  let inside = false
  for (const line of text.split(/(?<=\n)/)) {
    if (/^\d+: /.test(line)) head = line.replace(/^\d+: ([^:]+):.*/s, '$1')
    if (!/^ {7}/.test(line)) inside = false
    if (/^ {4}inet/.test(line)) {
      inside = true
      addr += `${head}: ${line.trimStart()}`
    } else if (inside && line.startsWith('       valid_lft')) addr += line
    else link += line
  }
  tables?.set('link', link)
  tables?.set('addr', addr)
}

/** The end belongs to the step inside which the shell ended, or comes after the last one. */
function nextNumber(r: Reading, split: Split): number {
  return Math.min((r.steps[r.steps.length - 1]?.number ?? 0) + 1, split.steps.length + 1)
}

function noteMissing(r: Reading, tool: string): void {
  for (const t of TABLES) if (QUESTIONS[t].tool === tool) r.missing.set(t, `${tool} is not installed`)
}

/** EPOCHREALTIME in milliseconds; both decimal signs are bash's. */
function milliseconds(text: string | undefined): number {
  return Math.round(Number((text ?? '0').replace(',', '.')) * 1e6) / 1e3
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const TRACED_HOOK = new RegExp(`^.*${escapeRegExp(HOOK)} \\d+ (?:\\d+|\\$\\?).*\\n`, 'gm')
const TRACED_LAST = new RegExp(`${escapeRegExp(HOOK)} \\d+ \\d+[^\\n]*\\n$`)
/** set -x shows the hook's `:` when the hook has already read how much was printed. */
const TRACED_NOTHING = /^\S* :\n/

/** As if the script had run without hooks and under its own name: set -x and -v show the hooks, messages count their lines. */
function cleanOutput(output: string, split: Split, names: { readonly script: string; readonly name: string }): string {
  const line = new RegExp(`${escapeRegExp(names.script)}: (eval: )?line (\\d+):`, 'g')
  return output
    .replace(TRACED_HOOK, '')
    .replace(
      line,
      (_, how: string | undefined, n: string) => `${names.name}: ${how ?? ''}line ${split.lines[Number(n)] ?? n}:`,
    )
    .replaceAll(names.script, names.name)
}
