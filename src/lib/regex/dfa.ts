// A regular expression run on all its paths at once: states are sets of program places, built when they are first needed and
// kept, so that time is linear in the text. Back-references and looks are taken as "may match": a filter for search.ts.
// Read first: program.ts; Russ Cox, "Regular Expression Matching Can Be Simple And Fast" (2007).
import { type Assertion, inHigh } from './node.ts'
import type { Program } from './program.ts'

/** Who pays: Sys.charge(). */
export interface Meter {
  charge(steps?: number): void
}

/** Work is counted in units of about 3 ns; this many are one step of the machine's limit. */
const UNITS_PER_STEP_SHIFT = 6
/** Of a state that is built; the later ones of an automaton that grows without end cost what they take. */
const UNITS_PER_PLACE = 10
const UNITS_PER_LATE_PLACE = 60
const MANY_BUILDS = 2000

export class Work {
  private units = 0
  private readonly meter: Meter

  constructor(meter: Meter) {
    this.meter = meter
  }

  add(units: number): void {
    this.units += units
    if (this.units >> UNITS_PER_STEP_SHIFT === 0) return
    const steps = Math.floor(this.units / (1 << UNITS_PER_STEP_SHIFT))
    this.units -= steps << UNITS_PER_STEP_SHIFT
    this.meter.charge(steps)
  }
}

/** What lies beside a place in the text, as far as assertions ask. */
type Beside = 'edge' | 'newline' | 'word' | 'other'

export function besideOf(text: string, at: number): Beside {
  if (at < 0 || at >= text.length) return 'edge'
  return kindOf(text.charCodeAt(at))
}

function kindOf(c: number): Beside {
  if (c === 10) return 'newline'
  const word = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122)
  return word ? 'word' : 'other'
}

/** Does an assertion hold between two neighbours? `last line end` needs the text and is decided by the search. */
export function holds(what: Assertion, before: Beside, after: Beside): boolean {
  switch (what) {
    case 'text start':
      return before === 'edge'
    case 'text end':
      return after === 'edge'
    case 'line start':
      return before === 'edge' || before === 'newline'
    case 'line end':
    case 'last line end':
      return after === 'edge' || after === 'newline'
    case 'word edge':
      return (before === 'word') !== (after === 'word')
    case 'no word edge':
      return (before === 'word') === (after === 'word')
    case 'word start':
      return before !== 'word' && after === 'word'
    case 'word end':
      return before === 'word' && after !== 'word'
  }
}

/** The characters that no set of the program tells apart. */
interface Alphabet {
  readonly low: Int32Array
  readonly high: Map<number, number>
  readonly bySignature: Map<string, number>
  /** One character of each class; class 0 is the end of the text. */
  readonly samples: number[]
}

interface Edge {
  /** The text up to before this character matches. */
  readonly accept: boolean
  readonly to: State | null
}

interface State {
  readonly places: readonly number[]
  readonly before: Beside
  readonly edges: (Edge | undefined)[]
}

const MAX_PLACES = 300_000

export class Dfa {
  private readonly program: Program
  private readonly work: Work
  private readonly alphabet: Alphabet
  private readonly seen: Int32Array
  private round = 0
  private states = new Map<string, State>()
  private held = 0
  private builds = 0
  private readonly starts: Partial<Record<Beside, State>> = {}

  constructor(program: Program, work: Work) {
    this.program = program
    this.work = work
    this.seen = new Int32Array(program.code.length)
    this.alphabet = { low: new Int32Array(256), high: new Map(), bySignature: new Map(), samples: [-1] }
  }

  /** Where the earliest match ends that begins at `from` or later; -1 when there is none. */
  earliestEnd(text: string, from: number): number {
    let state: State | null = this.start(text, from)
    for (let i = from; i <= text.length; i++) {
      const edge = this.edge(state!, this.classAt(text, i), true)
      if (edge.accept) {
        this.work.add(i - from + 1)
        return i
      }
      state = edge.to
    }
    this.work.add(text.length - from + 1)
    return -1
  }

