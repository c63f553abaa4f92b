// cd, pwd, pushd, popd, dirs. The logical path is kept in PWD, symbolic links and all. Leaves out CDPATH, pushd/popd ±N.
import { strerror } from '../../lib/errno.ts'
import type { Shell } from '../shell.ts'
import { output } from './echo.ts'

/** The path as typed, with . and .. taken out. */
function logical(base: string, path: string): string {
  const out: string[] = []
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') out.pop()
    else if (part !== '' && part !== '.') out.push(part)
  }
  return `/${out.join('/')}`
}

/** PWD when it still leads to where the process is, else the physical path. */
export function currentPath(sh: Shell): string {
  const pwd = sh.vars.get('PWD')
  if (pwd?.startsWith('/') === true) {
    const real = sh.sys.realpath(pwd)
    if (real.ok && real.value === sh.sys.cwd()) return pwd
  }
  return sh.sys.cwd()
}

/** Change directory; the message is out when it fails. */
function change(sh: Shell, who: string, path: string, physical: boolean): boolean {
  const before = currentPath(sh)
  const target = physical ? path : logical(before, path)
  const r = path === '' ? ({ ok: true } as const) : sh.sys.chdir(target)
  if (!r.ok) {
    sh.complain(`${who}: ${path}: ${strerror(r.errno)}`)
    return false
  }
  sh.assign('OLDPWD', before)
  sh.assign('PWD', physical ? sh.sys.cwd() : target)
  return true
}

export function cd(sh: Shell, words: readonly string[]): number {
  let physical = false
  let i = 1
  for (; /^-[LPe@]+$/.test(words[i] ?? ''); i++) physical = words[i]!.includes('P')
  if (words[i] === '--') i++
  const args = words.slice(i)
  if (/^-./.test(args[0] ?? '')) {
    sh.complain(`cd: ${args[0]!.slice(0, 2)}: invalid option`)
    sh.sys.write(2, 'cd: usage: cd [-L|[-P [-e]] [-@]] [dir]\n')
    return 2
  }
  if (args.length > 1) {
    sh.complain('cd: too many arguments')
    return 1
  }
  let path = args[0]
  if (path === undefined) {
    path = sh.vars.get('HOME')
    if (path === undefined) {
      sh.complain('cd: HOME not set')
      return 1
    }
  } else if (path === '-') {
    path = sh.vars.get('OLDPWD')
    if (path === undefined) {
      sh.complain('cd: OLDPWD not set')
      return 1
    }
    if (!change(sh, 'cd', path, physical)) return 1
    return output(sh, 'cd', `${currentPath(sh)}\n`)
  }
  return change(sh, 'cd', path, physical) ? 0 : 1
}

export function pwd(sh: Shell, words: readonly string[]): number {
  return output(sh, 'pwd', `${words.includes('-P') ? sh.sys.cwd() : currentPath(sh)}\n`)
}

function tilde(sh: Shell, path: string): string {
  const home = sh.vars.get('HOME') ?? ''
  return home !== '' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path
}

export function dirs(sh: Shell, words: readonly string[]): number {
  if (words[1] === '-c') {
    sh.directories = []
    return 0
  }
  const all = [currentPath(sh), ...sh.directories].map((d) => (words.includes('-l') ? d : tilde(sh, d)))
  return output(
    sh,
    'dirs',
    words.includes('-p') || words.includes('-v')
      ? all.map((d, i) => `${words.includes('-v') ? `${String(i).padStart(2)}  ` : ''}${d}\n`).join('')
      : `${all.join(' ')}\n`,
  )
}

export function pushd(sh: Shell, words: readonly string[]): number {
  const here = currentPath(sh)
  const target = words[1]
  if (target === undefined) {
    const other = sh.directories[0]
    if (other === undefined) {
      sh.complain('pushd: no other directory')
      return 1
    }
    if (!change(sh, 'pushd', other, false)) return 1
    sh.directories[0] = here
    return dirs(sh, [])
  }
  if (/^[-+]\d+$/.test(target)) {
    sh.complain(`pushd: ${target}: not modelled by netsim`)
    return 2
  }
  if (!change(sh, 'pushd', target, false)) return 1
  sh.directories.unshift(here)
  return dirs(sh, [])
}

export function popd(sh: Shell, words: readonly string[]): number {
  if (/^[-+]\d+$/.test(words[1] ?? '')) {
    sh.complain(`popd: ${words[1]}: not modelled by netsim`)
    return 2
  }
  const to = sh.directories.shift()
  if (to === undefined) {
    sh.complain('popd: directory stack empty')
    return 1
  }
  return change(sh, 'popd', to, false) ? dirs(sh, []) : 1
}
