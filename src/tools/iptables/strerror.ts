// What libiptc says about an errno: it depends on the function that was called last, as in the real one.
// Read first: TC_STRERROR (libiptc/libiptc.c).
import { type Errno, strerror } from '../../lib/errno.ts'

/** iptc_fn, where a message depends on it. TC_BUILTIN and TC_GET_REFERENCES are 'other': what calls them loses its own words. */
export type LibiptcFunction =
  | 'init'
  | 'create'
  | 'insert'
  | 'replace'
  | 'deleteNumber'
  | 'zero'
  | 'delete'
  | 'policy'
  | 'commit'
  | 'other'

const SPECIFIC: Readonly<Record<string, string>> = Object.freeze({
  'init EPERM': 'Permission denied (you must be root)',
  'init EINVAL': 'Module is wrong version',
  'init ENOENT': 'Table does not exist (do you need to insmod?)',
  'create EEXIST': 'Chain already exists',
  'insert E2BIG': 'Index of insertion too big',
  'replace E2BIG': 'Index of replacement too big',
  'deleteNumber E2BIG': 'Index of deletion too big',
  'zero E2BIG': 'Index of counter too big',
  'delete ENOENT': 'Bad rule (does a matching rule exist in that chain?)',
  'policy ENOENT': 'Bad built-in chain name',
  'policy EINVAL': 'Bad policy name',
})

const GENERAL: Partial<Readonly<Record<Errno, string>>> = Object.freeze({
  ENOPROTOOPT: 'iptables who? (do you need to insmod?)',
  ENOMEM: 'Memory allocation problem',
  ENOENT: 'No chain/target/match by that name',
})

export function iptcStrerror(fn: LibiptcFunction, errno: Errno): string {
  return SPECIFIC[`${fn} ${errno}`] ?? GENERAL[errno] ?? strerror(errno)
}