  /** The end of the longest match that begins at `from`; -1 when there is none. */
  longestEnd(text: string, from: number): number {
    let state: State | null = this.start(text, from)
    let end = -1
    let i = from
    for (; state !== null && i <= text.length; i++) {
      const edge: Edge = this.edge(state, this.classAt(text, i), false)
      if (edge.accept) end = i
      state = edge.to
    }
    this.work.add(i - from + 1)
    return end
  }

  private start(text: string, from: number): State {
    const before = this.program.hasAssertions ? besideOf(text, from - 1) : 'other'
    return (this.starts[before] ??= this.state([0], before))
  }

  private classAt(text: string, i: number): number {
    if (i >= text.length) return 0
    const c = text.charCodeAt(i)
    const known = c < 256 ? this.alphabet.low[c]! : (this.alphabet.high.get(c) ?? 0)
    return known === 0 ? this.classify(c) : known
  }

  private classify(c: number): number {
    const { alphabet } = this
    let signature: string = this.program.hasAssertions ? kindOf(c) : ''
    for (const i of this.program.code) if (i.set !== null) signature += has(i.set, c) ? '1' : '0'
    let known = alphabet.bySignature.get(signature)
    if (known === undefined) {
      known = alphabet.samples.length
      alphabet.samples.push(c)
      alphabet.bySignature.set(signature, known)
    }
    this.work.add(this.program.code.length)
    if (c < 256) alphabet.low[c] = known
    else alphabet.high.set(c, known)
    return known
  }

  private state(places: readonly number[], before: Beside): State {
    const key = `${before}:${places.join()}`
    let state = this.states.get(key)
    if (state === undefined) {
      this.held += places.length
      if (this.held > MAX_PLACES) {
        this.states = new Map()
        this.held = places.length
      }
      state = { places, before, edges: [] }
      this.states.set(key, state)
    }
    return state
  }

  /** `anywhere`: a match may begin at every place. The two kinds of edge never meet in one state's slot. */
  private edge(state: State, cls: number, anywhere: boolean): Edge {
    const slot = cls * 2 + (anywhere ? 1 : 0)
    return (state.edges[slot] ??= this.build(state, cls, anywhere))
  }

  private build(state: State, cls: number, anywhere: boolean): Edge {
    const c = this.alphabet.samples[cls]!
    const after = c < 0 ? 'edge' : kindOf(c)
    const { code, hasAssertions } = this.program
    const next = new Set<number>(anywhere ? [0] : [])
    const stack = [...state.places]
    let accept = false
    let visited = 0
    this.round++
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (this.seen[pc] === this.round) continue
      this.seen[pc] = this.round
      visited++
      const i = code[pc]!
      switch (i.op) {
        case 'match':
          accept = true
          break
        case 'set':
          if (c >= 0 && has(i.set!, c)) next.add(pc + 1)
          break
        case 'split':
          stack.push(i.x, i.y)
          break
        case 'jump':
        case 'end':
          stack.push(i.x)
          break
        case 'assert':
          if (holds(i.what!, state.before, after)) stack.push(pc + 1)
          break
        case 'backref':
          stack.push(pc + 1)
          if (c >= 0) next.add(pc)
          break
        case 'check':
          stack.push(pc + 1, i.y)
          break
        case 'look':
          stack.push(i.y)
          break
        default:
          stack.push(pc + 1)
      }
    }
    const each = ++this.builds > MANY_BUILDS ? UNITS_PER_LATE_PLACE : UNITS_PER_PLACE
    this.work.add((visited + state.places.length + next.size) * each)
    if (next.size === 0) return { accept, to: null }
    const places = [...next].sort((a, b) => a - b)
    return { accept, to: c < 0 ? null : this.state(places, hasAssertions ? after : 'other') }
  }
}

export function has(set: NonNullable<Program['code'][number]['set']>, c: number): boolean {
  return c < 256 ? set.low[c]! : set.high !== null && inHigh(set.high, c)
}
