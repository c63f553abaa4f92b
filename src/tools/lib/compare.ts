// Comparisons of numbers, as the filter languages of ss(8) and pcap-filter(7) have them.
import { unreachable } from '../../lib/never.ts'

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

export function compare(a: number, op: Comparison, b: number): boolean {
  switch (op) {
    case '=':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      return unreachable(op)
  }
}
