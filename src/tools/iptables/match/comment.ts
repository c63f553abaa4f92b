// -m comment (extensions/libxt_comment.c): 255 bytes are kept.
import type { MatchComment } from '../../../uapi/xt.ts'
import type { Extension, OptionCall } from '../extension.ts'
import { quoted } from '../values.ts'
import { DataDraft, type Mutable } from './draft.ts'

const HELP = `comment match options:
--comment COMMENT             Attach a comment to a rule
`

const LONGEST = 255
const encoder = new TextEncoder()

/** The beginning of a text that fits into so many bytes. */
function bytesOf(text: string, bytes: number): string {
  if (3 * text.length <= bytes) return text
  const { read } = encoder.encodeInto(text, new Uint8Array(bytes))
  return text.slice(0, read)
}

function set(info: Mutable<MatchComment>, { arg }: OptionCall): void {
  info.text = bytesOf(arg, LONGEST)
}

const NOTHING: MatchComment = Object.freeze({ name: 'comment', text: '' })

export const commentExtension: Extension<MatchComment> = Object.freeze({
  name: 'comment',
  options: Object.freeze([{ name: 'comment', type: 'string', mand: true }] as const),
  help: HELP,
  begin: () => new DataDraft<MatchComment>(NOTHING, set),
  print: ({ text }) => `/* ${text} */`,
  save: ({ text }) => `--comment ${quoted(text)}`,
} satisfies Extension<MatchComment>)
