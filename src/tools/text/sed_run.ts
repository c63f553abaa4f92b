// Running a sed script: the cycle, pattern and hold space, and each command. Read first: sed_script.ts, sed_input.ts.
import { strerror } from '../../lib/errno.ts'
import type { Regex } from '../../lib/regex/regex.ts'
import type { Sys, Wait } from '../../uapi/program.ts'
import { ToolExit } from '../lib/exit.ts'
import { bytesOf, rawBytes, textFrom } from './bytestring.ts'
import { LineReader, readAll } from './input.ts'
import { Output } from './output.ts'
import type { SedInput } from './sed_input.ts'
import type { Address, Command, Script, Substitution } from './sed_script.ts'
import { backupName, substitute, visible } from './sed_text.ts'

export interface SedOptions {
  readonly quiet: boolean
  readonly separator: string
  readonly lineLength: number
  readonly unbuffered: boolean
  /** Null without -i; else the suffix of the backup ('' for none). */
  readonly inPlace: string | null
  readonly posix: boolean
}

interface Range {
  active: boolean
  end: number
}

type Flow = 'next' | 'cycle' | 'restart' | 'quit'

/** Where a stream's last output ended without a newline, one is added before more. */
interface Sink {
  readonly out: Output
  missing: boolean
}

export class SedRun {
  private readonly sys: Sys
  private readonly script: Script
  private readonly o: SedOptions
  private readonly input: SedInput
  private readonly stdout: Sink
  private current: Sink
  private editing: { readonly name: string; text: string } | null = null
  private readonly sinks = new Map<string, Sink>()
  private readonly readers = new Map<string, LineReader | null>()
  private readonly ranges: Range[]
  private space = ''
  private complete = true
  private hold = ''
  private queue: (string | Command)[] = []
  private lastRegex: Regex | null = null
  private replaced = false
  private pc = 0
  private code = 0

  constructor(sys: Sys, script: Script, o: SedOptions, input: SedInput) {
    this.sys = sys
    this.script = script
    this.o = o
    this.input = input
    this.stdout = { out: new Output(sys), missing: false }
    if (o.unbuffered) this.stdout.out.lineBuffered()
    this.current = this.stdout
    this.ranges = script.commands.map((c) => ({ active: c.from?.kind === 'line' && c.from.n === 0, end: -1 }))
    this.sinks.set('/dev/stdout', this.stdout)
    if (o.inPlace !== null) input.onFile = (name) => this.beginFile(name)
  }

  *run(): Generator<Wait, number, void> {
    const missing = this.openSinks()
    if (missing !== null) return missing
    let restart = false
    for (;;) {
      if (!restart) {
        const line = yield* this.input.line()
        if (line === null) break
        this.space = line.text
        this.complete = line.complete
        this.replaced = false
      }
      const flow = yield* this.cycle()
      restart = flow === 'restart'
      if (flow !== 'restart' && flow !== 'cycle' && !this.o.quiet && !this.silentEnd)
        this.print(this.current, this.space, this.complete)
      yield* this.appended()
      if (this.current.out.due) yield* this.current.out.flush()
      if (flow === 'quit' || this.stdout.out.failed !== null) break
    }
    this.commit()
    for (const s of this.sinks.values()) yield* s.out.flush()
    yield* this.stdout.out.flush()
    return this.code !== 0 ? this.code : this.input.failed ? 2 : 0
  }

  private silentEnd = false

  /** Files of w and W are made before anything runs. */
  private openSinks(): number | null {
    for (const c of this.script.commands) {
      const name = c.name === 'w' || c.name === 'W' ? c.text : (c.substitution?.file ?? null)
      if (name === null || this.sinks.has(name)) continue
      const fd =
        name === '/dev/stderr' ? ({ ok: true, value: 2 } as const) : this.sys.open(textFrom(name), 'write', true)
      if (!fd.ok) {
        this.sys.write(2, `sed: couldn't open file ${textFrom(name)}: ${strerror(fd.errno)}\n`)
        return 4
      }
      this.sinks.set(name, { out: new Output(this.sys, fd.value, true), missing: false })
    }
    return null
  }

  /** -i: output goes to the file that is being read, once it was read. */
  private beginFile(name: string): void {
    this.commit()
    this.editing = { name, text: '' }
  }

