import type { Handlers } from '../handlers.ts'
export const routeHandlers: Handlers<
  'route.new' | 'route.del' | 'route.list' | 'route.get' | 'route.cache' | 'route.flushCache'
> = {} as never
