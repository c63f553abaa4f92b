// The errors that netsim throws, all documented; nothing else leaves the library.

/** Base class of every error that netsim throws. */
export class NetsimError extends Error {
  /** A stable word for programs: 'LIMIT', 'COMMAND' … */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'NetsimError'
    this.code = code
  }
}

/** Which limit stopped a run. */
export type LimitName =
  /** Work of scripts and programs in one run (endless loops and pipelines). */
  | 'steps'
  /** Simulation events in one run (routing loops, packet storms). */
  | 'events'
  /** Virtual seconds in one run (a command that never ends). */
  | 'virtualTime'
  /** Processes at once (fork bombs). */
  | 'processes'
  /** Bytes written to one terminal. */
  | 'output'
  /** Bytes in one file, pipe or variable, or kept by one program. */
  | 'fileSize'
  /** Nested function calls, subshells or sourced files. */
  | 'depth'
  /** Every process waits for something that cannot happen any more; the value is the number of processes. */
  | 'blocked'

/** A stated limit was reached; the run was ended, the machine stays usable. */
export class LimitError extends NetsimError {
  readonly limit: LimitName
  /** The limit's value, in the unit that the limit's name states. */
  readonly value: number

  constructor(limit: LimitName, value: number, what: string) {
    super('LIMIT', what)
    this.name = 'LimitError'
    this.limit = limit
    this.value = value
  }
}

/** The kernel refused a request of the typed API. */
export class RequestError extends NetsimError {
  /** Symbolic errno, e.g. 'EEXIST'. */
  readonly errno: string

  constructor(operation: string, errno: string, message: string) {
    super('REQUEST', `${operation}: ${message}`)
    this.name = 'RequestError'
    this.errno = errno
  }
}

/** An argument of the API that is no valid address, prefix, device or packet. */
export class ArgumentError extends NetsimError {
  constructor(message: string) {
    super('ARGUMENT', message)
    this.name = 'ArgumentError'
  }
}

/** A command ended with a non-zero exit code. */
export class CommandError extends NetsimError {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string

  constructor(command: string, exitCode: number, stdout: string, stderr: string) {
    const said = stderr.trimEnd()
    super('COMMAND', `${command}: exit code ${exitCode}${said === '' ? '' : `\n${said}`}`)
    this.name = 'CommandError'
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}
