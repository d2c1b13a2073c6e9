import { describe, expect, it } from 'vitest'
import { changesIn, kinds, looks, moveStep, newBranch, newCondition, newStep, spanOf } from './plan'

const step = (id: string) => ({ ...newStep('say'), id })

describe('a workflow being edited', () => {
  it('moves a step within its branch, over the edge into the next one, and nowhere beyond', () => {
    const branches = [
      { ...newBranch(false), steps: [step('a'), step('b')] },
      { ...newBranch(true), steps: [step('c')] },
    ]
    const order = () => branches.map((one) => one.steps.map((s) => s.id).join('')).join('|')
    expect(moveStep(branches, 0, 0, 1)).toEqual([0, 1])
    expect(order()).toBe('ba|c')
    expect(moveStep(branches, 0, 1, 1)).toEqual([1, 0])
    expect(order()).toBe('b|ac')
    expect(moveStep(branches, 1, 0, -1)).toEqual([0, 1])
    expect(order()).toBe('ba|c')
    expect(moveStep(branches, 0, 0, -1)).toEqual([0, 0])
    expect(moveStep(branches, 1, 0, 1)).toEqual([1, 0])
    expect(order()).toBe('ba|c')
  })
  it('begins every step and condition with something that can be kept', () => {
    for (const kind of kinds) expect(newStep(kind).id).toMatch(/^[0-9a-z]{1,20}$/)
    for (const kind of Object.keys(looks) as (keyof typeof looks)[])
      expect(looks[kind]).toContain(newCondition(kind).op)
  })
  it('counts what changed', () => {
    const plan = {
      trigger: { kind: 'ticket_opened' as const },
      branches: [{ ...newBranch(true), id: 'b', steps: [step('a')] }],
    }
    const other = JSON.parse(JSON.stringify(plan)) as typeof plan
    expect(changesIn({ name: 'x', draft: plan }, { name: 'x', draft: other })).toBe(0)
    other.branches[0]!.steps[0]!.text = 'hola'
    expect(changesIn({ name: 'x', draft: plan }, { name: 'y', draft: other })).toBe(2)
  })
  it('says times as people do', () => {
    expect([spanOf(15), spanOf(120), spanOf(2880), spanOf(90)].map((s) => s.n + s.unit)).toEqual([
      '15minutes',
      '2hours',
      '2days',
      '90minutes',
    ])
  })
})
