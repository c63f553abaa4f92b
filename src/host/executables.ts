// Every program of a machine, by name: network tools, text tools, small programs, the shell.
import { SHELL_EXECUTABLES } from '../shell/programs/table.ts'
import { tools } from '../tools/table.ts'
import type { Executable } from '../uapi/program.ts'

export const executables: Readonly<Record<string, Executable>> = Object.freeze({ ...SHELL_EXECUTABLES, ...tools })
