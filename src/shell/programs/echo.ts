// /usr/bin/echo and /usr/bin/printf: the builtins' logic in a process of its own (ip netns exec NS echo, env, xargs, exec:).
import { processOf } from '../../os/sys.ts'
import type { Main } from '../../uapi/program.ts'
import { echo as echoBuiltin } from '../builtins/echo.ts'
import { printf as printfBuiltin } from '../builtins/printf.ts'
import { Shell } from '../shell.ts'

export const echo: Main = (sys, argv) => echoBuiltin(new Shell(processOf(sys)), argv)

export const printf: Main = (sys, argv) => {
  if (argv.length < 2) {
    sys.write(2, "printf: missing operand\nTry 'printf --help' for more information.\n")
    return 1
  }
  if (argv[1]!.startsWith('-') && argv[1] !== '--') {
    sys.write(2, `printf: ${argv[1]}: not modelled by netsim\n`)
    return 1
  }
  return printfBuiltin(new Shell(processOf(sys)), argv)
}
