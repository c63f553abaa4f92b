// Lines of a file that is restored, taken apart into words (build_argv of lib/ipset.c): blanks part them, quotes hold them together.
import { problem } from './exit.ts'

/** MAX_ARGS with the program's name and the end. */
const MOST_WORDS = 30

/** null for a line that says nothing. */
export function splitLine(line: string): readonly string[] | null {
  if (/^\s*(#|$)/.test(line)) return null
  const words: string[] = []
  let word = ''
  let quoted = false
  for (const c of line.trimStart()) {
    if (c === '"') quoted = !quoted
    else if (quoted || !/[ \r\n\t]/.test(c)) word += c
    else if (word !== '') {
      words.push(word)
      word = ''
    }
    if (words.length > MOST_WORDS) problem('Line is too long to parse.')
  }
  // a line's end within quotes is part of the word, and the word is lost
  if (quoted && line.endsWith('\n')) return words
  if (quoted) problem('Missing close quote!')
  return word === '' ? words : [...words, word]
}
