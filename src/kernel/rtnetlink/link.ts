import type { Handlers } from '../handlers.ts'
export const linkHandlers: Handlers<'link.add' | 'link.set' | 'link.del' | 'link.get' | 'link.list'> = {} as never
