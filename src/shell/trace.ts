// set -x: commands as they run, on standard error (or BASH_XTRACEFD), after PS4 with its first character repeated.
import { traceQuote } from './quote.ts'
import type { Shell } from './shell.ts'

/** One line of the trace. */
export function trace(sh: Shell, text: string): void {
  if (!sh.option('xtrace')) return
  const ps4 = sh.vars.get('PS4') ?? '+ '
  const mark = ps4.slice(0, 1).repeat(sh.traceDepth) + ps4.slice(1)
  const shown = mark.replace(/\$\{?(LINENO|BASH_SOURCE|FUNCNAME)\}?/g, (_, name: string) => sh.param(name) ?? '')
  const fd = Number(sh.vars.get('BASH_XTRACEFD') ?? '2')
  sh.sys.write(Number.isInteger(fd) ? fd : 2, `${shown}${text}\n`)
}

export function traceWords(sh: Shell, words: readonly string[]): void {
  if (sh.option('xtrace')) trace(sh, words.map(traceQuote).join(' '))
}
