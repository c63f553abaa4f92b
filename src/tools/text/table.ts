// The text tools by name, as Debian 12 has them. Read first: uapi/program.ts (Executable).
import type { Executable, Main } from '../../uapi/program.ts'
import { awk } from './awk.ts'
import { base64 } from './base64.ts'
import { column } from './column.ts'
import { cut } from './cut.ts'
import { diff } from './diff.ts'
import { hexdump, od, xxd } from './dump.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { head, tail } from './head_tail.ts'
import { comm, fold, nl, paste, rev, tac } from './lines.ts'
import { sed } from './sed.ts'
import { seq, tee, yes } from './seq_tee.ts'
import { sort } from './sort.ts'
import { tr } from './tr.ts'
import { uniq } from './uniq.ts'
import { wc } from './wc.ts'
import { xargs } from './xargs.ts'

function program(main: Main): Executable {
  return Object.freeze({ kind: 'main', main })
}

export const textTools: Readonly<Record<string, Executable>> = Object.freeze({
  awk: program(awk),
  base64: program(base64),
  column: program(column),
  comm: program(comm),
  cut: program(cut),
  diff: program(diff),
  egrep: program(egrep),
  fgrep: program(fgrep),
  fold: program(fold),
  grep: program(grep),
  head: program(head),
  hexdump: program(hexdump),
  mawk: program(awk),
  nl: program(nl),
  od: program(od),
  paste: program(paste),
  rev: program(rev),
  sed: program(sed),
  seq: program(seq),
  sort: program(sort),
  tac: program(tac),
  tail: program(tail),
  tee: program(tee),
  tr: program(tr),
  uniq: program(uniq),
  wc: program(wc),
  xargs: program(xargs),
  xxd: program(xxd),
  yes: program(yes),
})
