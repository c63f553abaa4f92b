// How an option that the real program has and netsim does not model is turned down: by name, with the tool's usage exit code.
import { ToolExit } from './exit.ts'

export function notModelled(prog: string, what: string): string {
  return `${prog}: ${what} is not modelled by netsim\n`
}

/** The same, where only throwing ends the tool. */
export function refuse(prog: string, what: string, status: number): never {
  throw new ToolExit(notModelled(prog, what), status)
}
