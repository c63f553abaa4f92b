// Numbers as extensions print them: printf's %x and %02x of unsigned values.

export function hex(n: number): string {
  return `0x${(n >>> 0).toString(16)}`
}

export function hexByte(n: number): string {
  return `0x${(n & 0xff).toString(16).padStart(2, '0')}`
}
