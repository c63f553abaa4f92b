// ip -batch: a command on each line of a file. Reference: iproute2 6.1, do_batch, getcmdline, makeargs.
import { strerror } from '../../lib/errno.ts'
import type { MainResult, Wait } from '../../uapi/program.ts'
import { ToolExit } from '../lib/exit.ts'
import type { Context } from './context.ts'
import { EXIT_FAILURE } from './exit.ts'

/** Words between white space; a word that begins with a quote goes to the next one like it. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = []
  let rest = line.replace(/^[ \t\r\n]+/, '')
  while (rest !== '') {
    const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : null
    const start = quote === null ? 0 : 1
    const end = quote === null ? rest.search(/[ \t\r\n]/) : rest.indexOf(quote, 1)
    if (quote !== null && end < 0) throw new ToolExit('Unterminated quoted string\n', EXIT_FAILURE)
    words.push(end < 0 ? rest : rest.slice(start, end))
    rest = end < 0 ? '' : rest.slice(end + 1).replace(/^[ \t\r\n]+/, '')
  }
  return words
}

/** Lines of a descriptor as they come; the last one may lack its newline. */
/** What a command of a batch costs. */
const COMMAND_STEPS = 20

class LineReader {
  private readonly ctx: Context
  private readonly fd: number
  private readonly decoder = new TextDecoder()
  private text = ''
  private ended = false

  constructor(ctx: Context, fd: number) {
    this.ctx = ctx
    this.fd = fd
  }

  /** The next line with its newline, or null at the end. */
  *next(): Generator<Wait, string | null, void> {
    for (;;) {
      const end = this.text.indexOf('\n')
      if (end >= 0 || this.ended) {
        const line = end < 0 ? this.text : this.text.slice(0, end + 1)
        this.text = this.text.slice(line.length)
        this.ctx.sys.charge(COMMAND_STEPS)
        return line === '' ? null : line
      }
      const r = this.ctx.sys.read(this.fd)
      if (r.ok && r.value.length > 0) this.text += this.decoder.decode(r.value, { stream: true })
      else if (!r.ok && r.errno === 'EAGAIN') yield { readable: [this.fd] }
      else this.ended = true
      // A line without an end is searched anew for every chunk.
      this.ctx.sys.charge(this.text.length >> 8)
    }
  }
}

const withoutComment = (line: string): string => line.replace(/#.*$/s, '')

/** Lines joined by a backslash before the newline; `lines` is how many were read. */
function* commandLine(reader: LineReader, count: { lines: number }): Generator<Wait, string | null, void> {
  const first = yield* reader.next()
  if (first === null) return null
  count.lines++
  let text = withoutComment(first)
  while (text.includes('\\\n')) {
    const more = yield* reader.next()
    if (more === null) throw new ToolExit('Missing continuation line\n', 0)
    count.lines++
    text = text.slice(0, text.indexOf('\\\n')) + withoutComment(more)
  }
  return text
}

type Run = (words: readonly string[]) => MainResult

export function* batch(ctx: Context, file: string, run: Run): Generator<Wait, number, void> {
  let fd = 0
  if (file !== '-') {
    const opened = ctx.sys.open(file, 'read')
    if (!opened.ok) {
      ctx.error(`Cannot open file "${file}" for reading: ${strerror(opened.errno)}\n`)
      return EXIT_FAILURE
    }
    fd = opened.value
  }
  const reader = new LineReader(ctx, fd)
  const count = { lines: 0 }
  let status = 0
  for (;;) {
    const line = yield* commandLine(reader, count)
    if (line === null) return status
    const words = splitWords(line)
    if (words.length === 0) continue
    ctx.forgetDevices()
    const result = run(words)
    const code = typeof result === 'number' ? result : yield* result
    if (code === 0) continue
    ctx.error(`Command failed ${file}:${count.lines}\n`)
    status = EXIT_FAILURE
    if (!ctx.opt.force) return status
  }
}
