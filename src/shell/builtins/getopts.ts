// getopts OPTSTRING NAME [ARGS].
import type { Shell } from '../shell.ts'
import { isName } from '../vars.ts'

export function getopts(sh: Shell, words: readonly string[]): number {
  const [, spec, name, ...given] = words
  if (spec === undefined || name === undefined) {
    sh.sys.write(2, 'getopts: usage: getopts optstring name [arg ...]\n')
    return 2
  }
  if (!isName(name)) {
    sh.complain(`getopts: \`${name}': not a valid identifier`)
    return 1
  }
  const args = given.length > 0 ? given : sh.positional
  const silent = spec.startsWith(':')
  const index = Number(sh.vars.get('OPTIND') ?? '1') || 1
  const finish = (letter: string, next: number, offset: number, argument: string | null): number => {
    sh.assign('OPTIND', String(next))
    sh.optionOffset = offset
    if (argument === null) sh.vars.unset('OPTARG')
    else sh.assign('OPTARG', argument)
    sh.assign(name, letter)
    return 0
  }
  const word = args[index - 1]
  if (word === undefined || (sh.optionOffset === 0 && (!/^-./.test(word) || word === '--'))) {
    finish('?', word === '--' ? index + 1 : index, 0, null)
    return 1
  }
  const at = sh.optionOffset === 0 ? 1 : sh.optionOffset
  const letter = word[at]!
  const more = at + 1 < word.length
  const known = letter === ':' ? -1 : spec.indexOf(letter, silent ? 1 : 0)
  const complain = sh.vars.get('OPTERR') !== '0' && !silent
  if (known < 0) {
    if (complain) sh.sys.write(2, `${sh.arg0}: illegal option -- ${letter}\n`)
    return finish('?', more ? index : index + 1, more ? at + 1 : 0, silent ? letter : null)
  }
  if (spec[known + 1] !== ':') return finish(letter, more ? index : index + 1, more ? at + 1 : 0, null)
  if (more) return finish(letter, index + 1, 0, word.slice(at + 1))
  const argument = args[index]
  if (argument !== undefined) return finish(letter, index + 2, 0, argument)
  if (complain) sh.sys.write(2, `${sh.arg0}: option requires an argument -- ${letter}\n`)
  return finish(silent ? ':' : '?', index + 1, 0, silent ? letter : null)
}
