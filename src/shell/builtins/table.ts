// The builtins by name. Each gets the words of its command, name included; its files say what it leaves out.
import type { Run } from '../control.ts'
import type { Word } from '../parse.ts'
import type { Shell } from '../shell.ts'
import { cd, dirs, popd, pushd, pwd } from './directories.ts'
import { echo } from './echo.ts'
import {
  breakLoop,
  colon,
  continueLoop,
  dot,
  evalBuiltin,
  execBuiltin,
  exitShell,
  letBuiltin,
  returnFrom,
  shift,
  test,
} from './flow.ts'
import { getopts } from './getopts.ts'
import { disown, jobs, kill, resume, wait } from './jobs.ts'
import { alias, builtinBuiltin, command, hash, type } from './names.ts'
import { set, shopt, trap, ulimit, umask } from './options.ts'
import { printf } from './printf.ts'
import { mapfile, read } from './read.ts'
import { declare, exportBuiltin, local, readonlyBuiltin, unset } from './variables.ts'

/** Arguments of export, declare …: plain text, or an array's elements before they are expanded. */
export type DeclarationArg =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'array'; readonly name: string; readonly elements: readonly Word[]; readonly append: boolean }

export type Builtin = (sh: Shell, words: readonly string[], args: readonly DeclarationArg[]) => number | Run<number>

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', colon],
  ['.', dot],
  ['[', test],
  ['alias', alias],
  ['bg', resume],
  ['break', breakLoop],
  ['builtin', builtinBuiltin],
  ['cd', cd],
  ['command', command],
  ['continue', continueLoop],
  ['declare', declare],
  ['dirs', dirs],
  ['disown', disown],
  ['echo', echo],
  ['eval', evalBuiltin],
  ['exec', execBuiltin],
  ['exit', exitShell],
  ['export', exportBuiltin],
  ['false', () => 1],
  ['fg', resume],
  ['getopts', getopts],
  ['hash', hash],
  ['jobs', jobs],
  ['kill', kill],
  ['let', letBuiltin],
  ['local', local],
  ['mapfile', mapfile],
  ['popd', popd],
  ['printf', printf],
  ['pushd', pushd],
  ['pwd', pwd],
  ['read', read],
  ['readarray', mapfile],
  ['readonly', readonlyBuiltin],
  ['return', returnFrom],
  ['set', set],
  ['shift', shift],
  ['shopt', shopt],
  ['source', dot],
  ['test', test],
  ['trap', trap],
  ['true', colon],
  ['type', type],
  ['typeset', declare],
  ['ulimit', ulimit],
  ['umask', umask],
  ['unalias', alias],
  ['unset', unset],
  ['wait', wait],
])

export function builtinFor(name: string): Builtin | undefined {
  return BUILTINS.get(name)
}

export function builtinNames(): string[] {
  return [...BUILTINS.keys()].sort()
}
