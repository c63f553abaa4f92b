import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../src/lib/errors.ts'
import { Recorder } from '../../src/trace/recorder.ts'
import { Trace } from '../../src/trace/trace.ts'
import type { TraceEvent } from '../../src/uapi/trace.ts'
import { printers } from './trace_fixture.ts'

function event(n: number): TraceEvent {
  return { kind: 'forward', time: n, packet: n, netns: 0, ifindex: 0, fn: 'ip_forward', ttl: 64, newTtl: 63 }
}

function fill(r: Recorder, from: number, to: number): Recorder {
  for (let i = from; i <= to; i++) r.emit(event(i))
  return r
}

const packets = (r: Recorder, since = 0): number[] => r.recording(since).events.map((e) => e.packet)

describe('the recorder', () => {
  it('keeps everything below its limit', () => {
    const r = fill(new Recorder({ limit: 5 }), 1, 5)
    expect(packets(r)).toEqual([1, 2, 3, 4, 5])
    expect(r.lost).toBe(0)
  })

  it('keeps the first events at its limit and counts the others', () => {
    const r = fill(new Recorder({ limit: 3 }), 1, 10)
    expect(packets(r)).toEqual([1, 2, 3])
    expect(r.lost).toBe(7)
  })

  it('keeps the newest events as a ring when asked to', () => {
    const r = fill(new Recorder({ limit: 3, keep: 'last' }), 1, 10)
    expect(packets(r)).toEqual([8, 9, 10])
    expect(r.lost).toBe(7)
  })

  it.each(['first', 'last'] as const)('gives what came after a mark, and how much of that is missing (%s)', (keep) => {
    const r = fill(new Recorder({ limit: 4, keep }), 1, 2)
    const mark = r.emitted
    fill(r, 3, 8)
    expect(packets(r, mark)).toEqual(keep === 'first' ? [3, 4] : [5, 6, 7, 8])
    expect(r.recording(mark).lost).toBe(keep === 'first' ? 4 : 2)
  })

  it.each(['first', 'last'] as const)('starts afresh after clear (%s)', (keep) => {
    const r = fill(new Recorder({ limit: 2, keep }), 1, 5)
    r.clear()
    expect(packets(r)).toEqual([])
    expect(r.lost).toBe(0)
    fill(r, 6, 7)
    expect(packets(r)).toEqual([6, 7])
    expect(r.recording().lost).toBe(0)
  })

  it('tells a listener every event, kept or not', () => {
    const heard: number[] = []
    fill(new Recorder({ limit: 0, listener: (e) => heard.push(e.packet) }), 1, 3)
    expect(heard).toEqual([1, 2, 3])
  })

  it('refuses a limit that is no number of events', () => {
    expect(() => new Recorder({ limit: -1 })).toThrow(ArgumentError)
  })

  it('lets the text say that events are missing', () => {
    const r = fill(new Recorder({ limit: 1 }), 1, 4)
    const t = new Trace(r.recording(), printers)
    expect(t.truncated).toBe(true)
    expect(String(t)).toContain('trace incomplete: 3 later events were not kept (limit 1 events)')
  })
})
