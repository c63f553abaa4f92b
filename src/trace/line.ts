// One line of a trace: what lines.ts and netfilter_lines.ts make and text.ts lays out.

export interface Line {
  readonly key: string
  readonly text: string
  /** Right column: the entry responsible. */
  readonly note: string
  /** A second line below, '' when none. */
  readonly below: string
}

export function line(key: string, text: string, note = '', below = ''): Line {
  return { key, text, note, below }
}
