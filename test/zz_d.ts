import { readFileSync } from 'node:fs'
import { Host } from 'netsim'
import { FRAMES, TOPOLOGY } from './kernel/drop_frames.ts'
const rec = JSON.parse(readFileSync('test/kernel/recordings/drops.json','utf8'))
const host = new Host('node1'); host.sh(TOPOLOGY)
for (const f of FRAMES) { const r = host.netns('r'); if (f.before) r.sh(f.before)
const t = r.inject('dr0', f.frame); const id = t.events[0]!.packet
const got = t.events.filter(e=>e.kind==='drop'&&e.packet===id).map(d=>d.fn+':'+d.reason).join(' ')
const want = rec.answers[f.name].drops.map(d=>d.fn+':'+d.reason).join(' ')
if (got!==want) console.log(f.name.padEnd(50), 'LINUX', want.padEnd(35), 'GOT', got) }
