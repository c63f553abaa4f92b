// strftime for date and printf '%(…)T', in UTC and the C locale. Leaves out %c's locale forms and time zones.

const DAYS = Object.freeze(['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])
const MONTHS = Object.freeze(
  'January February March April May June July August September October November December'.split(' '),
)

interface Parts {
  readonly ns: number
  readonly seconds: number
  readonly d: Date
  readonly dayOfYear: number
}

const two = (n: number): string => String(n).padStart(2, '0')

function field(c: string, p: Parts): string {
  const { d } = p
  switch (c) {
    case 'Y':
      return String(d.getUTCFullYear())
    case 'y':
      return two(d.getUTCFullYear() % 100)
    case 'm':
      return two(d.getUTCMonth() + 1)
    case 'd':
      return two(d.getUTCDate())
    case 'e':
      return String(d.getUTCDate()).padStart(2)
    case 'H':
      return two(d.getUTCHours())
    case 'I':
      return two(d.getUTCHours() % 12 || 12)
    case 'M':
      return two(d.getUTCMinutes())
    case 'S':
      return two(d.getUTCSeconds())
    case 'N':
      return String(p.ns).padStart(9, '0')
    case 's':
      return String(p.seconds)
    case 'j':
      return String(p.dayOfYear).padStart(3, '0')
    case 'a':
      return DAYS[d.getUTCDay()]!.slice(0, 3)
    case 'A':
      return DAYS[d.getUTCDay()]!
    case 'b':
    case 'h':
      return MONTHS[d.getUTCMonth()]!.slice(0, 3)
    case 'B':
      return MONTHS[d.getUTCMonth()]!
    case 'p':
      return d.getUTCHours() < 12 ? 'AM' : 'PM'
    case 'P':
      return d.getUTCHours() < 12 ? 'am' : 'pm'
    case 'u':
      return String(d.getUTCDay() || 7)
    case 'w':
      return String(d.getUTCDay())
    case 'Z':
      return 'UTC'
    case 'z':
      return '+0000'
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return `%${c}`
  }
}

const COMPOUND: Readonly<Record<string, string>> = Object.freeze({
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
  r: '%I:%M:%S %p',
})

/** `format` filled in for a time in ns since the epoch. */
export function dateText(format: string, ns: number): string {
  const seconds = Math.floor(ns / 1e9)
  const d = new Date(seconds * 1000)
  const start = Date.UTC(d.getUTCFullYear(), 0, 1)
  const p: Parts = {
    ns: ns - seconds * 1e9,
    seconds,
    d,
    dayOfYear: Math.floor((seconds * 1000 - start) / 86_400_000) + 1,
  }
  const full = format.replace(/%([FTXRDxcr])/g, (_, c: string) => COMPOUND[c]!)
  return full.replace(/%([-_0]?)(\d*)([\s\S])/g, (_, flag: string, digits: string, c: string) => {
    const text = field(c, p)
    if (c === 'N' && digits !== '') return text.slice(0, Number(digits))
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '')
    return flag === '_' ? text.replace(/^0+(?=.)/, (z) => ' '.repeat(z.length)) : text
  })
}
