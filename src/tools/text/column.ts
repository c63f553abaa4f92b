// column(1) of util-linux 2.38: tables (-t -s -o) and filled columns (-c -x). Refused by name: the other options (-J -N -R …).
import { strerror } from '../../lib/errno.ts'
import { fail, type MainResult, type Sys, type Wait } from '../../uapi/program.ts'
import { getopt } from '../lib/getopt.ts'
import { notModelled } from '../lib/refuse.ts'
import { bytesOf } from './bytestring.ts'
import { closeInput, openInput, readLines } from './input.ts'
import { Output } from './output.ts'

interface ColumnOptions {
  readonly table: boolean
  /** Null: any run of blanks. */
  readonly separators: string | null
  readonly between: string
  readonly width: number
  readonly rowsFirst: boolean
}

export function column(sys: Sys, argv: readonly string[]): MainResult {
  const p = getopt(['column', ...argv.slice(1)], 'c:s:o:txC:dE:eHhi:JlN:n:Op:R:r:T:VW:L', [
    { name: 'table', arg: 'none', opt: 't' },
    { name: 'separator', arg: 'required', opt: 's' },
    { name: 'output-separator', arg: 'required', opt: 'o' },
    { name: 'output-width', arg: 'required', opt: 'c' },
    { name: 'fillrows', arg: 'none', opt: 'x' },
  ])
  for (const { opt, error } of p.items) {
    if (error !== null) return fail(sys, `${error}Try 'column --help' for more information.\n`, 1)
    if (!'tsocx'.includes(opt)) return fail(sys, notModelled('column', `option -${opt}`), 1)
  }
  const value = (o: string): string | null => p.items.findLast((i) => i.opt === o)?.arg ?? null
  const width = value('c') ?? '80'
  if (!/^\d+$/.test(width)) return fail(sys, `column: invalid columns argument: '${width}'\n`, 1)
  return run(sys, p.rest.length === 0 ? ['-'] : p.rest, {
    table: p.items.some((i) => i.opt === 't'),
    separators: value('s') === null ? null : bytesOf(value('s')!),
    between: bytesOf(value('o') ?? '  '),
    width: Number(width),
    rowsFirst: p.items.some((i) => i.opt === 'x'),
  })
}

function* run(sys: Sys, names: readonly string[], o: ColumnOptions): Generator<Wait, number, void> {
  const lines: string[] = []
  let code = 0
  for (const name of names) {
    const fd = yield* openInput(sys, 'column', name, null, (n, e) =>
      e === strerror('EISDIR') ? `read failed: ${e}` : `${n}: ${e}`,
    )
    if (fd === null) code = 1
    else {
      lines.push(...(yield* readLines(sys, fd)).filter((l) => /[^ \t\v\f\r]/.test(l)))
      closeInput(sys, fd)
    }
  }
  const out = new Output(sys)
  if (lines.length > 0) out.add(o.table ? tableOf(lines, o) : filled(lines, o))
  yield* out.flush()
  return code
}

function cellsOf(line: string, separators: string | null): string[] {
  if (separators === null) return line.trim().split(/[ \t]+/)
  const cells: string[] = []
  let cell = ''
  for (const c of line) {
    if (separators.includes(c)) {
      cells.push(cell)
      cell = ''
    } else cell += c
  }
  return [...cells, cell]
}

/** Every row has all columns; only the last one is not padded. */
function tableOf(lines: readonly string[], o: ColumnOptions): string {
  const rows = lines.map((l) => cellsOf(l, o.separators))
  const columns = Math.max(...rows.map((r) => r.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((r) => r[i]?.length ?? 0)))
  const text = (r: readonly string[]): string =>
    widths.map((w, i) => (i === columns - 1 ? (r[i] ?? '') : (r[i] ?? '').padEnd(w))).join(o.between)
  return rows.map((r) => `${text(r)}\n`).join('')
}

/** Columns at multiples of eight, filled downwards. */
function filled(lines: readonly string[], o: ColumnOptions): string {
  const longest = Math.max(...lines.map((l) => l.length))
  const width = (longest + 8) & ~7
  const columns = Math.max(1, Math.floor(o.width / width))
  if (longest >= o.width) return lines.map((l) => `${l}\n`).join('')
  const rows = Math.ceil(lines.length / columns)
  let out = ''
  for (let r = 0; r < rows; r++) {
    let at = 0
    for (let c = 0; c < columns; c++) {
      const i = o.rowsFirst ? r * columns + c : c * rows + r
      const text = lines[i]
      if (text === undefined) break
      const start = c * width
      while (at < start) {
        out += '\t'
        at = (at + 8) & ~7
      }
      out += text
      at = start + text.length
    }
    out += '\n'
  }
  return out
}
