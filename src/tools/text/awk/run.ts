// Running an awk program: statements, the expressions that wait, and the records of the main input.
// Read first: awk/ast.ts, awk/eval.ts, awk/io.ts.
import { strerror } from '../../../lib/errno.ts'
import type { Sys, Wait } from '../../../uapi/program.ts'
import { textFrom } from '../bytestring.ts'
import type { Expr, Program, Rule, Stmt } from './ast.ts'
import { formatted } from './builtin.ts'
import { bind, Evaluator, type Frame } from './eval.ts'
import { AwkIo } from './io.ts'
import { awkString } from './lex.ts'
import { node } from './node.ts'
import { RecordReader } from './record.ts'
import { AwkError, AwkFatal, type State } from './state.ts'
import { Input, numberText, toBoolean, toNumber, type Value } from './value.ts'

type Flow = 'normal' | 'break' | 'continue' | 'next' | 'nextfile' | 'exit' | 'return'

const MAX_DEPTH = 500
const NO_FRAME: Frame = Object.freeze([])

export class AwkRun {
  private readonly sys: Sys
  private readonly prog: string
  private readonly program: Program
  private readonly st: State
  private readonly ev: Evaluator
  private readonly io: AwkIo
  private reader: RecordReader | null = null
  private argument = 0
  private opened = false
  private code = 0
  private depth = 0
  private returned: Value = undefined
  private readonly active: boolean[]

  constructor(sys: Sys, prog: string, program: Program, st: State) {
    this.sys = sys
    this.prog = prog
    this.program = program
    this.st = st
    this.ev = new Evaluator(st, () => Math.floor(sys.wallClock() / 1e9))
    this.io = new AwkIo(sys, st.regexes)
    this.active = program.rules.map(() => false)
  }

  *run(): Generator<Wait, number, void> {
    try {
      yield* this.phases()
      yield* this.io.closeAll()
      return this.code
    } catch (e) {
      yield* this.io.flushAll()
      if (e instanceof AwkError) {
        const { st } = this
        const at = `\tFILENAME="${textFrom(st.str('FILENAME'))}" FNR=${st.str('FNR')} NR=${st.str('NR')}\n`
        this.sys.write(2, `${this.prog}: run time error: ${textFrom(e.message)}\n${at}`)
      } else if (e instanceof AwkFatal) this.sys.write(2, `${this.prog}: ${e.message}\n`)
      else if (e instanceof RangeError)
        this.sys.write(2, `${this.prog}: program limit exceeded: eval stack size=1024\n`)
      else throw e
      return 2
    }
  }

  private *phases(): Generator<Wait, void, void> {
    const { begin, end, rules } = this.program
    let flow: Flow = 'normal'
    for (const s of begin) {
      flow = yield* this.top(s)
      if (flow === 'exit') break
    }
    if (flow !== 'exit' && (rules.length > 0 || end.length > 0)) flow = yield* this.records()
    for (const s of end) if ((yield* this.top(s)) === 'exit') return
  }

  /** The body of a rule: exit and next may come from inside functions. */
  private *top(s: Stmt): Generator<Wait, Flow, void> {
    try {
      return yield* this.exec(s, NO_FRAME)
    } catch (e) {
      if (!(e instanceof Leave)) throw e
      this.depth = 0
      return e.flow
    }
  }

  private *records(): Generator<Wait, Flow, void> {
    for (;;) {
      const record = yield* this.read()
      if (record === null) return 'normal'
      this.st.setRecord(record)
      let flow: Flow = 'normal'
      for (const [i, rule] of this.program.rules.entries()) {
        flow = yield* this.rule(rule, i)
        if (flow !== 'normal') break
      }
      if (this.io.stdout.due) yield* this.io.stdout.flush()
      if (flow === 'exit' || this.io.stdout.failed !== null) return 'exit'
      if (flow === 'nextfile') this.closeReader()
    }
  }

  private *rule(rule: Rule, i: number): Generator<Wait, Flow, void> {
    if (rule.from !== null) {
      if (rule.to === null) {
        if (!toBoolean(yield* this.value(rule.from, NO_FRAME))) return 'normal'
      } else {
        if (!this.active[i] && !toBoolean(yield* this.value(rule.from, NO_FRAME))) return 'normal'
        this.active[i] = !toBoolean(yield* this.value(rule.to, NO_FRAME))
      }
    }
    if (rule.body !== null) return yield* this.top(rule.body)
    this.io.stdout.add(this.st.text_(this.st.field(0)) + this.st.str('ORS'))
    return 'normal'
  }

