import type { Handlers } from '../handlers.ts'
export const ruleHandlers: Handlers<'rule.add' | 'rule.del' | 'rule.list'> = {} as never
