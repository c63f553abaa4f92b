// A regular expression's tree as a program of small instructions, which dfa.ts and search.ts run.
// Read first: node.ts. Counted repetitions are written out, in the shape that glibc gives them: it shows in sub-matches.
import { unreachable } from '../never.ts'
import { type Assertion, type CharSet, fixedLength, type Node, nullable } from './node.ts'

export interface Instruction {
  readonly op:
    | 'set'
    /** Try x, then y. */
    | 'split'
    | 'jump'
    /** A group begins or ends: x is its number. */
    | 'open'
    | 'close'
    | 'assert'
    | 'backref'
    /** A turn of loop x begins. */
    | 'mark'
    /** A turn of loop x ended: when it took nothing the loop is left, at y. */
    | 'check'
    /** Run what follows on its own, up to its `end`, then go on at y. */
    | 'atomic'
    | 'look'
    | 'keep'
    | 'end'
    | 'match'
  x: number
  y: number
  readonly set: CharSet | null
  readonly what: Assertion | null
  /** Of look: forbidden instead of required. Of backref: letters of either case are the same. Of close: a group that may be left out. */
  readonly flag: boolean
  /** Of look: each alternative's start, and how far it looks back. */
  readonly bodies: readonly (readonly [number, number])[]
}

export interface Program {
  readonly code: readonly Instruction[]
  readonly groups: number
  readonly hasBackrefs: boolean
  readonly hasAssertions: boolean
}

export class TooBig extends Error {}

/** Longer programs are turned down, as glibc turns down what it has no memory for. */
const MAX_PROGRAM = 100_000
const MAX_NESTING = 250

type Repeat = Extract<Node, { kind: 'repeat' }>
type Fields = Partial<Omit<Instruction, 'op'>>

class Compiler {
  readonly code: Instruction[] = []
  hasBackrefs = false
  hasAssertions = false
  private loops = 0
  private nesting = 0
  /** glibc forgets what is optional in the copies of a repetition: see Search.registers. */
  private copied = false

  emit(op: Instruction['op'], fields: Fields = {}): Instruction {
    if (this.code.length >= MAX_PROGRAM) throw new TooBig()
    const i = { op, x: 0, y: 0, set: null, what: null, flag: false, bodies: [], ...fields }
    this.code.push(i)
    return i
  }

  get here(): number {
    return this.code.length
  }

  node(n: Node, optional = false): void {
    if (++this.nesting > MAX_NESTING) throw new TooBig()
    this.plain(n, optional)
    this.nesting--
  }

  private plain(n: Node, optional: boolean): void {
    switch (n.kind) {
      case 'set':
        this.emit('set', { set: n.set })
        return
      case 'cat':
        for (const i of n.items) this.node(i)
        return
      case 'alt':
        this.alternatives(n.items)
        return
      case 'repeat':
        this.repeat(n)
        return
      case 'group':
        this.emit('open', { x: n.index })
        this.node(n.body)
        this.emit('close', { x: n.index, flag: optional })
        return
      case 'assert':
        this.hasAssertions = true
        this.emit('assert', { what: n.what })
        return
      case 'backref':
        this.hasBackrefs = true
        this.emit('backref', { x: n.index, flag: n.icase })
        return
      case 'atomic':
        this.atomic(n.body)
        return
      case 'look':
        this.look(n)
        return
      case 'keep':
        this.emit('keep')
        return
      default:
        unreachable(n)
    }
  }

  private alternatives(items: readonly Node[]): void {
    const jumps: Instruction[] = []
    for (const [i, item] of items.entries()) {
      const last = i === items.length - 1
      const split = last ? null : this.emit('split', { x: this.here + 1 })
      this.node(item)
      if (!last) jumps.push(this.emit('jump'))
      if (split !== null) split.y = this.here
    }
    for (const j of jumps) j.x = this.here
  }

  private repeat(n: Repeat): void {
    if (n.greed === 'possessive') {
      this.atomic({ ...n, greed: 'greedy' })
      return
    }
    const outside = this.copied
    for (let i = 0; i < n.min; i++) this.copy(n.body, false, outside || i > 0)
    if (n.max === null) this.loop(n, outside)
    else this.optional(n, outside)
  }

  private copy(body: Node, optional: boolean, copied: boolean): void {
    const outside = this.copied
    this.copied = copied
    this.node(body, optional)
    this.copied = outside
  }

  private split(lazy: boolean): Instruction {
    const split = this.emit('split')
    if (lazy) split.y = this.here
    else split.x = this.here
    return split
  }

  private leave(split: Instruction, lazy: boolean): void {
    if (lazy) split.x = this.here
    else split.y = this.here
  }

  private loop(n: Repeat, outside: boolean): void {
    const lazy = n.greed === 'lazy'
    const from = this.here
    const split = this.split(lazy)
    const loop = this.loops++
    const careful = nullable(n.body)
    if (careful) this.emit('mark', { x: loop })
    this.copy(n.body, !outside, outside || n.min > 0)
    const check = careful ? this.emit('check', { x: loop }) : null
    this.emit('jump', { x: from })
    this.leave(split, lazy)
    if (check !== null) check.y = this.here
  }

  /** x{0,3} is ((x?x)?x)? */
  private optional(n: Repeat, outside: boolean): void {
    const lazy = n.greed === 'lazy'
    const count = n.max! - n.min
    const splits: Instruction[] = []
    for (let i = 0; i < count; i++) splits.push(this.split(lazy))
    for (let i = 0; i < count; i++) {
      this.copy(n.body, !outside && i === 0, outside || n.min > 0 || i > 0)
      this.leave(splits.pop()!, lazy)
    }
  }

  private atomic(body: Node): void {
    const start = this.emit('atomic')
    this.node(body)
    const end = this.emit('end')
    start.y = end.x = this.here
  }

  private look(n: Extract<Node, { kind: 'look' }>): void {
    const bodies: [number, number][] = []
    const start = this.emit('look', { flag: n.negated, bodies })
    for (const item of n.body.kind === 'alt' ? n.body.items : [n.body]) {
      bodies.push([this.here, n.behind ? (fixedLength(item) ?? 0) : 0])
      this.node(item)
      this.emit('end')
    }
    start.y = this.here
  }
}

/** Throws TooBig. */
export function compileProgram(tree: Node, groups: number): Program {
  const c = new Compiler()
  c.node(tree)
  c.emit('match')
  return { code: c.code, groups, hasBackrefs: c.hasBackrefs, hasAssertions: c.hasAssertions }
}