  private closeReader(): void {
    if (this.reader !== null && this.reader.fd > 0) this.sys.close(this.reader.fd)
    this.reader = null
  }

  /** The next operand of ARGV that is a file; false at the end. */
  private nextFile(): boolean {
    const { st } = this
    const { map } = st.global('ARGV').asArray()
    while (++this.argument < toNumber(st.global('ARGC').value)) {
      const word = st.text_(map.get(String(this.argument)))
      if (word === '') continue
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(word)
      if (assignment !== null) st.setGlobal(assignment[1]!, new Input(awkString(assignment[2]!)))
      else return this.openFile(word)
    }
    return !this.opened && this.openFile('-')
  }

  private openFile(name: string): boolean {
    this.opened = true
    let fd = 0
    if (name !== '-' && name !== '/dev/stdin') {
      const r = this.sys.open(textFrom(name), 'read')
      const stat = this.sys.stat(textFrom(name))
      if (stat.ok && stat.value.type === 'directory') throw new AwkFatal('read error (Is a directory)')
      if (!r.ok) throw new AwkFatal(`cannot open ${textFrom(name)} (${strerror(r.errno)})`)
      fd = r.value
    }
    this.reader = new RecordReader(this.sys, fd, this.st.regexes)
    this.st.setGlobal('FILENAME', name)
    this.st.setGlobal('FNR', 0)
    return true
  }

  /** The next record of the main input. */
  private *read(): Generator<Wait, string | null, void> {
    for (;;) {
      if (this.reader === null && !this.nextFile()) return null
      const record = yield* this.reader!.next(this.st.str('RS'))
      if (record !== null) {
        this.st.add('NR', 1)
        this.st.add('FNR', 1)
        return record
      }
      this.closeReader()
    }
  }

  private *exec(s: Stmt, f: Frame): Generator<Wait, Flow, void> {
    this.sys.charge()
    switch (s.kind) {
      case 'expr':
        if (s.expr.waits) yield* this.value(s.expr, f)
        else this.ev.value(s.expr, f)
        return 'normal'
      case 'print':
      case 'printf':
        yield* this.print(s, f)
        return 'normal'
      case 'block':
        for (const inner of s.body) {
          const flow = yield* this.exec(inner, f)
          if (flow !== 'normal') return flow
        }
        return 'normal'
      case 'if':
        if (toBoolean(yield* this.value(s.test, f))) return yield* this.exec(s.then, f)
        return s.otherwise === null ? 'normal' : yield* this.exec(s.otherwise, f)
      case 'loop':
        return yield* this.loop(s, f)
      case 'each': {
        const array = this.ev.array(s.array, f)
        for (const key of array.keys()) {
          this.ev.store(s.variable, new Input(key), f)
          const flow = yield* this.exec(s.body, f)
          if (flow === 'break') break
          if (flow !== 'normal' && flow !== 'continue') return flow
        }
        return 'normal'
      }
      case 'delete': {
        const { map } = this.ev.array(s.array, f)
        if (s.subs === null) map.clear()
        else map.delete(this.ev.key((yield* this.settle(node('list', s.subs), f)).kids, f))
        return 'normal'
      }
      case 'exit':
        if (s.expr !== null) this.code = Math.trunc(toNumber(yield* this.value(s.expr, f))) & 255
        return 'exit'
      case 'return':
        this.returned = s.expr === null ? undefined : yield* this.value(s.expr, f)
        return 'return'
      default:
        return s.kind
    }
  }

  private *loop(s: Stmt & { readonly kind: 'loop' }, f: Frame): Generator<Wait, Flow, void> {
    if (s.init !== null) yield* this.exec(s.init, f)
    for (let late = s.late; ; late = false) {
      if (!late && s.test !== null) {
        const v = s.test.waits ? yield* this.value(s.test, f) : this.ev.value(s.test, f)
        if (!toBoolean(v)) return 'normal'
      }
      const flow = yield* this.exec(s.body, f)
      if (flow === 'break') return 'normal'
      if (flow !== 'normal' && flow !== 'continue') return flow
      if (s.step !== null) yield* this.exec(s.step, f)
    }
  }

