// cat(1) of GNU coreutils as a machine: files and "-", -n -b -s -v -E -T -A -e -t -u.
// Read first: uapi/program.ts. A machine, so that a socat exec:cat is copied by fork().
import { strerror } from '../lib/errno.ts'
import { fail, type Machine, type ProgramEvent, type Sys } from '../uapi/program.ts'
import { joinBytes, NO_BYTES } from './lib/bytes.ts'
import { getopt, type LongOption } from './lib/getopt.ts'

export interface CatState {
  readonly number: 'none' | 'all' | 'nonblank'
  readonly squeeze: boolean
  readonly ends: boolean
  readonly tabs: boolean
  readonly visible: boolean
  readonly files: readonly string[]
  next: number
  fd: number
  line: number
  /** Blank lines in a row so far; -1 inside a line. */
  blanks: number
  pending: Uint8Array
  code: number
}

const LONG: readonly LongOption[] = Object.freeze([
  { name: 'number-nonblank', arg: 'none', opt: 'b' },
  { name: 'number', arg: 'none', opt: 'n' },
  { name: 'squeeze-blank', arg: 'none', opt: 's' },
  { name: 'show-nonprinting', arg: 'none', opt: 'v' },
  { name: 'show-ends', arg: 'none', opt: 'E' },
  { name: 'show-tabs', arg: 'none', opt: 'T' },
  { name: 'show-all', arg: 'none', opt: 'A' },
  { name: 'help', arg: 'none', opt: 'help' },
  { name: 'version', arg: 'none', opt: 'version' },
])

const HELP = `Usage: cat [OPTION]... [FILE]...
Concatenate FILE(s) to standard output.

With no FILE, or when FILE is -, read standard input.

  -A, --show-all           equivalent to -vET
  -b, --number-nonblank    number nonempty output lines, overrides -n
  -e                       equivalent to -vE
  -E, --show-ends          display $ at end of each line
  -n, --number             number all output lines
  -s, --squeeze-blank      suppress repeated empty output lines
  -t                       equivalent to -vT
  -T, --show-tabs          display TAB characters as ^I
  -u                       (ignored)
  -v, --show-nonprinting   use ^ and M- notation, except for LFD and TAB
      --help        display this help and exit
      --version     output version information and exit

Examples:
  cat f - g  Output f's contents, then standard input, then g's contents.
  cat        Copy standard input to standard output.

GNU coreutils online help: <https://www.gnu.org/software/coreutils/>
Report any translation bugs to <https://translationproject.org/team/>
Full documentation <https://www.gnu.org/software/coreutils/cat>
or available locally via: info '(coreutils) cat invocation'
`

const VERSION = `cat (GNU coreutils) 9.1
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.
This is free software: you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.

Written by Torbjorn Granlund and Richard M. Stallman.
`

/** Letters that each option stands for. */
const MEANING: Readonly<Record<string, string>> = Object.freeze({ A: 'vET', e: 'vE', t: 'vT' })

function start(sys: Sys, argv: readonly string[]): CatState | number {
  const parsed = getopt(['cat', ...argv.slice(1)], 'benstuvAET', LONG)
  let letters = ''
  for (const item of parsed.items) {
    if (item.error !== null) return fail(sys, `${item.error}Try 'cat --help' for more information.\n`, 1)
    if (item.opt === 'help' || item.opt === 'version') {
      sys.write(1, item.opt === 'help' ? HELP : VERSION)
      return 0
    }
    letters += MEANING[item.opt] ?? item.opt
  }
  return {
    number: letters.includes('b') ? 'nonblank' : letters.includes('n') ? 'all' : 'none',
    squeeze: letters.includes('s'),
    ends: letters.includes('E'),
    tabs: letters.includes('T'),
    visible: letters.includes('v'),
    files: parsed.rest.length === 0 ? ['-'] : parsed.rest,
    next: 0,
    fd: -1,
    line: 0,
    blanks: 0,
    pending: NO_BYTES,
    code: 0,
  }
}

function complain(sys: Sys, st: CatState, text: string): void {
  sys.write(2, `cat: ${text}\n`)
  st.code = 1
}

/** Open the next operand; false when there is none. */
/** Reading what is being written would never end. */
function isOutput(sys: Sys, name: string): boolean {
  const out = sys.stat('/proc/self/fd/1')
  const file = sys.stat(name)
  return out.ok && file.ok && out.value.type === 'file' && out.value.inode === file.value.inode && file.value.size > 0
}

function openNext(sys: Sys, st: CatState): boolean {
  while (st.next < st.files.length) {
    const name = st.files[st.next++]!
    if (name === '-') {
      st.fd = 0
      return true
    }
    if (isOutput(sys, name)) {
      complain(sys, st, `${name}: input file is output file`)
      continue
    }
    const r = sys.open(name, 'read')
    if (r.ok) {
      st.fd = r.value
      return true
    }
    complain(sys, st, `${name}: ${strerror(r.errno)}`)
  }
  return false
}

function visibleByte(b: number, st: CatState): string {
  if (b === 9 || !st.visible) return b === 9 && st.tabs ? '^I' : String.fromCharCode(b)
  const low = b & 127
  const plain = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low)
  return b < 128 ? plain : `M-${plain}`
}

/** The bytes as the options show them. */
function decorate(data: Uint8Array, st: CatState): Uint8Array {
  if (st.number === 'none' && !st.squeeze && !st.ends && !st.tabs && !st.visible) return data
  const out: number[] = []
  const put = (text: string): void => {
    for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i))
  }
  for (const b of data) {
    const atStart = st.blanks >= 0
    if (b === 10) {
      if (atStart && ++st.blanks >= 2 && st.squeeze) continue
      if (atStart && st.number === 'all') put(`${String(++st.line).padStart(6)}\t`)
      if (!atStart) st.blanks = 0
      put(st.ends ? '$\n' : '\n')
    } else {
      if (atStart && st.number !== 'none') put(`${String(++st.line).padStart(6)}\t`)
      st.blanks = -1
      put(visibleByte(b, st))
    }
  }
  return Uint8Array.from(out)
}

/** Copy until something would block or all is done. */
function run(sys: Sys, st: CatState): void {
  for (;;) {
    if (st.pending.length > 0) {
      const w = sys.write(1, st.pending)
      if (!w.ok && w.errno === 'EAGAIN') {
        sys.watch(1, false, true)
        return
      }
      if (!w.ok) {
        complain(sys, st, `write error: ${strerror(w.errno)}`)
        sys.exit(1)
        return
      }
      st.pending = st.pending.subarray(w.value)
      if (st.pending.length > 0) {
        sys.watch(1, false, true)
        return
      }
      sys.unwatch(1)
    }
    if (st.fd < 0 && !openNext(sys, st)) {
      sys.exit(st.code)
      return
    }
    const r = sys.read(st.fd)
    if (!r.ok && r.errno === 'EAGAIN') {
      sys.watch(st.fd, true, false)
      return
    }
    if (r.ok && r.value.length > 0) {
      st.pending = joinBytes(NO_BYTES, decorate(r.value, st))
      continue
    }
    if (!r.ok) complain(sys, st, `${st.files[st.next - 1]}: ${strerror(r.errno)}`)
    sys.unwatch(st.fd)
    if (st.fd > 0) sys.close(st.fd)
    st.fd = -1
  }
}

function step(sys: Sys, st: CatState, _event: ProgramEvent): void {
  run(sys, st)
}

export const cat: Machine<CatState> = { start, step }