  private commit(): void {
    const e = this.editing
    if (e === null) return
    this.editing = null
    this.current = this.stdout
    const suffix = this.o.inPlace ?? ''
    if (suffix !== '') this.sys.rename(e.name, backupName(e.name, suffix))
    const fd = this.sys.open(e.name, 'write', true)
    if (!fd.ok) {
      this.sys.write(2, `sed: couldn't open file ${e.name}: ${strerror(fd.errno)}\n`)
      this.code = 4
      return
    }
    this.sys.write(fd.value, rawBytes(e.text))
    this.sys.close(fd.value)
  }

  private put(sink: Sink, text: string): void {
    const out = (sink.missing ? '\n' : '') + text
    sink.missing = false
    if (this.editing !== null && sink === this.current) this.editing.text += out
    else sink.out.add(out)
  }

  private print(sink: Sink, text: string, complete: boolean): void {
    this.put(sink, complete ? text + this.o.separator : text)
    sink.missing = !complete
  }

  /** What a, r and R queued comes out at the end of the cycle. */
  private *appended(): Generator<Wait, void, void> {
    const { queue } = this
    this.queue = []
    for (const item of queue) {
      if (typeof item === 'string') this.put(this.current, item)
      else if (item.name === 'R') {
        const line = yield* this.nextOf(item.text)
        if (line !== null) this.print(this.current, line, true)
      } else {
        const name = textFrom(item.text)
        const fd = name === '/dev/stdin' ? ({ ok: true, value: 0 } as const) : this.sys.open(name, 'read')
        if (!fd.ok) continue
        const text = yield* readAll(this.sys, fd.value)
        if (fd.value !== 0) this.sys.close(fd.value)
        if (text !== '') this.put(this.current, text)
      }
    }
    for (const s of this.sinks.values()) if (s.out.due && s !== this.stdout) yield* s.out.flush()
  }

  private *nextOf(name: string): Generator<Wait, string | null, void> {
    let reader = this.readers.get(name)
    if (reader === undefined) {
      const fd = name === '/dev/stdin' ? ({ ok: true, value: 0 } as const) : this.sys.open(textFrom(name), 'read')
      reader = fd.ok ? new LineReader(this.sys, fd.value, this.o.separator) : null
      this.readers.set(name, reader)
    }
    return reader === null ? null : yield* reader.next()
  }

  private *cycle(): Generator<Wait, Flow, void> {
    this.silentEnd = false
    this.pc = 0
    const { commands } = this.script
    while (this.pc < commands.length) {
      this.sys.charge(1 + (this.space.length >> 8))
      const index = this.pc++
      const c = commands[index]!
      if ((yield* this.matches(c, this.ranges[index]!)) === c.negated) {
        if (c.name === '{') this.pc = c.target
        continue
      }
      const flow = yield* this.execute(c, this.ranges[index]!)
      if (flow === 'next') continue
      if (flow === 'quit' && !this.silentEnd) return 'quit'
      return flow
    }
    return 'next'
  }

  private pattern(regex: Regex | null): Regex {
    const re = regex ?? this.lastRegex
    if (re === null) throw new ToolExit('sed: -e expression #1, char 0: no previous regular expression\n', 1)
    this.lastRegex = re
    return re
  }

  private *matchesOne(a: Address): Generator<Wait, boolean, void> {
    const n = this.input.number
    if (a.kind === 'line') return n === a.n
    if (a.kind === 'step') return n >= a.first && (n - a.first) % a.step === 0
    if (a.kind === 'last') return yield* this.input.last()
    return this.pattern(a.regex).test(this.space)
  }

  private *matches(c: Command, r: Range): Generator<Wait, boolean, void> {
    if (c.from === null) return true
    if (c.to === null) return yield* this.matchesOne(c.from)
    const n = this.input.number
    if (r.active) {
      if (c.to.kind === 'regex') {
        r.active = !(yield* this.matchesOne(c.to))
        return true
      }
      if (c.to.kind === 'last') {
        r.active = !(yield* this.input.last())
        return true
      }
      r.active = n < r.end
      if (n <= r.end) return true
    }
    if (!(yield* this.matchesOne(c.from))) return false
    if (c.to.kind === 'plus') r.end = n + c.to.n
    else if (c.to.kind === 'multiple') r.end = c.to.n === 0 ? n : n + c.to.n - (n % c.to.n)
    else if (c.to.kind === 'line') r.end = c.to.n
    else if (c.to.kind === 'step') r.end = n
    else r.end = Number.POSITIVE_INFINITY
    r.active = c.to.kind === 'last' ? !(yield* this.input.last()) : n < r.end
    return true
  }

