// -m state: the old spelling of -m conntrack --ctstate (extensions/libxt_conntrack.c).
import type { MatchState } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { parseWords, STATES, stateNames } from './ct_words.ts'
import { DataDraft, type Mutable, not } from './draft.ts'

const HELP = `state match options:
 [!] --state [INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED][,...]
				State(s) to match
`

function set(info: Mutable<MatchState>, call: OptionCall): void {
  info.mask = parseWords(call.arg, STATES, (rest) =>
    call.problem(
      rest === ''
        ? '"--state" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED'
        : `Bad state "${rest}"`,
    ),
  )
  info.invert = call.invert
}

const NOTHING: MatchState = Object.freeze({ name: 'state', mask: 0, invert: false })

export const stateExtension: Extension<MatchState> = Object.freeze({
  name: 'state',
  options: Object.freeze([{ name: 'state', type: 'string', mand: true, invert: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchState>(NOTHING, set),
  print: ({ mask, invert }) => `${not(invert)}state ${stateNames(mask)}`,
  save: ({ mask, invert }) => `${not(invert)}--state ${stateNames(mask)}`,
} satisfies Extension<MatchState>)
