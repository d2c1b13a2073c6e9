import { describe, expect, it } from 'vitest'
import { changes, type AttentionForm } from './useAttentionForm'

const form = (): AttentionForm => ({
  closing: {
    note_mode: 'optional',
    results: ['resolved'],
    categories: [],
    tags_required: false,
    assignee: 'unassign',
    keep_days: 7,
  },
  distribution: {
    login: 'invisible',
    pause_reasons: ['lunch'],
    answer_minutes: 0,
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
  capacity: { '7': 0 },
  tags: [{ id: '1', name: 'Pago', color: 'ok', suggested: false }],
})

describe('what was changed', () => {
  it('is nothing at first', () => expect(changes(form(), form())).toBe(0))

  it('is counted by field, lists as one', () => {
    const now = form()
    now.closing.results.push('spam', 'other')
    now.closing.note_mode = 'off'
    now.distribution.answer_minutes = 5
    now.capacity['7'] = 3
    now.tags.push({ id: '', name: 'Envío', color: 'warn', suggested: false })
    expect(changes(now, form())).toBe(5)
  })
})
