// "key = value" settings for sysctl: from the command line or a file, checked first, applied in order afterwards.
// Read first: sysctl.ts. Files may hold comments, a leading '-' (errors do not count) and globs.
import { fnmatch } from '../../lib/pattern.ts'
import type { Sys } from '../../uapi/program.ts'
import { keyToPath } from './text.ts'

export interface Setting {
  /** Below /proc/sys. */
  readonly path: string
  readonly value: string
  readonly ignoreErrors: boolean
}

/** One line; null when it has no '='. */
export function parseSetting(line: string): Setting | null {
  const eq = line.indexOf('=')
  if (eq < 0) return null
  const key = line.slice(0, eq).trim()
  const ignoreErrors = key.startsWith('-')
  return { path: keyToPath(ignoreErrors ? key.slice(1) : key), value: line.slice(eq + 1).trim(), ignoreErrors }
}

/** The settings of a file; wrong lines are reported at once and make `bad`. */
export function parseFile(sys: Sys, name: string, text: string): { readonly list: Setting[]; readonly bad: boolean } {
  const list: Setting[] = []
  let bad = false
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return
    const setting = parseSetting(line)
    if (setting === null) {
      if (line.startsWith('-')) return
      sys.write(2, `sysctl: ${name}(${i + 1}): invalid syntax, continuing...\n`)
      bad = true
    } else list.push(...expand(sys, setting))
  })
  return { list, bad }
}

/** glob(3) over /proc/sys; a pattern without a match stays as it is. */
function expand(sys: Sys, setting: Setting): Setting[] {
  if (!/[*?[]/.test(setting.path)) return [setting]
  let paths = ['']
  for (const part of setting.path.split('/')) {
    const wild = /[*?[]/.test(part)
    paths = paths.flatMap((base) => {
      if (!wild) return [base === '' ? part : `${base}/${part}`]
      const names = sys.readDir(`/proc/sys/${base}`)
      return (names.ok ? [...names.value] : []).filter((n) => fnmatch(part, n)).map((n) => `${base}/${n}`)
    })
  }
  const found = paths.filter((p) => sys.stat(`/proc/sys/${p}`).ok)
  return found.length === 0 ? [setting] : found.map((path) => ({ ...setting, path }))
}
