// The event queue: everything that happens later, ordered by (time, sequence number).
// Read first: docs/architecture.md, "Time". Events are data (kind + two references), never closures, so a machine can be copied.
// Shape: constant latencies go through FIFO lanes, timers through a heap of typed arrays.

/** Kinds of events; one dispatcher switches over them. */
export const EV_RX = 1
export const EV_TIMER = 2
export const EV_RESUME = 3

/** In ns, how long a system call that sends waits at most for what it has sent: a softirq's time (MAX_SOFTIRQ_TIME). */
export const SENDING = 2_000_000

/** Something that can be scheduled and cancelled: a row of data that names its handler. */
export interface Timer {
  /** Which handler in the owner's table. */
  readonly kind: number
  /** Virtual ns, or -1 when not armed. */
  at: number
  /** Sequence number of the queue entry that is valid. */
  seq: number
}

/** What runs an event. Implemented once, by the machine. */
export interface Dispatcher {
  dispatch(kind: number, a: object, b: object | null): void
}

/** A FIFO of events with one constant delay: enqueued in time order by construction. */
class Lane {
  readonly delay: number
  times = new Float64Array(64)
  seqs = new Float64Array(64)
  as: (object | null)[] = new Array(64).fill(null)
  bs: (object | null)[] = new Array(64).fill(null)
  kinds = new Int32Array(64)
  head = 0
  count = 0

  constructor(delay: number) {
    this.delay = delay
  }

  push(time: number, seq: number, kind: number, a: object, b: object | null): void {
    if (this.count === this.times.length) this.grow()
    const i = (this.head + this.count) & (this.times.length - 1)
    this.times[i] = time
    this.seqs[i] = seq
    this.kinds[i] = kind
    this.as[i] = a
    this.bs[i] = b
    this.count++
  }

  private grow(): void {
    const n = this.times.length
    const times = new Float64Array(n * 2)
    const seqs = new Float64Array(n * 2)
    const kinds = new Int32Array(n * 2)
    const as: (object | null)[] = new Array(n * 2).fill(null)
    const bs: (object | null)[] = new Array(n * 2).fill(null)
    for (let k = 0; k < this.count; k++) {
      const i = (this.head + k) & (n - 1)
      times[k] = this.times[i]!
      seqs[k] = this.seqs[i]!
      kinds[k] = this.kinds[i]!
      as[k] = this.as[i]!
      bs[k] = this.bs[i]!
    }
    this.times = times
    this.seqs = seqs
    this.kinds = kinds
    this.as = as
    this.bs = bs
    this.head = 0
  }
}

/** Binary heap over typed arrays, for timers. Cancelled entries stay until they surface. */
class TimerHeap {
  times = new Float64Array(256)
  seqs = new Float64Array(256)
  timers: (Timer | null)[] = new Array(256).fill(null)
  count = 0

  private before(i: number, j: number): boolean {
    const d = this.times[i]! - this.times[j]!
    return d < 0 || (d === 0 && this.seqs[i]! < this.seqs[j]!)
  }

  private swap(i: number, j: number): void {
    const t = this.times[i]!
    this.times[i] = this.times[j]!
    this.times[j] = t
    const s = this.seqs[i]!
    this.seqs[i] = this.seqs[j]!
    this.seqs[j] = s
    const o = this.timers[i]!
    this.timers[i] = this.timers[j]!
    this.timers[j] = o
  }

  push(time: number, seq: number, timer: Timer): void {
    if (this.count === this.times.length) {
      const times = new Float64Array(this.count * 2)
      times.set(this.times)
      const seqs = new Float64Array(this.count * 2)
      seqs.set(this.seqs)
      this.times = times
      this.seqs = seqs
      for (let k = this.count; k < times.length; k++) this.timers.push(null)
    }
    let i = this.count++
    this.times[i] = time
    this.seqs[i] = seq
    this.timers[i] = timer
    while (i > 0) {
      const p = (i - 1) >> 1
      if (!this.before(i, p)) break
      this.swap(i, p)
      i = p
    }
  }

  pop(): void {
    this.count--
    this.swap(0, this.count)
    this.timers[this.count] = null
    let i = 0
    for (;;) {
      const l = 2 * i + 1
      if (l >= this.count) break
      const c = l + 1 < this.count && this.before(l + 1, l) ? l + 1 : l
      if (!this.before(c, i)) break
      this.swap(i, c)
      i = c
    }
  }
}

/** Thrown by step() where a replay was told to stand still; never leaves host/. */
export class SimulationPaused extends Error {}

/** The virtual clock and its queue. Plain data: copied by sim/clone. */
export class Simulation {
  /** Virtual time in integer ns since boot. */
  now = 0
  private seq = 0
  /** Events dispatched so far. */
  steps = 0
  private readonly lanes: Lane[] = []
  private readonly heap = new TimerHeap()
  /** What goes on when nothing is on its way any more, and until when it waits for that; in order. */
  private readonly resuming: { readonly due: number; readonly a: object }[] = []
  /** A replay stops before the event after this many steps. */
  pauseAt = Number.POSITIVE_INFINITY
  /** Armed timers in the heap (the cancelled ones excluded). */
  armed = 0

