// The text tools by name, as Debian 12 has them. Read first: uapi/program.ts (Executable).
import type { Executable, Main } from '../../uapi/program.ts'
import { awk } from './awk.ts'
import { cut } from './cut.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { head, tail } from './head_tail.ts'
import { sed } from './sed.ts'
import { seq, tee } from './seq_tee.ts'
import { sort } from './sort.ts'
import { tr } from './tr.ts'
import { uniq } from './uniq.ts'
import { wc } from './wc.ts'

function program(main: Main): Executable {
  return Object.freeze({ kind: 'main', main })
}

export const textTools: Readonly<Record<string, Executable>> = Object.freeze({
  awk: program(awk),
  cut: program(cut),
  egrep: program(egrep),
  fgrep: program(fgrep),
  grep: program(grep),
  head: program(head),
  mawk: program(awk),
  sed: program(sed),
  seq: program(seq),
  sort: program(sort),
  tail: program(tail),
  tee: program(tee),
  tr: program(tr),
  uniq: program(uniq),
  wc: program(wc),
})