  private *execute(c: Command, r: Range): Generator<Wait, Flow, void> {
    switch (c.name) {
      case 'a':
      case 'r':
      case 'R':
        this.queue.push(c.name === 'a' ? c.text : c)
        return 'next'
      case 'i':
        this.put(this.current, c.text)
        return 'next'
      case 'c':
        if (c.to === null || c.negated || !r.active) this.put(this.current, c.text)
        return 'cycle'
      case 'd':
        return 'cycle'
      case 'D': {
        const nl = this.space.indexOf('\n')
        if (nl < 0) return 'cycle'
        this.space = this.space.slice(nl + 1)
        return 'restart'
      }
      case 'n':
      case 'N':
        return yield* this.advance(c.name)
      case 'q':
      case 'Q':
        this.code = Math.max(0, c.number) & 255
        this.silentEnd = c.name === 'Q'
        return 'quit'
      case 'b':
        this.jump(c)
        return 'next'
      case 't':
      case 'T':
        if (this.replaced === (c.name === 't')) this.jump(c)
        this.replaced = false
        return 'next'
      case 's':
        this.substitute(c.substitution!)
        return 'next'
      default:
        this.simple(c)
        return 'next'
    }
  }

  private jump(c: Command): void {
    this.pc = c.target < 0 ? this.script.commands.length : c.target
  }

  private simple(c: Command): void {
    const nl = this.space.indexOf('\n')
    switch (c.name) {
      case 'g':
        this.space = this.hold
        break
      case 'G':
        this.space += `\n${this.hold}`
        break
      case 'h':
        this.hold = this.space
        break
      case 'H':
        this.hold += `\n${this.space}`
        break
      case 'x':
        ;[this.space, this.hold] = [this.hold, this.space]
        break
      case 'p':
        this.print(this.current, this.space, this.complete)
        break
      case 'P':
        this.print(this.current, nl < 0 ? this.space : this.space.slice(0, nl), true)
        break
      case '=':
        this.put(this.current, `${this.input.number}\n`)
        break
      case 'F':
        this.put(this.current, `${bytesOf(this.input.file)}\n`)
        break
      case 'l':
        this.put(this.current, visible(this.space, c.number < 0 ? this.o.lineLength : c.number))
        break
      case 'w':
        this.print(this.sinks.get(c.text)!, this.space, this.complete)
        break
      case 'W':
        this.print(this.sinks.get(c.text)!, nl < 0 ? this.space : this.space.slice(0, nl), true)
        break
      case 'y':
        this.space = [...this.space].map((ch) => c.map!.get(ch) ?? ch).join('')
        break
      case 'z':
        this.space = ''
        break
      case 'L':
        throw new ToolExit('sed: INTERNAL ERROR: Bad cmd L\n', 4)
    }
  }

  /** n and N: with no next line GNU sed prints what it has and ends. */
  private *advance(name: 'n' | 'N'): Generator<Wait, Flow, void> {
    if (yield* this.input.exhausted()) {
      this.silentEnd = this.o.posix && name === 'N'
      return 'quit'
    }
    if (name === 'n' && !this.o.quiet) this.print(this.current, this.space, this.complete)
    yield* this.appended()
    const line = yield* this.input.line()
    if (line === null) return 'quit'
    this.space = name === 'n' ? line.text : `${this.space}\n${line.text}`
    this.complete = line.complete
    if (this.current.out.due) yield* this.current.out.flush()
    return 'next'
  }

  private substitute(s: Substitution): void {
    const re = this.pattern(s.regex)
    const text = this.space
    let out = ''
    let copied = 0
    let count = 0
    let done = false
    let lastEnd = -1
    for (let at = 0; at <= text.length; ) {
      const m = re.exec(text, at)
      if (m === null) break
      // An empty match right after a match is none.
      const counts = m.end > m.start || m.start !== lastEnd
      if (counts) count++
      if (counts && count >= s.nth) {
        out += text.slice(copied, m.start) + substitute(s.parts, re.submatches(text, m))
        copied = m.end
        done = true
        if (!s.global) break
      }
      lastEnd = m.end
      at = m.end > m.start ? m.end : m.start + 1
    }
    if (!done) return
    this.replaced = true
    this.space = out + text.slice(copied)
    if (s.print) this.print(this.current, this.space, this.complete)
    if (s.file !== null) this.print(this.sinks.get(s.file)!, this.space, this.complete)
  }
}
