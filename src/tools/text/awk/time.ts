// strftime(3) and mktime(3) in the C locale and in UTC. Leaves out other time zones and the E and O modifiers.

const DAYS = Object.freeze(['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])
const MONTHS = Object.freeze([
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
])

const two = (n: number): string => String(n).padStart(2, '0')

/** Days since the year began. */
function yearDay(d: Date): number {
  return Math.floor((d.getTime() - Date.UTC(d.getUTCFullYear(), 0, 1)) / 86_400_000)
}

function one(c: string, d: Date): string {
  const hour = d.getUTCHours()
  const weekday = d.getUTCDay()
  switch (c) {
    case 'a':
      return DAYS[weekday]!.slice(0, 3)
    case 'A':
      return DAYS[weekday]!
    case 'b':
    case 'h':
      return MONTHS[d.getUTCMonth()]!.slice(0, 3)
    case 'B':
      return MONTHS[d.getUTCMonth()]!
    case 'c':
      return strftimeOf('%a %b %e %H:%M:%S %Y', d)
    case 'C':
      return two(Math.floor(d.getUTCFullYear() / 100))
    case 'd':
      return two(d.getUTCDate())
    case 'D':
    case 'x':
      return strftimeOf('%m/%d/%y', d)
    case 'e':
      return String(d.getUTCDate()).padStart(2)
    case 'F':
      return strftimeOf('%Y-%m-%d', d)
    case 'H':
      return two(hour)
    case 'I':
      return two(hour % 12 === 0 ? 12 : hour % 12)
    case 'j':
      return String(yearDay(d) + 1).padStart(3, '0')
    case 'm':
      return two(d.getUTCMonth() + 1)
    case 'M':
      return two(d.getUTCMinutes())
    case 'n':
      return '\n'
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'r':
      return strftimeOf('%I:%M:%S %p', d)
    case 'R':
      return strftimeOf('%H:%M', d)
    case 's':
      return String(Math.floor(d.getTime() / 1000))
    case 'S':
      return two(d.getUTCSeconds())
    case 't':
      return '\t'
    case 'T':
    case 'X':
      return strftimeOf('%H:%M:%S', d)
    case 'u':
      return String(weekday === 0 ? 7 : weekday)
    case 'U':
      return two(Math.floor((yearDay(d) + 7 - weekday) / 7))
    case 'w':
      return String(weekday)
    case 'W':
      return two(Math.floor((yearDay(d) + 7 - ((weekday + 6) % 7)) / 7))
    case 'y':
      return two(d.getUTCFullYear() % 100)
    case 'Y':
      return String(d.getUTCFullYear())
    case 'z':
      return '+0000'
    case 'Z':
      return 'UTC'
    case '%':
      return '%'
    default:
      return `%${c}`
  }
}

function strftimeOf(fmt: string, d: Date): string {
  return fmt.replace(/%(.)/gs, (_, c: string) => one(c, d))
}

/** Seconds since the epoch as text. */
export function strftime(fmt: string, seconds: number): string {
  const d = new Date(seconds * 1000)
  return Number.isNaN(d.getTime()) ? '' : strftimeOf(fmt, d)
}

/** "YYYY MM DD HH MM SS" to seconds; -1 when it is malformed. */
export function mktime(text: string): number {
  const p = text.trim().split(/\s+/).map(Number)
  if (p.length < 6 || p.some((n) => Number.isNaN(n))) return -1
  return Date.UTC(p[0]!, p[1]! - 1, p[2]!, p[3]!, p[4]!, p[5]!) / 1000
}
