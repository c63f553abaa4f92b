// dmesg(1) of util-linux 2.38.1: the kernel's log. Read first: options.ts, format.ts.
// There is no console, so what -D, -E and -n set shows nowhere.
import { strerror } from '../../lib/errno.ts'
import type { KernelLogEntry } from '../../uapi/klog.ts'
import type { Main, MainResult, Sys, Wait } from '../../uapi/program.ts'
import { exitStatus, ToolExit } from '../lib/exit.ts'
import { Printer, type TimeFormat } from './format.ts'
import { type Options, readOptions } from './options.ts'

/** All lines are the kernel's own: facility 0. */
const KERN = 0

function wanted(o: Options, e: KernelLogEntry): boolean {
  return (o.levels?.has(e.level) ?? true) && (o.facilities?.has(KERN) ?? true)
}

/** -d goes with the time, or stands alone. */
function timeFormat({ time, delta }: Options): TimeFormat {
  if (!delta) return time
  if (time === 'time') return 'time-delta'
  if (time === 'ctime') return 'ctime-delta'
  return time === 'none' ? 'delta' : time
}

function failed(text: string): ToolExit {
  return new ToolExit(`dmesg: ${text}: ${strerror('EPERM')}\n`, 1)
}

function read(sys: Sys): readonly KernelLogEntry[] {
  const r = sys.netlink.request(sys.netns, 'klog.read', {})
  return r.ok ? r.value : []
}

function clear(sys: Sys): void {
  if (sys.uid !== 0) throw failed('clear kernel buffer failed')
  sys.netlink.request(sys.netns, 'klog.clear', {})
}

function print(sys: Sys, o: Options, p: Printer, lines: readonly KernelLogEntry[]): void {
  const text = lines
    .filter((e) => wanted(o, e))
    .map((e) => p.line(e))
    .join('')
  if (text !== '') sys.write(1, text)
}

function* follow(sys: Sys, o: Options, p: Printer): Generator<Wait, number, void> {
  const fd = sys.monitor()
  if (o.action === 'follow') print(sys, o, p, read(sys))
  for (;;) {
    yield { readable: [fd] }
    const lines: KernelLogEntry[] = []
    for (const n of sys.takeNotifications(fd)) if (n.kind === 'log') lines.push(n.entry)
    print(sys, o, p, lines)
  }
}

function run(sys: Sys, argv: readonly string[]): MainResult {
  const o = readOptions(argv)
  const p = new Printer(timeFormat(o), o.decode, o.raw, sys.wallClock() - sys.now())
  switch (o.action) {
    case 'clear':
      clear(sys)
      return 0
    case 'console':
      if (sys.uid !== 0) throw failed('klogctl failed')
      return 0
    case 'follow':
    case 'follow-new':
      return follow(sys, o, p)
    default:
      print(sys, o, p, read(sys))
      if (o.action === 'read-clear') clear(sys)
      return 0
  }
}

export const dmesg: Main = (sys, argv) => {
  try {
    return run(sys, argv)
  } catch (e) {
    return exitStatus(sys, e)
  }
}
