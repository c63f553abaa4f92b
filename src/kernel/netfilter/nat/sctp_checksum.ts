// SCTP's checksum: CRC-32C over the whole packet, low byte first (RFC 9260, appendix A).

/** Bits of the polynomial 0x1edc6f41, lowest first. */
const POLYNOMIAL = 0x82f63b78
const FIELD = 8

/** The four bytes that belong at `off` + 8 of the packet that begins at `off` and ends with `b`. */
export function sctpChecksum(b: Uint8Array, off: number): Uint8Array {
  let crc = -1
  for (let i = off; i < b.length; i++) {
    const inField = i >= off + FIELD && i < off + FIELD + 4
    crc ^= inField ? 0 : b[i]!
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1))
  }
  crc = ~crc
  return Uint8Array.of(crc, crc >>> 8, crc >>> 16, crc >>> 24)
}
