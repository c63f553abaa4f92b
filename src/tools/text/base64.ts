// base64(1) of coreutils: -d -i -w. Read first: RFC 4648, section 4.
import type { MainResult, Sys, Wait } from '../../uapi/program.ts'
import { closeInput, openInput, readAll } from './input.ts'
import { complain, parseOptions, usage } from './options.ts'
import { Output } from './output.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(sys: Sys, argv: readonly string[]): MainResult {
  const p = parseOptions(sys, ['base64', ...argv.slice(1)], 'diw:', [
    { name: 'decode', arg: 'none', opt: 'd' },
    { name: 'ignore-garbage', arg: 'none', opt: 'i' },
    { name: 'wrap', arg: 'required', opt: 'w' },
  ])
  if (typeof p === 'number') return p
  const wrap = p.items.findLast((i) => i.opt === 'w')?.arg ?? '76'
  if (!/^\d+$/.test(wrap)) return complain(sys, 'base64', `invalid wrap size: '${wrap}'`)
  if (p.rest.length > 1) return usage(sys, 'base64', `extra operand '${p.rest[1]}'`)
  const has = (o: string): boolean => p.items.some((i) => i.opt === o)
  return run(sys, p.rest[0] ?? '-', has('d'), has('i'), Number(wrap))
}

function* run(
  sys: Sys,
  name: string,
  decoding: boolean,
  lenient: boolean,
  wrap: number,
): Generator<Wait, number, void> {
  const fd = yield* openInput(sys, 'base64', name)
  if (fd === null) return 1
  const text = yield* readAll(sys, fd)
  closeInput(sys, fd)
  const out = new Output(sys)
  let code = 0
  if (decoding) {
    const d = decode(lenient ? text.replace(/[^A-Za-z0-9+/=]/g, '') : text.replaceAll('\n', ''))
    out.add(d.bytes)
    yield* out.flush()
    if (!d.valid) code = complain(sys, 'base64', 'invalid input')
    return code
  }
  const encoded = encode(text)
  const lines = wrap === 0 ? [] : (encoded.match(new RegExp(`.{1,${wrap}}`, 'g')) ?? [])
  out.add(wrap === 0 ? encoded : lines.map((l) => `${l}\n`).join(''))
  yield* out.flush()
  return code
}

function encode(bytes: string): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const n = (bytes.charCodeAt(i) << 16) | ((bytes.charCodeAt(i + 1) || 0) << 8) | (bytes.charCodeAt(i + 2) || 0)
    const four = [18, 12, 6, 0].map((s) => ALPHABET[(n >> s) & 63]).join('')
    out += left === 1 ? `${four.slice(0, 2)}==` : left === 2 ? `${four.slice(0, 3)}=` : four
  }
  return out
}

/** What could be decoded before the first wrong character. */
function decode(text: string): { readonly bytes: string; readonly valid: boolean } {
  let bytes = ''
  for (let i = 0; i < text.length; i += 4) {
    const quad = text.slice(i, i + 4)
    const m = /^[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/](?:=|[A-Za-z0-9+/]))$/.exec(quad)
    const body = /^[A-Za-z0-9+/]*/.exec(quad)![0]
    let n = 0
    for (let k = 0; k < 4; k++) n = n * 64 + Math.max(0, ALPHABET.indexOf(body[k] ?? 'A'))
    for (let k = 0; k < Math.floor((body.length * 6) / 8); k++) bytes += String.fromCharCode((n >> (16 - 8 * k)) & 255)
    if (m === null) return { bytes, valid: false }
  }
  return { bytes, valid: true }
}
