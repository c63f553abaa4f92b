// The text tools by name, as Debian 12 has them. Read first: uapi/program.ts (Executable).
import type { Executable, Main } from '../../uapi/program.ts'
import { awk } from './awk.ts'
import { egrep, fgrep, grep } from './grep.ts'
import { sed } from './sed.ts'

function program(main: Main): Executable {
  return { kind: 'main', main }
}

export const textTools: Readonly<Record<string, Executable>> = Object.freeze({
  awk: program(awk),
  egrep: program(egrep),
  fgrep: program(fgrep),
  grep: program(grep),
  mawk: program(awk),
  sed: program(sed),
})
