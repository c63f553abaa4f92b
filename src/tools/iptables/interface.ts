// Names of interfaces as -i, -o and -m physdev take them (xtables_parse_interface, libxtables/xtables.c).
import type { Sys } from '../../uapi/program.ts'
import { problem } from './exit.ts'

const IFNAMSIZ = 16

/** The name with its "+", as the rule keeps it. */
export function parseInterface(name: string, sys: Sys): string {
  if (name.length + 1 > IFNAMSIZ) problem(`interface name \`${name}' must be shorter than IFNAMSIZ (${IFNAMSIZ - 1})`)
  if (name.includes('/') || name.includes(' '))
    sys.write(2, `Warning: weird character in interface \`${name}' ('/' and ' ' are not allowed by the kernel).\n`)
  return name
}
