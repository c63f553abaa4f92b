// Special parameters and the variables whose value is made when it is asked for.
// Read first: shell.ts. Leaves out COMP_*, READLINE_*, BASH_REMATCH (an ordinary array, set by [[ =~ ]]).
import { commandText } from './print.ts'
import { OPTION_LETTERS, type Shell } from './shell.ts'

/** $-: option letters in bash's order. */
function flags(sh: Shell): string {
  let out = ''
  for (const letter of 'abefhikmnptuvxBCEHPT') {
    const name = OPTION_LETTERS[letter]
    if (name !== undefined && sh.option(name)) out += letter
    if (letter === 'i' && sh.interactive) out += 'i'
  }
  return out + (sh.mode === 'command' ? 'c' : sh.mode === 'stdin' ? 's' : '')
}

/** bash's generator (Park and Miller's minimal standard), folded to 15 bits. */
function nextRandom(sh: Shell): number {
  const h = Math.floor(sh.randomState / 127773)
  const l = sh.randomState - 127773 * h
  const t = 16807 * l - 2836 * h
  sh.randomState = t <= 0 ? t + 0x7fffffff : t
  return ((sh.randomState >>> 16) ^ (sh.randomState & 65535)) & 32767
}

export function dynamicValue(sh: Shell, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? sh.arg0 : sh.positional[Number(name) - 1]
  switch (name) {
    case '?':
      return String(sh.status)
    case '#':
      return String(sh.positional.length)
    case '$':
      return String(sh.shellPid)
    case '!':
      return sh.lastBackground === null ? undefined : String(sh.lastBackground)
    case '-':
      return flags(sh)
    case '_':
      return sh.lastArgument
    case '@':
    case '*':
      return sh.positional.length === 0 ? undefined : sh.positional.join(' ')
    case 'RANDOM':
      return String(nextRandom(sh))
    case 'SECONDS':
      return String(Math.floor((sh.sys.now() - sh.secondsBase) / 1e9))
    case 'LINENO':
      return String(sh.line)
    case 'BASH_COMMAND':
      return sh.command === null ? undefined : commandText(sh, sh.command)
    case 'EPOCHSECONDS':
      return String(Math.floor(sh.sys.wallClock() / 1e9))
    case 'EPOCHREALTIME':
      return (Math.floor(sh.sys.wallClock() / 1000) / 1e6).toFixed(6)
    case 'BASHPID':
      return String(sh.sys.pid)
    case 'PPID':
      return String(sh.sys.ppid)
    case 'BASH_SUBSHELL':
      return String(sh.subshells)
    case 'FUNCNAME':
      return sh.frames[sh.frames.length - 1]?.name
    case 'BASH_SOURCE':
      return sh.frames[sh.frames.length - 1]?.file ?? (sh.mode === 'file' ? sh.arg0 : undefined)
    case 'BASH_LINENO':
      return String(sh.frames[sh.frames.length - 1]?.callLine ?? 0)
    case 'PIPESTATUS':
      return String(sh.pipeStatus[0] ?? 0)
    case 'SHELLOPTS':
      return [...sh.options].sort().join(':')
    case 'DIRSTACK':
      return sh.sys.cwd()
    default:
      return undefined
  }
}

/** Assignments that do something else than storing; true when done. */
export function setDynamic(sh: Shell, name: string, value: string): boolean {
  switch (name) {
    case 'SECONDS':
      sh.secondsBase = sh.sys.now() - (Number.parseInt(value, 10) || 0) * 1e9
      return true
    case 'RANDOM':
      sh.randomState = (Number.parseInt(value, 10) || 0) % 0x7fffffff || 123459876
      return true
    case 'LINENO':
    case 'EPOCHSECONDS':
    case 'EPOCHREALTIME':
    case 'BASHPID':
    case 'FUNCNAME':
    case 'PIPESTATUS':
    case 'DIRSTACK':
      return true
    default:
      return false
  }
}
