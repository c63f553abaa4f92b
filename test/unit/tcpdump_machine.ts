// A whole machine with its os at hand, for what no command can ask for: another user, a terminal.
import { executables } from '../../src/host/executables.ts'
import { Machine } from '../../src/host/machine.ts'

export function machine(): Machine {
  return new Machine({ hostname: 'node1', seed: 1, executables, limits: {} })
}
