// cut(1) of coreutils: -b -c -f with lists, -d -s -z -n, --complement, --output-delimiter. Characters are bytes.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, LineReader, openInput } from './input.ts'
import { parseOptions, usage } from './options.ts'
import { Output } from './output.ts'

interface Range {
  readonly from: number
  readonly to: number
}

interface CutOptions {
  readonly fields: boolean
  /** Sorted, not touching. */
  readonly list: readonly Range[]
  readonly delimiter: string
  /** Null: as the input has it. */
  readonly output: string | null
  readonly only: boolean
  readonly separator: string
}

/** The ranges of LIST, or what is wrong with it. */
function ranges(text: string, fields: boolean): readonly Range[] | string {
  const out: Range[] = []
  const zero = fields ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1'
  for (const part of text.split(/[, \t]/)) {
    if (part === '-') return 'invalid range with no endpoint: -'
    const bad = /[^\d-].*/s.exec(part)
    if (bad !== null) return fields ? `invalid field value '${bad[0]}'` : `invalid byte/character position '${bad[0]}'`
    const m = /^(\d*)(-?)(\d*)$/.exec(part)
    if (m === null) return fields ? 'invalid field range' : 'invalid byte or character range'
    for (const n of [m[1]!, m[3]!]) {
      if (n.length > 19)
        return fields ? `field number '${n}' is too large` : `byte/character offset '${n}' is too large`
    }
    const from = m[1] === '' && m[2] === '-' ? 1 : Number(m[1])
    const to = m[2] === '' ? from : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3])
    if (from === 0) return zero
    if (to < from) return 'invalid decreasing range'
    out.push({ from, to })
  }
  return merge(out)
}

function merge(list: readonly Range[]): readonly Range[] {
  const out: Range[] = []
  for (const r of [...list].sort((a, b) => a.from - b.from)) {
    const last = out[out.length - 1]
    if (last !== undefined && r.from <= last.to) out[out.length - 1] = { from: last.from, to: Math.max(last.to, r.to) }
    else out.push(r)
  }
  return out
}

function complementOf(list: readonly Range[]): readonly Range[] {
  const out: Range[] = []
  let next = 1
  for (const r of list) {
    if (r.from > next) out.push({ from: next, to: r.from - 1 })
    next = r.to + 1
  }
  if (Number.isFinite(next)) out.push({ from: next, to: Number.POSITIVE_INFINITY })
  return out
}

export function cut(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['cut', ...argv.slice(1)], 'b:c:d:f:nsz', [
    { name: 'bytes', arg: 'required', opt: 'b' },
    { name: 'characters', arg: 'required', opt: 'c' },
    { name: 'fields', arg: 'required', opt: 'f' },
    { name: 'delimiter', arg: 'required', opt: 'd' },
    { name: 'only-delimited', arg: 'none', opt: 's' },
    { name: 'complement', arg: 'none', opt: 'complement' },
    { name: 'output-delimiter', arg: 'required', opt: 'output' },
    { name: 'zero-terminated', arg: 'none', opt: 'z' },
  ])
  if (typeof p === 'number') return p
  const value = (o: string): string | null => p.items.findLast((i) => i.opt === o)?.arg ?? null
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  const delimiter = value('d') === null ? null : bytesOf(value('d')!)
  if (delimiter !== null && delimiter.length > 1) return usage(sys, 'cut', 'the delimiter must be a single character')
  const lists = p.items.filter((i) => 'bcf'.includes(i.opt))
  if (lists.length === 0) return usage(sys, 'cut', 'you must specify a list of bytes, characters, or fields')
  if (lists.length > 1) return usage(sys, 'cut', 'only one list may be specified')
  const fields = lists[0]!.opt === 'f'
  if (!fields && delimiter !== null)
    return usage(sys, 'cut', 'an input delimiter may be specified only when operating on fields')
  if (!fields && has('s'))
    return usage(sys, 'cut', 'suppressing non-delimited lines makes sense\n\tonly when operating on fields')
  const list = ranges(lists[0]!.arg ?? '', fields)
  if (typeof list === 'string') return usage(sys, 'cut', list)
  const d = delimiter === '' ? '\0' : (delimiter ?? '\t')
  return run(sys, p.rest.length === 0 ? ['-'] : p.rest, {
    fields,
    list: has('complement') ? complementOf(list) : list,
    delimiter: d,
    output: value('output') === null ? null : bytesOf(value('output')!),
    only: has('s'),
    separator: has('z') ? '\0' : '\n',
  })
}

function* run(sys: Sys, files: readonly string[], o: CutOptions): Generator<Wait, number, void> {
  let code = 0
  const out = new Output(sys)
  for (const name of files) {
    const fd = yield* openInput(sys, 'cut', name, out)
    if (fd === null) {
      code = 1
      continue
    }
    const lines = new LineReader(sys, fd, o.separator)
    for (let line = yield* lines.next(); line !== null; line = yield* lines.next()) {
      const text = o.fields
        ? cutFields(line, o)
        : o.list
            .map((r) => line.slice(r.from - 1, r.to))
            .filter((s) => s !== '')
            .join(o.output ?? '')
      if (text !== null) out.add(text + o.separator)
      if (out.due) yield* out.flush()
      if (out.failed !== null) return 1
    }
    closeInput(sys, fd)
  }
  yield* out.flush()
  return code
}

function cutFields(line: string, o: CutOptions): string | null {
  if (!line.includes(o.delimiter)) return o.only ? null : line
  const parts = line.split(o.delimiter)
  return o.list.flatMap((r) => parts.slice(r.from - 1, r.to)).join(o.output ?? o.delimiter)
}
