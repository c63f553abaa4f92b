// One path through a program, the first in the order in which glibc (and Perl) try them: for sub-matches, back-references and
// Perl's looks. Read first: program.ts. Without back-references no place is tried twice; with them only the meter ends it.
import { besideOf, has, holds, type Work } from './dfa.ts'
import type { Assertion } from './node.ts'
import type { Instruction, Program } from './program.ts'

/** A turn of a short search, and one beyond MANY_TURNS: a search that long has left the caches and is backtracking. */
const UNITS_PER_TURN = 6
const UNITS_PER_LATE_TURN = 60
const MANY_TURNS = 10_000

/** Events of a path: kind and number, place in the text. */
const OPEN = 0
const CLOSE = 1
const CLOSE_OPTIONAL = 2
const MARK = 3
const KEEP = 4
const KINDS = 5

export type Goal =
  /** The first path that ends here. */
  { readonly kind: 'end at'; readonly end: number } | { readonly kind: 'first' } | { readonly kind: 'longest' }

export class Search {
  private readonly program: Program
  private readonly text: string
  private readonly work: Work
  /** Pairs: kind and number as one, place. */
  private trail: number[] = []
  private readonly failed: Set<number> | null
  private turns = 0

  constructor(program: Program, text: string, work: Work) {
    this.program = program
    this.text = text
    this.work = work
    this.failed = program.hasBackrefs ? null : new Set()
  }

  /** The end of the match that begins at `from`, or -1; `path` then tells the groups. */
  run(from: number, goal: Goal): number {
    this.trail = []
    return this.attempt(0, from, goal, true)
  }

  private attempt(from: number, start: number, goal: Goal, outermost: boolean): number {
    const stack: number[] = [from, start, this.trail.length]
    const failed = outermost ? this.failed : null
    let best = -1
    let bestTrail: number[] = []
    while (stack.length > 0) {
      this.trail.length = stack.pop()!
      const at = stack.pop()!
      const end = this.follow(stack.pop()!, at, stack, failed)
      if (end < 0 || (goal.kind === 'end at' && end !== goal.end)) continue
      if (goal.kind !== 'longest') return end
      if (end <= best) continue
      best = end
      bestTrail = [...this.trail]
      if (end === this.text.length) break
    }
    if (best >= 0) this.trail = bestTrail
    return best
  }

  /** Along one path until it fails (-1) or matches; what else could be tried is left on the stack. */
  private follow(pc: number, at: number, stack: number[], failed: Set<number> | null): number {
    const { code } = this.program
    const size = this.text.length + 1
    for (let turns = 1; ; turns++) {
      const i = code[pc]!
      switch (i.op) {
        case 'match':
        case 'end':
          this.pay(turns)
          return at
        case 'split':
          if (failed !== null) {
            if (failed.has(pc * size + at)) return this.stop(turns)
            failed.add(pc * size + at)
          }
          stack.push(i.y, at, this.trail.length)
          pc = i.x
          continue
        case 'jump':
          pc = i.x
          break
        case 'set':
          if (at + 1 >= size || !has(i.set!, this.text.charCodeAt(at))) return this.stop(turns)
          at++
          pc++
          break
        case 'assert':
          if (!this.asserts(i.what!, at)) return this.stop(turns)
          pc++
          break
        case 'check':
          pc = this.last(MARK, i.x) === at ? i.y : pc + 1
          break
        case 'backref':
        case 'atomic':
        case 'look':
          at = i.op === 'backref' ? this.backref(i, at) : i.op === 'atomic' ? this.atomic(pc, at) : this.look(i, at)
          if (at < 0) return this.stop(turns)
          pc = i.op === 'backref' ? pc + 1 : i.y
          break
        default:
          this.record(i, at)
          pc++
      }
      if (turns === 1000) {
        this.pay(turns)
        turns = 0
      }
    }
  }

  private pay(turns: number): void {
    this.turns += turns
    this.work.add(turns * (this.turns > MANY_TURNS ? UNITS_PER_LATE_TURN : UNITS_PER_TURN))
  }

  private stop(turns: number): -1 {
    this.pay(turns)
    return -1
  }

  private asserts(what: Assertion, at: number): boolean {
    if (what === 'last line end' && at !== this.text.length - 1 && at !== this.text.length) return false
    return holds(what, besideOf(this.text, at - 1), besideOf(this.text, at))
  }

  private record(i: Instruction, at: number): void {
    const kind =
      i.op === 'open' ? OPEN : i.op === 'close' ? (i.flag ? CLOSE_OPTIONAL : CLOSE) : i.op === 'mark' ? MARK : KEEP
    this.trail.push(i.x * KINDS + kind, at)
  }

  private last(kind: number, number: number): number {
    for (let k = this.trail.length - 2; k >= 0; k -= 2)
      if (this.trail[k] === number * KINDS + kind) return this.trail[k + 1]!
    return -1
  }

  private backref(i: Instruction, at: number): number {
    const registers = this.registers()
    const from = registers[2 * i.x]!
    const to = registers[2 * i.x + 1]!
    this.work.add(this.trail.length + (to - from))
    if (from < 0 || to < 0) return -1
    const wanted = this.text.slice(from, to)
    const found = this.text.slice(at, at + wanted.length)
    const same = wanted === found || (i.flag && wanted.toLowerCase() === found.toLowerCase())
    return same ? at + wanted.length : -1
  }

  private atomic(pc: number, at: number): number {
    return this.attempt(pc + 1, at, { kind: 'first' }, false)
  }

  private look(i: Instruction, at: number): number {
    const length = this.trail.length
    for (const [pc, back] of i.bodies) {
      if (at - back < 0 || this.attempt(pc, at - back, { kind: 'first' }, false) < 0) continue
      if (i.flag) this.trail.length = length
      return i.flag ? -1 : at
    }
    this.trail.length = length
    return i.flag ? at : -1
  }

  /** Where \K said that the match begins, or `from`. */
  kept(from: number): number {
    const at = this.last(KEEP, 0)
    return at < 0 ? from : at
  }

  /**
   * Starts and ends of the groups, -1 when one took no part. As in glibc an optional group that took nothing after it took
   * something leaves all groups as they were when the last one had taken something: ((a?))* on "a" gives "a".
   */
  registers(): number[] {
    let now = new Array<number>(2 * this.program.groups + 2).fill(-1)
    let before = [...now]
    for (let k = 0; k < this.trail.length; k += 2) {
      const kind = this.trail[k]! % KINDS
      const start = 2 * ((this.trail[k]! - kind) / KINDS)
      const at = this.trail[k + 1]!
      if (kind === OPEN) {
        now[start] = at
        now[start + 1] = -1
      } else if (kind === CLOSE || kind === CLOSE_OPTIONAL) {
        if (now[start]! < at) {
          now[start + 1] = at
          before = [...now]
        } else if (kind === CLOSE_OPTIONAL && before[start] !== -1) now = [...before]
        else now[start + 1] = at
      }
    }
    return now
  }
}
