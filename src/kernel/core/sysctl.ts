import type { Handlers } from '../handlers.ts'
export const sysctlHandlers: Handlers<'sysctl.get' | 'sysctl.set' | 'sysctl.list'> = {} as never
