// Completion of words on an interactive shell's line: commands, variables and files, ip's objects and verbs, names of devices and
// namespaces. Read first: session.ts. Leaves out programmable completion (complete, compgen) and quotes.
import { KEYWORDS } from './builtins/names.ts'
import { builtinNames } from './builtins/table.ts'
import type { Shell } from './shell.ts'

/** ip's objects with their verbs. */
const IP: Readonly<Record<string, readonly string[]>> = Object.freeze({
  address: ['add', 'change', 'delete', 'flush', 'replace', 'show'],
  link: ['add', 'delete', 'set', 'show'],
  monitor: ['address', 'all', 'link', 'neigh', 'netns', 'route', 'rule'],
  neighbour: ['add', 'change', 'delete', 'flush', 'get', 'replace', 'show'],
  netns: ['add', 'delete', 'exec', 'identify', 'list', 'list-id', 'pids', 'set'],
  route: ['add', 'append', 'change', 'delete', 'flush', 'get', 'prepend', 'replace', 'show'],
  rule: ['add', 'delete', 'flush', 'show'],
})
const OBJECTS: readonly string[] = Object.freeze(Object.keys(IP))

/** A device comes after these, whatever the command. */
const BEFORE_DEVICE: ReadonlySet<string> = new Set([
  'dev',
  'iif',
  'oif',
  '-i',
  '-I',
  '-o',
  '--in-interface',
  '--out-interface',
])
const BEFORE_NETNS: ReadonlySet<string> = new Set(['netns', '-n', '-netns'])
const NETNS_VERBS: ReadonlySet<string> = new Set(['delete', 'exec', 'pids', 'set'])
const LINK_VERBS: ReadonlySet<string> = new Set(['delete', 'set', 'show'])

function commands(sh: Shell): string[] {
  const out = [...builtinNames(), ...KEYWORDS, ...sh.functions.keys()]
  for (const dir of (sh.vars.get('PATH') ?? '').split(':')) {
    const names = sh.sys.readDir(dir)
    if (names.ok) out.push(...names.value)
  }
  return out
}

function directory(sh: Shell, path: string): readonly string[] {
  const names = sh.sys.readDir(path)
  return names.ok ? names.value : []
}

function files(sh: Shell, word: string): string[] {
  const at = word.lastIndexOf('/') + 1
  const head = word.slice(0, at)
  const wanted = word.slice(at)
  const out: string[] = []
  for (const n of directory(sh, at === 0 ? '.' : head)) {
    if (!n.startsWith(wanted) || (n.startsWith('.') && !wanted.startsWith('.'))) continue
    const s = sh.sys.stat(head + n)
    out.push(head + n + (s.ok && s.value.type === 'directory' ? '/' : ''))
  }
  return out
}

/** The word that an abbreviation of ip's stands for: the first that begins so, as ip has it. */
function full(word: string | undefined, words: readonly string[]): string | null {
  return word === undefined ? null : (words.find((w) => w.startsWith(word)) ?? null)
}

/** ip's own words after the words before; null where anything may stand. */
function ipWords(sh: Shell, before: readonly string[]): readonly string[] | null {
  let i = 1
  while (before[i]?.startsWith('-') === true) i += BEFORE_NETNS.has(before[i]!) ? 2 : 1
  if (i > before.length) return null
  if (before.length === i) return OBJECTS
  const object = full(before[i], OBJECTS)
  if (object === null) return null
  if (before.length === i + 1) return IP[object]!
  if (before.length > i + 2) return null
  const verb = full(before[i + 1], IP[object]!) ?? ''
  if (object === 'netns' && NETNS_VERBS.has(verb)) return directory(sh, '/run/netns')
  return object === 'link' && LINK_VERBS.has(verb) ? ['dev', ...directory(sh, '/sys/class/net')] : null
}

/** What may stand after the words of one command; null: files. */
function candidates(sh: Shell, before: readonly string[]): readonly string[] | null {
  const last = before.at(-1)
  if (last === undefined) return commands(sh)
  if (before[0] === 'ip' && full(before[1], OBJECTS) === 'netns' && before[2] === 'exec' && before.length >= 4) {
    return candidates(sh, before.slice(4))
  }
  const words = before[0] === 'ip' ? ipWords(sh, before) : null
  if (words !== null) return words
  if (BEFORE_DEVICE.has(last)) return directory(sh, '/sys/class/net')
  return before[0] === 'ip' && BEFORE_NETNS.has(last) ? directory(sh, '/run/netns') : null
}

/** Words that the word before the cursor can be completed to. */
export function completeWord(sh: Shell, text: string): string[] {
  const word = /[^\s|&;()<>]*$/.exec(text)![0]
  const variable = /\$\{?(\w*)$/.exec(word)
  let found: readonly string[]
  if (variable !== null) {
    const head = word.slice(0, word.length - variable[1]!.length)
    found = sh.vars.names().map((n) => head + n)
  } else {
    const rest = text.slice(0, text.length - word.length)
    const before = /[^|&;()<>]*$/
      .exec(rest)![0]
      .split(/\s+/)
      .filter((w) => w !== '')
    const redirected = /[<>]\s*$/.test(rest)
    found = (redirected || word.includes('/') ? null : candidates(sh, before)) ?? files(sh, word)
  }
  return [...new Set(found.filter((n) => n.startsWith(word)))].sort()
}
