// Words of conntrack's states and statuses, shared by -m conntrack and -m state.
// Read first: extensions/libxt_conntrack.c. The beginning of a word is enough: the first that fits counts.
import {
  CT_STATE_DNAT,
  CT_STATE_ESTABLISHED,
  CT_STATE_INVALID,
  CT_STATE_NEW,
  CT_STATE_RELATED,
  CT_STATE_SNAT,
  CT_STATE_UNTRACKED,
  CT_STATUS_ASSURED,
  CT_STATUS_CONFIRMED,
  CT_STATUS_EXPECTED,
  CT_STATUS_NONE,
  CT_STATUS_SEEN_REPLY,
} from '../../../uapi/xt.ts'

export type Words = readonly (readonly [string, number])[]

/** In the order in which they are tried. */
export const STATES: Words = Object.freeze([
  ['INVALID', CT_STATE_INVALID],
  ['NEW', CT_STATE_NEW],
  ['ESTABLISHED', CT_STATE_ESTABLISHED],
  ['RELATED', CT_STATE_RELATED],
  ['UNTRACKED', CT_STATE_UNTRACKED],
])

export const CT_STATES: Words = Object.freeze([...STATES, ['SNAT', CT_STATE_SNAT], ['DNAT', CT_STATE_DNAT]])

export const STATUSES: Words = Object.freeze([
  ['NONE', CT_STATUS_NONE],
  ['EXPECTED', CT_STATUS_EXPECTED],
  ['SEEN_REPLY', CT_STATUS_SEEN_REPLY],
  ['ASSURED', CT_STATUS_ASSURED],
  ['CONFIRMED', CT_STATUS_CONFIRMED],
])

/** A list of words as bits; `bad` gets the rest of the list, from the word that is none. */
export function parseWords(list: string, words: Words, bad: (rest: string) => never): number {
  let mask = 0
  let rest = list
  for (;;) {
    const comma = rest.indexOf(',')
    const word = (comma < 0 ? rest : rest.slice(0, comma)).toUpperCase()
    const found = word === '' ? undefined : words.find(([name]) => name.startsWith(word))
    mask |= found === undefined ? bad(rest) : found[1]
    if (comma < 0) return mask
    rest = rest.slice(comma + 1)
  }
}

const PRINTED: Words = Object.freeze([
  ['INVALID', CT_STATE_INVALID],
  ['NEW', CT_STATE_NEW],
  ['RELATED', CT_STATE_RELATED],
  ['ESTABLISHED', CT_STATE_ESTABLISHED],
  ['UNTRACKED', CT_STATE_UNTRACKED],
  ['SNAT', CT_STATE_SNAT],
  ['DNAT', CT_STATE_DNAT],
])

function names(mask: number, words: Words): string {
  return words
    .filter(([, bit]) => (mask & bit) !== 0)
    .map(([name]) => name)
    .join(',')
}

export const stateNames = (mask: number): string => names(mask, PRINTED)
export const statusNames = (mask: number): string => (mask === 0 ? 'NONE' : names(mask, STATUSES))
