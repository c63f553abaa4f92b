// echo -n -e -E. Leaves out nothing.
import { strerror } from '../../lib/errno.ts'
import { withRawBytes } from '../../lib/utf8.ts'
import { decodeEscapes } from '../quote.ts'
import type { Shell } from '../shell.ts'

/** Write a builtin's output; a failure is reported as bash does. */
export function output(sh: Shell, who: string, text: string): number {
  if (text === '') return 0
  const r = sh.sys.write(1, withRawBytes(text))
  if (r.ok) return 0
  if (r.errno !== 'EPIPE' || sh.sys.proc.dying === null) sh.complain(`${who}: write error: ${strerror(r.errno)}`)
  return 1
}

export function echo(sh: Shell, words: readonly string[]): number {
  let newline = true
  let escapes = sh.shopt('xpg_echo')
  let i = 1
  for (; /^-[neE]+$/.test(words[i] ?? ''); i++) {
    for (const c of words[i]!.slice(1)) {
      if (c === 'n') newline = false
      else escapes = c === 'e'
    }
  }
  const text = words.slice(i).join(' ')
  if (!escapes) return output(sh, 'echo', newline ? `${text}\n` : text)
  const d = decodeEscapes(text, true, false)
  return output(sh, 'echo', newline && !d.stop ? `${d.text}\n` : d.text)
}
