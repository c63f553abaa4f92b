// ss's table: nine columns, widths of what they hold; written to something that is no terminal it stays compact.
// Read first: print.ts's caller ss.ts. Leaves out the stretching to a terminal's width.

/** Netid, State, Recv-Q, Send-Q, local address, local port, peer address, peer port, process. */
export type Row = readonly [string, string, string, string, string, string, string, string, string]

interface Column {
  readonly right: boolean
  readonly delimiter: string
}

const COLUMNS: readonly Column[] = Object.freeze([
  { right: false, delimiter: '' },
  { right: false, delimiter: ' ' },
  { right: false, delimiter: ' ' },
  { right: false, delimiter: ' ' },
  { right: true, delimiter: ' ' },
  { right: false, delimiter: '' },
  { right: true, delimiter: ' ' },
  { right: false, delimiter: '' },
  { right: false, delimiter: '' },
])

export const SS_HEADER: Row = Object.freeze([
  'Netid',
  'State',
  'Recv-Q',
  'Send-Q',
  'Local Address:',
  'Port',
  'Peer Address:',
  'Port',
  'Process',
] as const)

/** Rows as text; `hidden` columns are left out (Netid of one protocol, State of one state). */
export function renderTable(rows: readonly Row[], hidden: readonly number[]): string {
  const widths = COLUMNS.map((c, i) => {
    const longest = rows.reduce((n, r) => Math.max(n, r[i]!.length), 0)
    const first = COLUMNS.findIndex((_, k) => !hidden.includes(k)) === i
    return longest === 0 ? 0 : longest + (first ? 0 : c.delimiter.length)
  })
  let text = ''
  for (const row of rows) {
    let line = ''
    COLUMNS.forEach((c, i) => {
      if (hidden.includes(i)) return
      const delimiter = line === '' ? '' : c.delimiter
      const cell = row[i]!
      const space = ' '.repeat(Math.max(0, widths[i]! - delimiter.length - cell.length))
      line += delimiter + (c.right ? space + cell : cell + space)
    })
    text += `${line}\n`
  }
  return text
}
