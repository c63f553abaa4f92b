import type { Handlers } from '../handlers.ts'
export const neighHandlers: Handlers<'neigh.new' | 'neigh.del' | 'neigh.get' | 'neigh.list'> = {} as never
