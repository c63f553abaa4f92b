// The time keyword: virtual time between start and end; the simulation uses no processor time.
import type { Shell } from './shell.ts'

function field(seconds: number, digits: number, long: boolean): string {
  if (!long) return seconds.toFixed(digits)
  const minutes = Math.floor(seconds / 60)
  return `${minutes}m${(seconds - minutes * 60).toFixed(digits)}s`
}

export function reportTime(sh: Shell, ns: number, posix: boolean): void {
  const format = posix
    ? 'real %2R\nuser %2U\nsys %2S'
    : (sh.vars.get('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS')
  if (format === '') return
  const text = format.replace(/%(\d?)(l?)([RUSP%])/g, (_, digits: string, l: string, what: string) => {
    if (what === '%') return '%'
    if (what === 'P') return '0.00'
    return field(what === 'R' ? ns / 1e9 : 0, digits === '' ? 3 : Math.min(3, Number(digits)), l === 'l')
  })
  sh.sys.write(2, `${text.replaceAll('\\n', '\n').replaceAll('\\t', '\t')}\n`)
}
