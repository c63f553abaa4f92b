// How ip ends: the exit status and what stands on stderr when it does.
// iproute2's functions return -1 (status 1) or -2 (status 2); its parsers call exit(-1), which the shell sees as 255.

/** A command that could not be understood or carried out by the tool. */
export const EXIT_FAILURE = 1
/** The kernel refused. */
export const EXIT_REFUSED = 2
/** exit(-1): usage errors. */
export const EXIT_USAGE = 255

/** exit(3) from deep inside a parser: ends the whole process, a batch too. Caught in ip.ts. @internal */
export class IpExit extends Error {
  readonly status: number
  /** What goes to stderr. */
  readonly stderr: string
  constructor(stderr: string, status: number = EXIT_USAGE) {
    super(stderr)
    this.stderr = stderr
    this.status = status
  }
}

/** A command that ends with a message, in the middle of a function; a batch goes on with -force. @internal */
export class CommandFailure extends Error {
  readonly status: number
  readonly stderr: string
  constructor(stderr: string, status: number = EXIT_FAILURE) {
    super(stderr)
    this.stderr = stderr
    this.status = status
  }
}

export function invalidArgument(message: string, argument: string): never {
  throw new IpExit(`Error: argument "${argument}" is wrong: ${message}\n`)
}

export function duplicate(key: string, argument: string): never {
  throw new IpExit(`Error: duplicate "${key}": "${argument}" is the second value.\n`)
}

export function duplicateOrGarbage(key: string, argument: string): never {
  throw new IpExit(`Error: either "${key}" is duplicate, or "${argument}" is a garbage.\n`)
}

export function noDevice(name: string): never {
  throw new CommandFailure(`Cannot find device "${name}"\n`)
}

/** Something that the real tool does and netsim does not: said by name. */
export function notModelled(what: string): never {
  throw new IpExit(`netsim: ${what} is not modelled\n`, EXIT_FAILURE)
}
