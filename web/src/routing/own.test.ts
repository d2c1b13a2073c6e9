import { describe, expect, it } from 'vitest'
import type { Attention } from '@/api'
import { valueOf, withOwn, withoutIdle } from './own'

const company: Attention = {
  transfers: { agents: true, queues: true, numbers: true },
  closing: {
    note_mode: 'optional',
    results: ['resolved'],
    categories: [],
    tags_required: true,
    assignee: 'unassign',
    keep_days: 7,
  },
  distribution: {
    login: 'invisible',
    pause_reasons: [],
    answer_minutes: 5,
    unanswered: 'queue',
    silence_minutes: 0,
    silence_text: '',
    silence_close: 0,
    silence_result: '',
    agent_minutes: 0,
    agent_text: '',
    agent_back: false,
    transfer_agents: true,
    transfer_queues: true,
    transfer_numbers: true,
    active: true,
    active_people: 15,
    sound: true,
    sound_own: true,
  },
  tag_colors: [],
}

describe('the settings of a number', () => {
  it('are the company’s until they are set apart, even when that is no', () => {
    expect(valueOf('tags_required', {}, company)).toBe(true)
    expect(valueOf('tags_required', { tags_required: false }, company)).toBe(false)
    expect(valueOf('answer_minutes', { answer_minutes: 0 }, company)).toBe(0)
  })

  it('begin with the company’s value when they are set apart', () => {
    expect(withOwn('results', true, {}, company)).toEqual({ results: ['resolved'] })
    expect(withOwn('results', false, { results: ['x'], unanswered: 'online' }, company)).toEqual({
      unanswered: 'online',
    })
  })

  it('keep no figure of people where nobody writes first', () => {
    expect(withoutIdle({ active: false, active_people: 3 }, company)).toEqual({ active: false })
    expect(withoutIdle({ active_people: 3 }, company)).toEqual({ active_people: 3 })
  })

  it('keep no days for which nobody is kept', () => {
    expect(withoutIdle({ assignee: 'keep', keep_days: 3 }, company)).toEqual({ assignee: 'keep' })
    expect(withoutIdle({ assignee: 'keep_days', keep_days: 3 }, company)).toEqual({
      assignee: 'keep_days',
      keep_days: 3,
    })
  })
})
