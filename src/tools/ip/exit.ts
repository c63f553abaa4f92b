// How ip ends: the exit status and what stands on stderr when it does.
// iproute2's functions return -1 (status 1) or -2 (status 2); its parsers call exit(-1), which the shell sees as 255.
// ToolExit is exit(3) of the real tool: it ends the whole process, a batch too. CommandFailure is its functions' return.
import { ToolExit } from '../lib/exit.ts'

/** A command that could not be understood or carried out by the tool. */
export const EXIT_FAILURE = 1
/** The kernel refused. */
export const EXIT_REFUSED = 2
/** exit(-1): usage errors. */
export const EXIT_USAGE = 255

/** A command that ends with a message, in the middle of a function; a batch catches it, and goes on with -force. @internal */
export class CommandFailure extends ToolExit {
  constructor(stderr: string, status: number = EXIT_FAILURE) {
    super(stderr, status)
  }
}

export function invalidArgument(message: string, argument: string): never {
  throw new ToolExit(`Error: argument "${argument}" is wrong: ${message}\n`, EXIT_USAGE)
}

export function duplicate(key: string, argument: string): never {
  throw new ToolExit(`Error: duplicate "${key}": "${argument}" is the second value.\n`, EXIT_USAGE)
}

export function duplicateOrGarbage(key: string, argument: string): never {
  throw new ToolExit(`Error: either "${key}" is duplicate, or "${argument}" is a garbage.\n`, EXIT_USAGE)
}

export function noDevice(name: string): never {
  throw new CommandFailure(`Cannot find device "${name}"\n`)
}

/** Something that the real tool does and netsim does not: said by name. */
export function notModelled(what: string): never {
  throw new ToolExit(`netsim: ${what} is not modelled\n`, EXIT_FAILURE)
}
