// How an option that the real program has and netsim does not model is turned down: by name, with the tool's usage exit code.

export function notModelled(prog: string, what: string): string {
  return `${prog}: ${what} is not modelled by netsim\n`
}