  private *print(s: Stmt & { readonly kind: 'print' | 'printf' }, f: Frame): Generator<Wait, void, void> {
    const { st, io } = this
    const values: Value[] = []
    for (const a of s.args) values.push(a.waits ? yield* this.value(a, f) : this.ev.value(a, f))
    let text: string
    if (s.kind === 'printf') text = formatted(this.ev, 'printf', values)
    else if (values.length === 0) text = st.text_(st.field(0)) + st.str('ORS')
    else {
      const format = st.str('OFMT')
      text =
        values.map((v) => (typeof v === 'number' ? numberText(v, format) : st.text_(v))).join(st.str('OFS')) +
        st.str('ORS')
    }
    const out = s.to === '' ? io.stdout : yield* io.sink(st.text_(yield* this.value(s.target!, f)), s.to)
    out.add(text)
    if (out.due) yield* out.flush()
    if (io.stdout.failed !== null) throw new AwkFatal('write failure (Broken pipe)')
  }

  /** Any expression. */
  private *value(e: Expr, f: Frame): Generator<Wait, Value, void> {
    if (!e.waits) return this.ev.value(e, f)
    const [a, b, c] = e.kids
    switch (e.op) {
      case 'and':
        return toBoolean(yield* this.value(a!, f)) && toBoolean(yield* this.value(b!, f)) ? 1 : 0
      case 'or':
        return toBoolean(yield* this.value(a!, f)) || toBoolean(yield* this.value(b!, f)) ? 1 : 0
      case 'cond':
        return yield* this.value(toBoolean(yield* this.value(a!, f)) ? b! : c!, f)
      case 'group':
        return yield* this.value(a!, f)
      case 'call':
        return yield* this.call(yield* this.settle(e, f), f)
      case 'getline':
        return yield* this.getline(yield* this.settle(e, f), f)
      case 'builtin': {
        const settled = yield* this.settle(e, f)
        const arg = settled.kids[0] === undefined ? null : this.ev.text(settled.kids[0], f)
        if (e.name === 'system') return yield* this.io.system(arg ?? '')
        if (e.name === 'close') return yield* this.io.close(arg ?? '')
        if (e.name === 'fflush') return yield* this.io.fflush(arg)
        return this.ev.value(settled, f)
      }
      default:
        return this.ev.value(yield* this.settle(e, f), f)
    }
  }

  /** The expression with every part that waits replaced by its value; places to store in stay places. */
  private *settle(e: Expr, f: Frame): Generator<Wait, Expr, void> {
    const kids: Expr[] = []
    for (const k of e.kids) {
      if (!k.waits) kids.push(k)
      else if (k.op === 'field' || k.op === 'index') kids.push(yield* this.settle(k, f))
      else kids.push(node('const', [], { value: yield* this.value(k, f) }))
    }
    return { ...e, kids }
  }

  private *call(e: Expr, f: Frame): Generator<Wait, Value, void> {
    const func = this.program.functions.get(e.name)!
    if (++this.depth > MAX_DEPTH) throw new AwkFatal('program limit exceeded: eval stack size=1024')
    const frame = bind(this.ev, func.params.length, e.kids, f)
    const flow = yield* this.exec(func.body!, frame)
    this.depth--
    if (flow === 'exit' || flow === 'next' || flow === 'nextfile') throw new Leave(flow)
    const v = this.returned
    this.returned = undefined
    return v
  }

  private *getline(e: Expr, f: Frame): Generator<Wait, Value, void> {
    const { st } = this
    const [target, from] = [e.kids[0]!, e.kids[1]!]
    let record: string | null
    if (e.name === 'plain') record = yield* this.read()
    else {
      const reader = yield* this.io.source(this.ev.text(from, f), e.name === 'command')
      if (reader === null) return -1
      record = yield* reader.next(st.str('RS'))
      if (record !== null && e.name === 'command') {
        st.add('NR', 1)
        st.add('FNR', 1)
      }
    }
    if (record === null) return 0
    if (target.op === 'none') st.setRecord(record)
    else this.ev.store(target, new Input(record), f)
    return 1
  }
}

/** exit and next inside a function. */
class Leave extends Error {
  readonly flow: Flow

  constructor(flow: Flow) {
    super(flow)
    this.flow = flow
  }
}
