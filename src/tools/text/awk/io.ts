// awk's files and commands: print > and |, getline < and |, system, close. Read first: uapi/program.ts (spawn, reap).
import { strerror } from '../../../lib/errno.ts'
import type { Sys, Wait } from '../../../uapi/program.ts'
import { textFrom } from '../bytestring.ts'
import { Output } from '../output.ts'
import { RecordReader, type RegexCache } from './record.ts'
import { AwkFatal } from './state.ts'

interface Sink {
  readonly out: Output
  /** The command behind a pipe; 0 for a file. */
  readonly pid: number
}

interface Source {
  readonly reader: RecordReader
  readonly pid: number
}

/** Exit code of a child as awk gives it: 256 + n for signal n. */
function codeOf(code: number): number {
  return code > 128 && code < 193 ? code + 128 : code
}

export class AwkIo {
  private readonly sys: Sys
  private readonly cache: RegexCache
  readonly stdout: Output
  private readonly sinks = new Map<string, Sink>()
  private readonly sources = new Map<string, Source | null>()

  constructor(sys: Sys, cache: RegexCache) {
    this.sys = sys
    this.cache = cache
    this.stdout = new Output(sys)
  }

  private shell(command: string, fds: Readonly<Record<number, number>>): number | null {
    const name = this.sys.which('/bin/sh') ? '/bin/sh' : 'bash'
    const r = this.sys.spawn([name, '-c', textFrom(command)], { fds })
    return r.ok ? r.value : null
  }

  *wait(pid: number): Generator<Wait, number, void> {
    for (;;) {
      const code = this.sys.reap(pid)
      if (code !== null) return codeOf(code)
      yield { children: [pid] }
    }
  }

  *flushAll(): Generator<Wait, void, void> {
    yield* this.stdout.flush()
    for (const s of this.sinks.values()) yield* s.out.flush()
  }

  *system(command: string): Generator<Wait, number, void> {
    yield* this.flushAll()
    const pid = this.shell(command, { 0: 0, 1: 1, 2: 2 })
    return pid === null ? -1 : yield* this.wait(pid)
  }

  /** Where print > name, >> name or | name writes. */
  *sink(name: string, how: '>' | '>>' | '|'): Generator<Wait, Output, void> {
    if (how !== '|' && (name === '/dev/stdout' || name === '-')) return this.stdout
    const key = how === '|' ? `|${name}` : name
    const known = this.sinks.get(key)
    if (known !== undefined) return known.out
    let sink: Sink
    if (how === '|') {
      yield* this.flushAll()
      const pipe = this.sys.pipe()
      const pid = pipe.ok ? this.shell(name, { 0: pipe.value[0], 1: 1, 2: 2 }) : null
      if (!pipe.ok || pid === null) throw new AwkFatal(`cannot open pipe "${textFrom(name)}" for output`)
      this.sys.close(pipe.value[0])
      sink = { out: new Output(this.sys, pipe.value[1]), pid }
    } else {
      const fd =
        name === '/dev/stderr'
          ? ({ ok: true, value: 2 } as const)
          : this.sys.open(textFrom(name), how === '>' ? 'write' : 'append', true)
      if (!fd.ok) throw new AwkFatal(`cannot open "${textFrom(name)}" for output (${strerror(fd.errno)})`)
      sink = { out: new Output(this.sys, fd.value, name === '/dev/stderr'), pid: 0 }
    }
    this.sinks.set(key, sink)
    return sink.out
  }

  /** What getline reads from; null when it cannot be opened. */
  *source(name: string, command: boolean): Generator<Wait, RecordReader | null, void> {
    const key = command ? `|${name}` : name
    const known = this.sources.get(key)
    if (known !== undefined) return known === null ? null : known.reader
    let fd = 0
    let pid = 0
    if (command) {
      yield* this.flushAll()
      const pipe = this.sys.pipe()
      const child = pipe.ok ? this.shell(name, { 0: 0, 1: pipe.value[1], 2: 2 }) : null
      if (!pipe.ok || child === null) return null
      this.sys.close(pipe.value[1])
      fd = pipe.value[0]
      pid = child
    } else if (name !== '-' && name !== '/dev/stdin') {
      const r = this.sys.open(textFrom(name), 'read')
      const stat = this.sys.stat(textFrom(name))
      if (stat.ok && stat.value.type === 'directory') throw new AwkFatal('read error (Is a directory)')
      if (!r.ok) return null
      fd = r.value
    }
    const source = { reader: new RecordReader(this.sys, fd, this.cache), pid }
    this.sources.set(key, source)
    return source.reader
  }

  private *finish(s: { readonly pid: number }, fd: number): Generator<Wait, number, void> {
    if (fd > 2) this.sys.close(fd)
    return s.pid > 0 ? yield* this.wait(s.pid) : 0
  }

  /** close(name): -1 when nothing of that name is open. */
  *close(name: string): Generator<Wait, number, void> {
    let code = -1
    for (const key of [name, `|${name}`]) {
      const sink = this.sinks.get(key)
      if (sink !== undefined) {
        yield* sink.out.flush()
        this.sinks.delete(key)
        code = yield* this.finish(sink, sink.out.fd)
      }
      const source = this.sources.get(key)
      if (source === undefined || source === null) continue
      this.sources.delete(key)
      code = yield* this.finish(source, source.reader.fd)
    }
    return code
  }

  *fflush(name: string | null): Generator<Wait, number, void> {
    if (name === null || name === '' || name === '/dev/stdout') {
      yield* this.stdout.flush()
      return 0
    }
    const sink = this.sinks.get(name) ?? this.sinks.get(`|${name}`)
    if (sink === undefined) return -1
    yield* sink.out.flush()
    return 0
  }

  /** At the end: everything is written, commands are waited for. */
  *closeAll(): Generator<Wait, void, void> {
    yield* this.flushAll()
    for (const s of this.sinks.values()) yield* this.finish(s, s.out.fd)
    for (const s of this.sources.values()) if (s !== null) yield* this.finish(s, s.reader.fd)
  }
}
