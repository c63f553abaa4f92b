// A line of iptables-restore as words: blanks part them, "…" groups with \ inside.
// Read first: add_param_to_argv (iptables/xshared.c). A quote ends its word: "a"b are two; an opening one does not begin a new word.
import { problem } from './exit.ts'

const QUOTE = 34
const BACKSLASH = 92
/** sizeof(xt_param_buf.buffer) and MAX_ARGC. */
const LONGEST = 1024
const MOST = 255

/** Appends the words of `line` from `start` on. */
export function splitLine(line: string, start: number, words: string[]): void {
  const end = line.length
  let at = start
  while (at < end) {
    const c = line.charCodeAt(at)
    if (isBlank(c)) {
      at++
      continue
    }
    let stop = at
    while (stop < end && !special(line.charCodeAt(stop))) stop++
    if (stop < end && line.charCodeAt(stop) === QUOTE) at = quotedWord(line, at, words)
    else {
      add(words, line.slice(at, stop))
      at = stop
    }
  }
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || c === 10
}

function special(c: number): boolean {
  return isBlank(c) || c === QUOTE
}

function add(words: string[], word: string): void {
  if (word.length >= LONGEST) problem('Parameter too long!')
  if (words.length + 1 >= MOST) problem('Parser cannot handle more arguments')
  words.push(word)
}

/** A word with a quote in it; the answer is where the next may begin. An open quote at the end keeps what it has, unless that is nothing. */
function quotedWord(line: string, start: number, words: string[]): number {
  const open = line.indexOf('"', start)
  let word = line.slice(start, open)
  // what is not yet in the word begins here: it is taken in pieces, which a \ parts
  let from = open + 1
  for (let at = from; at < line.length; at++) {
    const c = line.charCodeAt(at)
    if (c === QUOTE) {
      add(words, word + line.slice(from, at))
      return at + 1
    }
    if (c !== BACKSLASH) continue
    word += line.slice(from, at)
    from = ++at
  }
  word += line.slice(from)
  if (word !== '') add(words, word)
  return line.length
}

/** strtok(…, " \t\n"): the words from `start` on, quotes as they are. */
export function blankWords(line: string, start: number): readonly string[] {
  const words: string[] = []
  let from = -1
  for (let at = start; at <= line.length; at++) {
    const blank = at === line.length || isBlank(line.charCodeAt(at))
    if (!blank && from < 0) from = at
    if (!blank || from < 0) continue
    words.push(line.slice(from, at))
    from = -1
  }
  return words
}
