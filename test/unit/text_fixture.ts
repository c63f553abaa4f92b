// A process for one text tool: stdin is given in small pieces that sometimes are not there yet, files live in a map.
import { textTools } from '../../src/tools/text/table.ts'
import type { IoResult, Sys, Wait } from '../../src/uapi/program.ts'

export interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number
}

const MAX_STEPS = 100_000

/** A script that loops for ever is stopped as the machine's limits stop it. */
class TooLong extends Error {}

function ok<T>(value: T): IoResult<T> {
  return { ok: true, value }
}

interface Source {
  readonly data: Uint8Array
  at: number
  ready: boolean
}

function takeFrom(s: Source, max: number): IoResult<Uint8Array> {
  s.ready = !s.ready
  if (s.ready) return { ok: false, errno: 'EAGAIN' }
  const piece = s.data.subarray(s.at, s.at + Math.min(max, 1 + (s.at % 13)))
  s.at += piece.length
  return ok(piece)
}

/** The system calls that text tools use on files; anything else is an error of the test. */
function fakeSys(stdin: string, files: Map<string, string>, put: (fd: number, bytes: Uint8Array) => void): Sys {
  const encoder = new TextEncoder()
  const sources = new Map<number, Source>([[0, { data: encoder.encode(stdin), at: 0, ready: false }]])
  const written = new Map<number, string>()
  let next = 3
  let full = false
  let steps = 0
  const sys: Partial<Sys> = {
    hold: () => undefined,
    charge: () => {
      if (++steps > MAX_STEPS) throw new TooLong()
    },
    now: () => 0,
    wallClock: () => 0,
    random: () => 0.5,
    isatty: () => false,
    env: () => undefined,
    which: () => false,
    onSignal: () => undefined,
    write: (fd, data) => {
      const bytes = typeof data === 'string' ? encoder.encode(data) : data
      const name = written.get(fd)
      if (name !== undefined) files.set(name, (files.get(name) ?? '') + new TextDecoder().decode(bytes))
      else if (fd === 1) {
        // A pipe that takes a part, then nothing, then a part.
        full = !full
        if (full && bytes.length > 7) {
          put(1, bytes.subarray(0, 7))
          return ok(7)
        }
        put(1, bytes)
      } else put(fd, bytes)
      return ok(bytes.length)
    },
    read: (fd, max = 65536) => {
      const s = sources.get(fd)
      return s === undefined ? { ok: false, errno: 'EBADF' } : takeFrom(s, max)
    },
    open: (path, mode) => {
      const text = files.get(path)
      const fd = next++
      if (mode === 'read') {
        if (text === undefined) return { ok: false, errno: 'ENOENT' }
        sources.set(fd, { data: encoder.encode(text), at: 0, ready: false })
      } else {
        if (mode === 'write') files.set(path, '')
        written.set(fd, path)
      }
      return ok(fd)
    },
    close: () => undefined,
    readFile: (path) => {
      const text = files.get(path)
      return text === undefined ? { ok: false, errno: 'ENOENT' } : ok(text)
    },
    stat: (path) => {
      const text = files.get(path)
      return text === undefined
        ? { ok: false, errno: 'ENOENT' }
        : ok({ type: 'file', size: text.length, mode: 0o644, inode: 1 })
    },
    rename: (from, to) => {
      files.set(to, files.get(from) ?? '')
      files.delete(from)
      return ok(null)
    },
    spawn: () => ({ ok: false, errno: 'ENOENT' }),
    pipe: () => ({ ok: false, errno: 'EMFILE' }),
    reap: () => 0,
  }
  return sys as Sys
}

function finish(g: Generator<Wait, number, void>): number {
  try {
    for (;;) {
      const step = g.next()
      if (step.done === true) return step.value
    }
  } catch (e) {
    if (e instanceof TooLong) return -1
    throw e
  }
}

/** Run a tool; `files` is changed by what it writes. */
export function runText(argv: readonly string[], stdin = '', files = new Map<string, string>()): Ran {
  const tool = textTools[argv[0] ?? '']
  if (tool?.kind !== 'main') throw new Error(`no tool ${argv[0]}`)
  const pieces: Record<number, Uint8Array[]> = { 1: [], 2: [] }
  const sys = fakeSys(stdin, files, (fd, bytes) => void pieces[fd]?.push(bytes.slice()))
  const result = tool.main(sys, argv)
  const code = typeof result === 'number' ? result : finish(result)
  const text = (fd: 1 | 2): string => new TextDecoder().decode(Buffer.concat(pieces[fd]!))
  return { out: text(1), err: text(2), code }
}
