// The README's output is real: every line of it is printed by the example it claims to come from.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Stories } from '../../src/cli/stories.ts'
import { Host } from '../../src/host/host.ts'

const ROOT = join(import.meta.dirname, '../..')

/** What `netsim run --trace=text` prints of an example. */
function told(example: string): string {
  const stories = new Stories('full')
  let printed = ''
  new Host('node1').stream(readFileSync(join(ROOT, 'examples', example), 'utf8'), {
    output: (_stream, data) => {
      printed += typeof data === 'string' ? data : new TextDecoder().decode(data)
    },
    story: (trace) => {
      printed += stories.tell(trace)
    },
  })
  return printed
}

test.each([
  ['pod-to-host.sh', /```\n(### 1\. No route[\s\S]*?)\n```/],
  ['services.sh', /```\n(### 4\. Hairpin[\s\S]*?)\n```/],
])('the output shown in the README is what npm start prints of %s', (example, block) => {
  const shown = block.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? ''
  const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '')
  expect(shown.length).toBeGreaterThan(1000)
  expect(trimmed(told(example))).toContain(trimmed(shown))
})
