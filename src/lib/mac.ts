// MAC addresses as one number of 48 bits; text stays at the door.

/** A MAC address as an integer 0 … 2^48-1: aa:bb:cc:dd:ee:ff is 0xaabbccddeeff. */
export type Mac = number

export const MAC_BROADCAST: Mac = 0xffffffffffff
export const MAC_ZERO: Mac = 0

/** Colon-separated lower-case hex. */
export function formatMac(m: Mac): string {
  const hex = m.toString(16).padStart(12, '0')
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10)}`
}

/** Six colon- or dash-separated hex parts (1–2 digits each), or null. */
export function parseMac(text: string): Mac | null {
  if (!/^[0-9a-fA-F]{1,2}([:-][0-9a-fA-F]{1,2}){5}$/.test(text)) return null
  return text.split(/[:-]/).reduce((m, part) => m * 256 + Number.parseInt(part, 16), 0)
}

/** The group bit: broadcast and multicast addresses (is_multicast_ether_addr). */
export function isGroupMac(m: Mac): boolean {
  return Math.floor(m / 0x10000000000) % 2 === 1
}
