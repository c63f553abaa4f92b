// Names of levels and facilities, in the order of their numbers, and how dmesg reads them (util-linux 2.38, sys-utils/dmesg.c).
import { ToolExit } from '../lib/exit.ts'

export const LEVELS = Object.freeze(['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'])
const FACILITIES = Object.freeze([
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
])

function byName(names: readonly string[], what: string, text: string): number {
  if (/^\d/.test(text)) {
    const n = Number(text)
    if (/^\d+$/.test(text) && n <= names.length) return n
  } else {
    const n = names.indexOf(text.toLowerCase())
    if (n >= 0) return n
  }
  throw new ToolExit(`dmesg: unknown ${what} '${text}'\n`, 1)
}

export function parseLevel(text: string): number {
  return byName(LEVELS, 'level', text)
}

export function parseFacility(text: string): number {
  return byName(FACILITIES, 'facility', text)
}

/** string_to_bitarray: names between commas; nothing after the last one. */
export function parseList(text: string, parse: (word: string) => number): ReadonlySet<number> {
  const words = text.split(',')
  if (words[words.length - 1] === '') words.pop()
  return new Set(words.map(parse))
}
