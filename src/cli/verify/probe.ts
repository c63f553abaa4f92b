// What looks at a machine: bash texts, the same on Linux and in netsim, so that both sides are asked in the same words.
// They live in DIR on either side. Looking changes nothing: no table is loaded by it (iptables-save reads the list of those that
// are there; conntrack's and ipset's lists register no hooks).
import { TABLES, type TableName } from './types.ts'

/** Where the texts are, and where they put what they saw. */
export const DIR = '/run/netsim'

/** On Linux: iptables-legacy under the name of iptables (netsim is x_tables), and what stands in for `ip` (capture_shim.ts). */
export const BIN = '/run/netsim-bin'

/** Stands behind every step: `HOOK NUMBER $? [quiet] && :` gives $? back and sets off neither set -e nor an ERR trap. */
export const HOOK = `/bin/bash ${DIR}/hook`

/** What a step set in motion comes to rest in this time: seconds, on either side's clock. */
const SETTLE = '0.01'

interface Question {
  /** What has to be installed. */
  readonly tool: string
  readonly ask: string
  /** Asked only where this is true: a table that cannot have anything in it is not looked at again and again. */
  readonly when?: string
  /** Then the answer cannot be had: it is missing. */
  readonly unless?: string
  /** Asked after every step only of a script that speaks of it; at the end always. */
  readonly words?: RegExp
}

/** How each table is asked for. Addresses come with the links. */
export const QUESTIONS: Readonly<Record<TableName, Question>> = Object.freeze({
  link: { tool: 'ip', ask: 'ip -d -s addr' },
  addr: { tool: 'ip', ask: 'ip -d -s addr' },
  rule: { tool: 'ip', ask: 'ip -4 rule', words: /\bru|fwmark/ },
  route: { tool: 'ip', ask: 'ip -4 route show table all' },
  sysctl: { tool: 'grep', ask: 'grep -rs . /proc/sys/net/ipv4 /proc/sys/net/netfilter', words: /(?!)/ },
  ipset: { tool: 'ipset', ask: 'ipset save', words: /ipset/ },
  iptables: {
    tool: 'iptables-save',
    ask: 'iptables-save -c',
    when: '[ ! -e /proc/net/ip_tables_names ] || read -r x </proc/net/ip_tables_names',
    unless: '[ -e /proc/net/ip_tables_names ] && [ ! -r /proc/net/ip_tables_names ]',
  },
  qdisc: { tool: 'tc', ask: 'tc -s qdisc' },
  fdb: { tool: 'bridge', ask: 'bridge fdb' },
  neigh: { tool: 'ip', ask: 'ip -4 neigh' },
  conntrack: {
    tool: 'conntrack',
    ask: 'conntrack -L',
    when: 'read -r x </proc/sys/net/netfilter/nf_conntrack_count && [ "$x" != 0 ]',
  },
})

/** The tables that are looked at after every step of a script. `missing`: those that the other side cannot show. */
export function wantedTables(script: string, missing: ReadonlySet<string>): readonly TableName[] {
  return TABLES.filter((t) => !missing.has(t) && (QUESTIONS[t].words?.test(script) ?? true))
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const ENVIRONMENT = `PATH=${BIN}:${PATH} LANG=C LC_ALL=C; export PATH LANG LC_ALL\n`

/** One table of `look`; links and addresses are one answer. */
function lookAt(t: TableName): string {
  if (t === 'addr') return ''
  const { tool, ask, when, unless } = QUESTIONS[t]
  const refused = unless === undefined ? '' : `if ${unless}; then printf '\\001unreadable ${t}\\n'; fi; `
  const asked = `${refused}${when === undefined ? ask : `if ${when}; then ${ask}; fi`}`
  return `want ${t} ${tool} && { printf '\\001table ${t}\\n'; ${asked}; }\n`
}

/**
 * `look [TABLE|all]`: tables of the namespace it runs in, those in DIR/wanted and TABLE. Marks begin with a character that no tool
 * prints. The many files of sysctls are read only after a step that speaks of them, and at the end.
 */
export const LOOK = `${ENVIRONMENT}[ -x ${BIN}/real/ip ] && ip() { ${BIN}/real/ip "$@"; }
read -r wanted <${DIR}/wanted
want() { case " $wanted " in *" all "*|*" $1 "*) command -v $2 >/dev/null ;; *) false ;; esac; }
wanted="$wanted $1"
${TABLES.map(lookAt).join('')}`

/**
 * In netsim: wait until DIR/pace says that Linux was here (µs since the beginning; a step's number, before and after looking), so
 * that both clocks agree although looking takes time on Linux only. `pace NUMBER COLUMN`.
 */
export const PACE = `begin=$(cat ${DIR}/clock)
while read -r number before after; do
  [ "$number" = "$1" ] || continue
  now=$((\${EPOCHREALTIME/./} - begin))
  target=$before; [ "$2" = after ] && target=$after
  left=$((target - now))
  [ $left -gt 0 ] && sleep $((left / 1000000)).$(printf %06d $((left % 1000000)))
done <${DIR}/pace
`

/**
 * `hook NUMBER STATUS [quiet|sysctl|all]`: writes to DIR/steps what is known now. NUMBER is `end` behind the script. What the script
 * printed is in DIR/out; how much of it belongs to which step is the size that is written here.
 */
export const HOOK_TEXT = `${ENVIRONMENT}exec </dev/null >/dev/null 2>&1
[ "$3" = quiet ] || sleep ${SETTLE}
[ -e ${DIR}/pace ] && /bin/bash ${DIR}/wait "$1" before
now=$EPOCHREALTIME
{
  printf '\\001step %s %s %s %s\\n' "$1" "$2" "$now" "$(wc -c <${DIR}/out)"
  if [ "$3" != quiet ]; then
    printf '\\001netns \\n'
    /bin/bash ${DIR}/look $3
    enter='ip netns exec '; command -v nsenter && enter=nsenter\\ --net=/run/netns/
    for f in /run/netns/*; do
      [ -e "$f" ] || continue
      printf '\\001netns %s\\n' "\${f##*/}"
      $enter"\${f##*/}" /bin/bash ${DIR}/look $3
    done
  fi
  [ -e ${DIR}/pace ] && /bin/bash ${DIR}/wait "$1" after
  printf '\\001done %s\\n' "$EPOCHREALTIME"
} >>${DIR}/steps
exit "$2"
`

/** Before the script: which tools are missing, and the clock. After it: its exit code. `script` and `args` are words of bash. */
export function driverText(script: string, args: readonly string[]): string {
  const tools = [...new Set(TABLES.map((t) => QUESTIONS[t].tool))]
  return `: >${DIR}/out; : >${DIR}/steps
for t in ${tools.join(' ')}; do command -v $t >/dev/null || printf '\\001missing %s\\n' $t >>${DIR}/steps; done
printf '\\001kernel %s\\n\\001begin %s\\n' "$(uname -sr)" "$EPOCHREALTIME" >>${DIR}/steps
echo "\${EPOCHREALTIME/./}" >${DIR}/clock
cd /root
bash ${[script, ...args].map(quote).join(' ')} </dev/null >>${DIR}/out 2>&1
${HOOK} end $? all
`
}

export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
