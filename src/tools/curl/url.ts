// URLs as curl takes them: scheme guessed, port checked, fragment not sent; and where a Location leads.
// Leaves out globbing ({a,b}, [1-9]), IDN and IPv6 literals.

export interface Url {
  readonly host: string
  readonly port: number
  /** Path with the query. */
  readonly target: string
  readonly user: string | null
  /** As -w's url_effective shows it, with user and fragment. */
  readonly text: string
}

/** What is wrong: curl's error code and text. */
export interface UrlError {
  readonly code: number
  readonly message: string
}

const BAD: UrlError = Object.freeze({ code: 3, message: 'URL using bad/illegal format or missing URL' })

export function isUrlError(u: Url | UrlError): u is UrlError {
  return 'code' in u
}

export function parseUrl(text: string): Url | UrlError {
  const m = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)([^#]*)(#.*)?/i.exec(text.trim())
  if (m === null || /[\s\x00-\x1f]/.test(text.trim())) return BAD
  const scheme = (m[1] ?? 'http').toLowerCase()
  if (scheme !== 'http') return { code: 1, message: `Protocol "${scheme}" not supported or disabled in libcurl` }
  const at = m[2]!.lastIndexOf('@')
  const authority = m[2]!.slice(at + 1)
  const hp = /^([^:]*)(?::(\d*))?$/.exec(authority)
  if (hp === null || hp[1] === '') return BAD
  const port = hp[2] === undefined || hp[2] === '' ? 80 : Number(hp[2])
  if (port > 65535) return BAD
  const rest = m[3]!
  const target = rest === '' ? '/' : rest.startsWith('?') ? `/${rest}` : rest
  const user = at < 0 ? null : decode(m[2]!.slice(0, at))
  const shown = m[2]!.slice(0, at + 1) + (hp[2] === '' ? hp[1]! : authority)
  return {
    host: hp[1]!,
    port,
    target: removeDots(target),
    user,
    text: `http://${shown}${removeDots(target)}${m[4] ?? ''}`,
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986, 5.2.4. */
function removeDots(target: string): string {
  const q = target.indexOf('?')
  const path = q < 0 ? target : target.slice(0, q)
  const out: string[] = []
  const parts = path.split('/')
  parts.forEach((p, i) => {
    const last = i === parts.length - 1
    if (p === '..') {
      if (out.length > 1) out.pop()
      if (last) out.push('')
    } else if (p !== '.') out.push(p)
    else if (last) out.push('')
  })
  return (out.join('/') || '/') + (q < 0 ? '' : target.slice(q))
}

/** The absolute form of a Location header. */
export function joinUrl(base: Url, location: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return location
  const origin = `http://${base.host}${base.port === 80 ? '' : `:${base.port}`}`
  if (location.startsWith('//')) return `http:${location}`
  if (location.startsWith('/')) return origin + removeDots(location)
  const path = base.target.replace(/\?.*/, '')
  if (location.startsWith('?')) return origin + path + location
  return origin + removeDots(path.slice(0, path.lastIndexOf('/') + 1) + location)
}
