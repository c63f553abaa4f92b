// What may differ between a real machine and netsim, as narrow as it can be: MACs, measured times, process ids,
// ephemeral ports and echo ids. Everything else has to be the same.

const FIXED = new Set(['ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00'])

/** MACs are numbered by first appearance, unless the script gave them itself. */
function normalizeMacs(text: string, script: string): string {
  const seen = new Map<string, string>()
  return text.replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, (found) => {
    const mac = found.toLowerCase()
    if (FIXED.has(mac) || script.includes(mac)) return mac
    let name = seen.get(mac)
    if (name === undefined) {
      name = `MAC${seen.size + 1}`
      seen.set(mac, name)
    }
    return name
  })
}

const RULES: readonly (readonly [RegExp, string])[] = [
  [/time=[0-9.]+ ms/g, 'time=T ms'],
  [/, time \d+ms/g, ', time Tms'],
  [/^rtt min\/avg\/max\/mdev = .*$/gm, 'rtt T'],
  [/, pipe \d+/g, ''],
  [/, ipg\/ewma [0-9./]+ ms/g, ''],
  [/\b\d\d:\d\d:\d\d\.\d{6}\b/g, 'HH:MM:SS'],
  [/\bid \d+, seq/g, 'id N, seq'],
  [/ {2}\d+\.\d{3}ms$/gm, '  Tms'],
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d socat\[\d+\]/g, 'DATE socat[PID]'],
  [/\((\d+), 0x[0-9a-f]{6,}, /g, '($1, ADDRESS, '],
  [/^(Connection received on \S+) (3[2-9]|4\d|5\d|60)\d{3}$/gm, '$1 P'],
  [/pid=\d+/g, 'pid=N'],
  [/\bchild \d+ exited/g, 'child N exited'],
  [/\S*\/tmp\/[^ :]*\.sh: line/g, 'SCRIPT: line'],
  [/^\S*bash: line/gm, 'SCRIPT: line'],
  [/^(?:\S*\/tmp\/\S*\.sh|bash): eval: line/gm, 'SCRIPT: eval: line'],
  [/\b(sport|dport)=(3[2-9]|4\d|5\d|60)\d{3}\b/g, '$1=P'],
  [/(\d+\.\d+\.\d+\.\d+[.:])(3[2-9]|4\d|5\d|60)\d{3}\b/g, '$1P'],
  [/\bexpires \d+sec/g, 'expires Tsec'],
  [/port (\d+) after \d+ ms/g, 'port $1 after T ms'],
  [/\bused \d+\/\d+\/\d+/g, 'used T'],
  [/[ \t]+$/gm, ''],
]

export function normalize(text: string, script: string): string {
  let out = normalizeMacs(text, script)
  for (const [pattern, replacement] of RULES) out = out.replace(pattern, replacement)
  return out
}

/** Sections by their "== title" lines; what stands before the first has the title "". */
export function sections(text: string): Map<string, string> {
  const out = new Map<string, string>()
  let title = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('== ')) title = line
    else out.set(title, `${out.get(title) ?? ''}${line}\n`)
    if (!out.has(title)) out.set(title, '')
  }
  return out
}