  /** A lane for a constant latency in ns; the same latency gives the same lane. */
  lane(delay: number): number {
    const found = this.lanes.findIndex((l) => l.delay === delay)
    if (found >= 0) return found
    this.lanes.push(new Lane(delay))
    return this.lanes.length - 1
  }

  /** Schedule an event after the lane's delay. */
  post(lane: number, kind: number, a: object, b: object | null): void {
    const l = this.lanes[lane]!
    l.push(this.now + l.delay, ++this.seq, kind, a, b)
  }

  /** Go on with `a` (EV_RESUME) once all frames that are on their way have arrived, and what they cause; after SENDING in any case. */
  resume(a: object): void {
    this.resuming.push({ due: this.now + SENDING, a })
  }

  get isResuming(): boolean {
    return this.resuming.length > 0
  }

  /** What is to go on first, now rather than later; undefined when nothing waits. */
  takeResuming(): object | undefined {
    return this.resuming.shift()?.a
  }

  /** Arm (or move) a timer to an absolute virtual time; never before now. Of those due at one time the one armed first runs first (hrtimer). */
  arm(timer: Timer, at: number): void {
    this.enqueue(timer, at, ++this.seq)
  }

  /** As arm, but of those due at one time the one armed last runs first, as in a bucket of the kernel's timer wheel (enqueue_timer). */
  armWheel(timer: Timer, at: number): void {
    this.enqueue(timer, at, -++this.seq)
  }

  private enqueue(timer: Timer, at: number, seq: number): void {
    if (timer.at < 0) this.armed++
    timer.at = Math.max(at, this.now)
    timer.seq = seq
    this.heap.push(timer.at, seq, timer)
  }

  cancel(timer: Timer): void {
    if (timer.at >= 0) this.armed--
    timer.at = -1
  }

  /** Time of the next event, or -1 when there is none. */
  next(): number {
    this.prune()
    if (this.resuming.length > 0 && this.onLanes === 0) return this.now
    let best = this.heap.count > 0 ? this.heap.times[0]! : -1
    for (const l of this.lanes) {
      if (l.count > 0 && (best < 0 || l.times[l.head]! < best)) best = l.times[l.head]!
    }
    const due = this.resuming[0]?.due ?? best
    return due < best ? due : best
  }

  private prune(): void {
    const h = this.heap
    while (h.count > 0) {
      const t = h.timers[0]!
      if (t.at >= 0 && t.seq === h.seqs[0]) return
      h.pop()
    }
  }

  /** Run the next event if it is not later than `limit`; false when there is none. */
  step(limit: number, dispatcher: Dispatcher): boolean {
    this.prune()
    const h = this.heap
    let time = Number.POSITIVE_INFINITY
    let seq = 0
    let from: Lane | null = null
    if (h.count > 0) {
      time = h.times[0]!
      seq = h.seqs[0]!
    }
    const lanes = this.lanes
    for (let i = 0; i < lanes.length; i++) {
      const l = lanes[i]!
      if (l.count === 0) continue
      const t = l.times[l.head]!
      if (t < time || (t === time && l.seqs[l.head]! < seq)) {
        time = t
        seq = l.seqs[l.head]!
        from = l
      }
    }
    if (this.resuming.length > 0 && this.resumes(time, limit, dispatcher)) return true
    if (time > limit || time === Number.POSITIVE_INFINITY) return false
    if (this.steps >= this.pauseAt) throw new SimulationPaused()
    this.now = time
    this.steps++
    if (from === null) {
      const timer = h.timers[0]!
      h.pop()
      timer.at = -1
      this.armed--
      dispatcher.dispatch(EV_TIMER, timer, null)
    } else {
      const i = from.head
      const a = from.as[i]!
      const b = from.bs[i]!
      const kind = from.kinds[i]!
      from.as[i] = null
      from.bs[i] = null
      from.head = (i + 1) & (from.times.length - 1)
      from.count--
      dispatcher.dispatch(kind, a, b)
    }
    return true
  }

  /** Does something go on, rather than the event at `time` happen? */
  private resumes(time: number, limit: number, dispatcher: Dispatcher): boolean {
    const { due, a } = this.resuming[0]!
    const at = this.onLanes === 0 ? this.now : due
    if (at > time || at > limit) return false
    if (this.steps >= this.pauseAt) throw new SimulationPaused()
    this.takeResuming()
    this.advance(at)
    this.steps++
    dispatcher.dispatch(EV_RESUME, a, null)
    return true
  }

  private get onLanes(): number {
    let n = 0
    for (const l of this.lanes) n += l.count
    return n
  }

  /** Events that are on their way with a constant latency, frames and what is sent behind them; not timers. */
  get inFlight(): number {
    return this.onLanes + this.resuming.length
  }

  /** Another frame arrives at this very instant. */
  get arriving(): boolean {
    for (let i = 0; i < this.lanes.length; i++) {
      const l = this.lanes[i]!
      if (l.count > 0 && l.times[l.head] === this.now) return true
    }
    return false
  }

  /** Move the clock forward without an event (a process waits, nothing else happens). */
  advance(to: number): void {
    if (to > this.now) this.now = to
  }
}
