// /usr/bin/test and /usr/bin/[: the builtin's logic in a process of its own (xargs test, env test, find -exec test).
import { processOf } from '../../os/sys.ts'
import type { Main } from '../../uapi/program.ts'
import { Shell } from '../shell.ts'
import { TestError, testArguments } from '../test.ts'

export const test: Main = (sys, argv) => {
  const name = argv[0]!
  let args = argv.slice(1)
  if (name === '[') {
    if (args[args.length - 1] !== ']') {
      sys.write(2, "[: missing ']'\n")
      return 2
    }
    args = args.slice(0, -1)
  }
  try {
    return testArguments(new Shell(processOf(sys)), args) ? 0 : 1
  } catch (e) {
    if (!(e instanceof TestError)) throw e
    sys.write(2, `${name}: ${e.message}\n`)
    return 2
  }
}
