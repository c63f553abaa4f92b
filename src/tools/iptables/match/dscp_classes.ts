// DiffServ classes and their code points (RFC 2474 CS, 2597 AF, 3246 EF; extensions/dscp_helper.c).
import type { OptionCall } from '../extension.ts'

const CLASSES: readonly (readonly [string, number])[] = Object.freeze([
  ...Array.from({ length: 8 }, (_, i) => [`CS${i}`, 8 * i] as const),
  ['BE', 0],
  ...Array.from({ length: 12 }, (_, i): readonly [string, number] => {
    const [level, drop] = [1 + Math.floor(i / 3), 1 + (i % 3)]
    return [`AF${level}${drop}`, 8 * level + 2 * drop]
  }),
  ['EF', 0x2e],
])

/** What follows a class's name does not count. */
export function parseDscpClass(call: OptionCall): number {
  const word = call.arg.toUpperCase()
  return CLASSES.find(([name]) => word.startsWith(name))?.[1] ?? call.problem(`Invalid DSCP value \`${call.arg}'`)
}
