import type { Handlers } from '../handlers.ts'
export const socketHandlers: Handlers<'socket.list'> = {} as never
