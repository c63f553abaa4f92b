// Two captures of one device by what was said, where their packets do not stand in the same order: when two processes, or a process and a
// timer, send at the same time, either may be first on Linux too. Read first: compare.ts, normal.ts (the lines).
// Kept: every packet but a bare acknowledgment, in the order of its conversation and direction. Left out: the order between
// conversations, what a segment acknowledges and its window, and where the sender cut a stream into segments.

const IP = /^(In|Out|B|M|P) +IP \((.*?)\) (\S+) > (\S+?): (.*)$/
const TCP =
  /^Flags \[([A-Z.]+)\](?:, seq (\d+|N)(?::(\d+))?)?(?:, ack \S+?)?, win \d+(?:, urg \d+)?(?:, options \[([^\]]*)\])?, length (\d+)(.*)$/

interface Segment {
  readonly at: number
  readonly flags: string
  readonly from: number
  to: number
  rest: string
}

interface Conversation {
  readonly lines: string[]
  /** Of each line: where its first packet stands in the capture. */
  readonly at: number[]
  last: Segment | null
}

/** A line as part of a conversation: its key, and what it says there. */
function place(line: string): { readonly key: string; readonly said: string; readonly header: string } {
  const m = IP.exec(line)
  if (m === null) return { key: line.replace(/ .*/, ' ARP'), said: line, header: '' }
  const [, way, header, from, to, said] = m
  const proto = /proto (\w+)/.exec(header!)?.[1] ?? ''
  return { key: `${way} ${proto} ${from} > ${to}`, said: said!, header: header!.replace(/, length \d+$/, '') }
}

function keep(c: Conversation, line: string, at: number): void {
  c.lines.push(line)
  c.at.push(at)
}

function flush(c: Conversation): void {
  if (c.last !== null) keep(c, `${c.last.flags} ${c.last.from}:${c.last.to}${c.last.rest}`, c.last.at)
  c.last = null
}

/** How much of a payload capture.ts shows. */
const SHOWN = 48

/** The beginning of a stream, from the beginnings of its segments. */
function joined(before: string, after: string): string {
  const [a, b] = [/"(.*)"$/.exec(before)?.[1], /"(.*)"$/.exec(after)?.[1]]
  if (a === undefined || b === undefined || a.length >= SHOWN) return before
  return `${before.slice(0, -a.length - 1)}${(a + b).slice(0, SHOWN)}"`
}

function add(c: Conversation, said: string, header: string, at: number): void {
  const m = TCP.exec(said)
  if (m === null) {
    flush(c)
    keep(c, `${header} ${said}`.trimStart(), at)
    return
  }
  const [, flags, seq, end, options, length, data] = m
  const marks = flags!.replace(/[.P]/g, '')
  if (length === '0' && marks === '') return
  if (marks !== '' || end === undefined) {
    flush(c)
    const named = marks === 'S' ? ` options [${options}]` : ''
    keep(c, `${header} Flags [${marks}] seq ${seq} length ${length}${named}${data}`, at)
    return
  }
  const [from, to] = [Number(seq), Number(end)]
  if (c.last !== null && c.last.to === from) {
    c.last.to = to
    c.last.rest = joined(c.last.rest, data!)
  } else {
    flush(c)
    c.last = { at, flags: header, from, to, rest: data! }
  }
}

/** A capture's lines, and of each what tells its conversation from others that look the same (ports are normalised). */
export interface Said {
  readonly lines: readonly string[]
  readonly flows: readonly string[]
}

/** By direction and what is known of the conversation; of each kind all that there are. */
function conversations(said: Said): ReadonlyMap<string, readonly Conversation[]> {
  const all = new Map<string, Map<string, Conversation>>()
  for (const [at, line] of said.lines.entries()) {
    const { key, said: words, header } = place(line)
    let kind = all.get(key)
    if (kind === undefined) {
      kind = new Map()
      all.set(key, kind)
    }
    const flow = said.flows[at] ?? ''
    let c = kind.get(flow)
    if (c === undefined) {
      c = { lines: [], at: [], last: null }
      kind.set(flow, c)
    }
    add(c, words, header, at)
  }
  for (const kind of all.values()) for (const c of kind.values()) flush(c)
  return new Map([...all].map(([k, kind]) => [k, [...kind.values()].filter((c) => c.lines.length > 0)]))
}

const NOTHING: Conversation = Object.freeze({ lines: [], at: [], last: null })

/** A conversation that is not the same on both sides: what was said, and which packet of each capture is the first that differs. */
export interface Unlike {
  readonly linux: readonly string[]
  readonly netsim: readonly string[]
  readonly at: readonly [number | null, number | null]
}

/** Those that have no equal on the other side, in order of appearance. */
function alone(a: readonly Conversation[], b: readonly Conversation[]): Conversation[] {
  const rest = b.map((c) => c.lines.join('\n'))
  return a.filter((c) => {
    const i = rest.indexOf(c.lines.join('\n'))
    if (i < 0) return true
    rest.splice(i, 1)
    return false
  })
}

/** The earliest difference in what was said; null when there is none. */
export function unlikeConversation(a: Said, b: Said): Unlike | null {
  const [x, y] = [conversations(a), conversations(b)]
  let first: Unlike | null = null
  let where = Number.POSITIVE_INFINITY
  for (const key of new Set([...x.keys(), ...y.keys()])) {
    const [inA, inB] = [x.get(key) ?? [], y.get(key) ?? []]
    const [c, d] = [alone(inA, inB)[0], alone(inB, inA)[0]]
    if (c === undefined && d === undefined) continue
    const u = unlike(key, c ?? NOTHING, d ?? NOTHING)
    const at = Math.min(u.at[0] ?? Number.POSITIVE_INFINITY, u.at[1] ?? Number.POSITIVE_INFINITY)
    if (at >= where) continue
    where = at
    first = u
  }
  return first
}

function unlike(key: string, c: Conversation, d: Conversation): Unlike {
  let i = 0
  while (i < c.lines.length && c.lines[i] === d.lines[i]) i++
  return { linux: [key, ...c.lines], netsim: [key, ...d.lines], at: [c.at[i] ?? null, d.at[i] ?? null] }
}
