// The README's output is real: every line of it is printed by the example it claims to come from.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Stories } from '../../src/cli/stories.ts'
import { Host } from '../../src/host/host.ts'

const ROOT = join(import.meta.dirname, '../..')

test('the output shown in the README is what npm start prints', () => {
  const shown = /```\n(### 1\. No route[\s\S]*?)\n```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? ''
  const stories = new Stories('full')
  let printed = ''
  new Host('node1').stream(readFileSync(join(ROOT, 'examples/pod-to-host.sh'), 'utf8'), {
    output: (_stream, data) => {
      printed += typeof data === 'string' ? data : new TextDecoder().decode(data)
    },
    story: (trace) => {
      printed += stories.tell(trace)
    },
  })
  const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '')
  expect(shown.length).toBeGreaterThan(1000)
  expect(trimmed(printed)).toContain(trimmed(shown))
})
