// A random machine as data: steps in order, and the bash script that both sides run. A step that is dropped leaves a script that still
// runs, so shrinking is dropping steps and parts of steps. Read first: generate.ts.
// Steps of one kind that follow each other share a process (ip -batch, sysctl, bash): Linux spends its time starting processes.

export type Tool = 'netns' | 'veth' | 'ip' | 'sysctl' | 'command' | 'capture' | 'server' | 'traffic' | 'probe'

export interface Step {
  readonly tool: Tool
  /** The namespace it is about; the empty string for none (veth names its own). */
  readonly ns: string
  /** Joined with blanks; all but the first may be dropped (of traffic, the last stays as well). */
  readonly parts: readonly string[]
  /** veth: the devices that it makes. */
  readonly devices: readonly (readonly [ns: string, dev: string])[]
}

export interface Machine {
  readonly seed: number
  readonly steps: readonly Step[]
}

export function step(tool: Tool, ns: string, ...parts: readonly string[]): Step {
  return { tool, ns, parts: parts.filter((p) => p !== ''), devices: [] }
}

export function textOf(s: Step): string {
  return s.parts.join(' ')
}

/** What has to be the same everywhere lest milliseconds or the kernel's version decide; docs/fuzzing.md says why each. */
const STEADY = [
  'net.ipv6.conf.default.disable_ipv6=1',
  'net.ipv4.tcp_syn_linear_timeouts=0',
  'net.ipv4.tcp_synack_retries=1',
  'net.ipv4.icmp_ratemask=0',
  'net.ipv4.tcp_rmem="4096 131072 6291456"',
  'net.ipv4.neigh.lo.delay_first_probe_time=300',
  'net.ipv4.neigh.lo.base_reachable_time_ms=300000',
  'net.netfilter.nf_conntrack_tcp_timeout_close=300',
  'net.netfilter.nf_conntrack_udp_timeout=300',
  'net.netfilter.nf_conntrack_icmp_timeout=300',
]
/** A redirect about a SYN comes while connect(2) holds the socket, and is ignored; in netsim it comes 10 µs later. */
const STEADY_TCP = ['net.ipv4.conf.all.accept_redirects=0', 'net.ipv4.conf.default.accept_redirects=0']

function isTcp(s: Step): boolean {
  return s.tool === 'traffic' && / nc /.test(textOf(s)) && !/ -u /.test(textOf(s))
}

/** As above, for each device. */
const STEADY_DEVICE = [
  'retrans_time_ms=100',
  'proxy_delay=0',
  'delay_first_probe_time=300',
  'base_reachable_time_ms=300000',
]

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function inNs(ns: string, command: string): string {
  return ns === '' ? command : `ip netns exec ${ns} ${command}`
}

/** Consecutive steps that share a process. */
function groups(steps: readonly Step[]): Step[][] {
  const out: Step[][] = []
  for (const s of steps) {
    const last = out.at(-1)
    const shared = s.tool === 'ip' || s.tool === 'sysctl' || s.tool === 'probe' || s.tool === 'veth'
    if (shared && last?.[0]?.tool === s.tool && last[0].ns === s.ns) last.push(s)
    else out.push([s])
  }
  return out
}

class Script {
  readonly lines: string[] = []
  private number = 0

  title(text: string): void {
    this.lines.push(`echo ${quote(`== ${++this.number} ${text}`)}`)
  }

  section(title: string, command: string): void {
    this.title(title)
    this.lines.push(`{ ${command}; } 2>&1; echo "rc=$?"`)
  }

  batch(command: string, lines: readonly string[]): void {
    this.title(`${command} (${lines.length})`)
    this.lines.push(`${command} -force -batch - 2>&1 <<'END'`, ...lines, 'END', 'echo "rc=$?"')
  }
}

function renderIp(out: Script, ns: string, group: readonly Step[]): void {
  const command = ns === '' ? 'ip' : `ip -n ${ns}`
  const [only] = group
  if (group.length === 1 && only !== undefined) out.section(`${command} ${textOf(only)}`, `${command} ${textOf(only)}`)
  else out.batch(command, group.map(textOf))
}

function renderVeths(out: Script, group: readonly Step[]): void {
  renderIp(out, '', group)
  const devices = group.flatMap((s) => s.devices)
  for (const ns of new Set(devices.map(([n]) => n))) {
    const knobs = devices
      .filter(([n]) => n === ns)
      .flatMap(([, dev]) => STEADY_DEVICE.map((k) => `net.ipv4.neigh.${dev}.${k}`))
    out.lines.push(inNs(ns, `sysctl -qw ${knobs.join(' ')}`))
  }
}

function renderTraffic(out: Script, s: Step): void {
  out.section(`${s.ns}: ${textOf(s)}`, textOf(s))
  out.lines.push('sleep 1')
}

function renderGroup(out: Script, group: readonly Step[], knobs: readonly string[]): void {
  const first = group[0]!
  const { ns } = first
  switch (first.tool) {
    case 'netns':
      out.section(textOf(first), textOf(first))
      out.lines.push(inNs(ns, `sysctl -qw ${knobs.join(' ')} 2>/dev/null || true`), `ip -n ${ns} link set lo up`)
      return
    case 'veth':
      return renderVeths(out, group)
    case 'ip':
      return renderIp(out, ns, group)
    case 'sysctl': {
      const command = inNs(ns, `sysctl -w ${group.map(textOf).join(' ')}`)
      return out.section(command, command)
    }
    case 'command':
      return out.section(inNs(ns, textOf(first)), inNs(ns, textOf(first)))
    case 'capture':
      out.lines.push(`${inNs(ns, textOf(first))} >$d/${ns} 2>/dev/null & caps="$caps $!"`)
      return
    case 'server':
      out.lines.push(`${inNs(ns, textOf(first))} >/dev/null 2>&1 & pids="$pids $!"`)
      return
    case 'traffic':
      return renderTraffic(out, first)
    case 'probe':
      out.lines.push(`ip netns exec ${ns} bash 2>&1 <<'END'`)
      for (const s of group) {
        out.title(`${ns} ${textOf(s)}`)
        out.lines.push(textOf(s))
      }
      out.lines.push('END')
  }
}

function renderCaptures(out: Script, captures: readonly Step[]): void {
  if (captures.length === 0) return
  out.lines.push('kill $caps 2>/dev/null; wait $caps 2>/dev/null')
  for (const { ns } of captures) {
    out.title(`${ns} tcpdump`)
    out.lines.push(`cat $d/${ns}`)
  }
}

/** The bash script of a machine: its sections begin with "== ". */
export function scriptOf(m: Machine): string {
  const out = new Script()
  const captures = m.steps.filter((s) => s.tool === 'capture')
  const knobs = m.steps.some(isTcp) ? [...STEADY, ...STEADY_TCP] : STEADY
  if (captures.length > 0) out.lines.push('d=$(mktemp -d)')
  const started = m.steps.some((s) => s.tool === 'server')
  let waited = !started && captures.length === 0
  for (const group of groups(m.steps)) {
    if (!waited && group[0]!.tool === 'traffic') {
      waited = true
      out.lines.push('sleep 2')
    }
    renderGroup(out, group, knobs)
  }
  renderCaptures(out, captures)
  if (started) out.lines.push('kill $pids 2>/dev/null; wait $pids 2>/dev/null')
  return `${out.lines.join('\n')}\n`
}
