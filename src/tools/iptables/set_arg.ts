// "NAME src,dst": the set and which end of a packet each part of its elements is (parse_dirs, get_set_byname; extensions/libxt_set.h).
import type { OptionCall } from './extension.ts'

const MAX_NAME = 31
const MAX_DIMS = 6

export interface SetArg {
  readonly set: string
  readonly dims: readonly ('src' | 'dst')[]
}

function dimsOf(call: OptionCall, text: string): readonly ('src' | 'dst')[] {
  const dims: ('src' | 'dst')[] = []
  for (const word of text.split(',')) {
    if (dims.length === MAX_DIMS) call.problem(`Can't be more src/dst options than ${MAX_DIMS}.`)
    if (word !== 'src' && word !== 'dst')
      return call.problem("You must spefify (the comma separated list of) 'src' or 'dst'.")
    dims.push(word)
  }
  return dims
}

/** The option's argument and the word behind it; the set has to exist. */
export function setArg(call: OptionCall, option: string): SetArg {
  const text = call.nextWord()
  if (text === null) return call.problem(`--${option} requires two args.`)
  const { sys, arg: set } = call
  if (set.length > MAX_NAME) call.problem(`setname \`${set}' too long, max ${MAX_NAME} characters.`)
  if (!sys.netlink.request(sys.netns, 'set.header', { name: set }).ok) call.problem(`Set ${set} doesn't exist.\n`)
  return { set, dims: dimsOf(call, text) }
}

export function setText({ set, dims }: SetArg): string {
  return `${set} ${dims.join(',')}`
}
