// uniq(1) of coreutils: -c -d -D -u -i -f -s -w -z. Refused by name: --group, --all-repeated=METHOD.
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { notModelled } from '../lib/refuse.ts'
import { LineReader, openInput } from './input.ts'
import { complain, parseOptions, usage } from './options.ts'
import { Output } from './output.ts'

interface UniqOptions {
  readonly count: boolean
  /** What is printed: one of each, of the repeated, of the single ones, or all that are repeated. */
  readonly repeated: boolean
  readonly single: boolean
  readonly all: boolean
  readonly fold: boolean
  readonly fields: number
  readonly chars: number
  readonly width: number
  readonly end: string
}

const NUMBERS = {
  f: 'invalid number of fields to skip',
  s: 'invalid number of bytes to skip',
  w: 'invalid number of bytes to compare',
} as const

export function uniq(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['uniq', ...argv.slice(1)], 'cdDuif:s:w:z', [
    { name: 'count', arg: 'none', opt: 'c' },
    { name: 'repeated', arg: 'none', opt: 'd' },
    { name: 'all-repeated', arg: 'optional', opt: 'D' },
    { name: 'unique', arg: 'none', opt: 'u' },
    { name: 'ignore-case', arg: 'none', opt: 'i' },
    { name: 'skip-fields', arg: 'required', opt: 'f' },
    { name: 'skip-chars', arg: 'required', opt: 's' },
    { name: 'check-chars', arg: 'required', opt: 'w' },
    { name: 'zero-terminated', arg: 'none', opt: 'z' },
    { name: 'group', arg: 'optional', opt: 'group' },
  ])
  if (typeof p === 'number') return p
  const n = { f: 0, s: 0, w: Number.POSITIVE_INFINITY }
  for (const { opt, arg } of p.items) {
    if (opt === 'group' || (opt === 'D' && arg !== null && arg !== 'none')) {
      return fail(sys, notModelled('uniq', `option --${opt === 'D' ? `all-repeated=${arg}` : opt}`), 1)
    }
    if (opt !== 'f' && opt !== 's' && opt !== 'w') continue
    if (!/^\d+$/.test(arg ?? '')) return complain(sys, 'uniq', `${arg}: ${NUMBERS[opt]}`)
    n[opt] = Number(arg)
  }
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  if (p.rest.length > 2) return usage(sys, 'uniq', `extra operand '${p.rest[2]}'`)
  if (has('c') && has('D')) return usage(sys, 'uniq', 'printing all duplicated lines and repeat counts is meaningless')
  return run(sys, p.rest, {
    count: has('c'),
    repeated: has('d'),
    single: has('u'),
    all: has('D'),
    fold: has('i'),
    fields: n.f,
    chars: n.s,
    width: n.w,
    end: has('z') ? '\0' : '\n',
  })
}

function keyOf(line: string, o: UniqOptions): string {
  let rest = line
  for (let i = 0; i < o.fields; i++) rest = rest.replace(/^[ \t\n]*[^ \t\n]*/, '')
  rest = rest.slice(o.chars)
  if (o.width !== Number.POSITIVE_INFINITY) rest = rest.slice(0, o.width)
  return o.fold ? rest.replace(/[A-Z]+/g, (c) => c.toLowerCase()) : rest
}

function* run(sys: Sys, operands: readonly string[], o: UniqOptions): Generator<Wait, number, void> {
  const fd = yield* openInput(sys, 'uniq', operands[0] ?? '-', null, (n, e) =>
    e === strerror('EISDIR') ? `error reading '${n}'` : `${n}: ${e}`,
  )
  if (fd === null) return 1
  let target = 1
  if (operands[1] !== undefined && operands[1] !== '-') {
    const r = sys.open(operands[1], 'write', true)
    if (!r.ok) return complain(sys, 'uniq', `${operands[1]}: ${strerror(r.errno)}`)
    target = r.value
  }
  const out = new Output(sys, target)
  const lines = new LineReader(sys, fd, o.end)
  let group: string[] = []
  let key = ''
  let size = 0
  const emit = (): void => {
    const shown = size > 1 ? !o.single : !(o.repeated || o.all)
    if (size === 0 || !shown) return
    const text = o.all && size > 1 ? group : group.slice(0, 1)
    for (const line of text) out.add(`${o.count ? `${String(size).padStart(7)} ` : ''}${line}${o.end}`)
  }
  for (let line = yield* lines.next(); line !== null; line = yield* lines.next()) {
    const k = keyOf(line, o)
    if (size === 0 || k !== key) {
      emit()
      group = []
      size = 0
      key = k
    }
    size++
    if (size === 1 || o.all) group.push(line)
    if (out.due) yield* out.flush()
    if (out.failed !== null) return 1
  }
  emit()
  yield* out.flush()
  return 0
}
