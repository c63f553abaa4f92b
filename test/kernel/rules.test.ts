// The rules that a packet meets in netsim, in order, are those that Linux reports: rule by rule what xtables-monitor --trace says of
// iptables-nft, and line by line what TRACE writes with iptables-legacy.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadRules, netsimRules, type RulesRecording, rulesRecording } from './rules.ts'

describe('rule by rule', () => {
  for (const c of loadRules())
    test(c.name, () => {
      expect(existsSync(rulesRecording(c.name)), 'npm run record -- rules.json --native').toBe(true)
      const recording = JSON.parse(readFileSync(rulesRecording(c.name), 'utf8')) as RulesRecording
      expect(recording.sha, 'npm run record -- rules.json --native').toBe(c.sha)
      const answer = netsimRules(c)
      expect(answer.nft).toEqual(recording.nft.lines)
      expect(answer.legacy).toEqual(recording.legacy.lines)
    })
})
