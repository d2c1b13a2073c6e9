import { describe, expect, it } from 'vitest'
import type { Agent } from '@/api'
import { suggested } from './suggest'

const agent = (name: string, email: string, change: Partial<Agent> = {}): Agent => ({
  user_id: email,
  name,
  email,
  availability: 'online',
  reason: '',
  since: 0,
  own_capacity: 0,
  online: true,
  open_tickets: 0,
  capacity: 5,
  queue_ids: [],
  ...change,
})
const marcos = agent('Marcos Luna', 'manager@aurora.example')
const ana = agent('Ana Sosa', 'ana@aurora.example', { online: false })
const lila = agent('Lila Núñez', 'lila@aurora.example')
const names = (text: string) => suggested([marcos, ana, lila], text).map((one) => one.name)

describe('the agents suggested while typing', () => {
  it('begin with the letters before those who only contain them, whoever is on line', () => {
    expect(names('ana')).toEqual(['Ana Sosa', 'Marcos Luna'])
  })

  it('are found by any word of the name, without accents', () => {
    expect(names('nun')).toEqual(['Lila Núñez'])
    expect(names('NÚÑ')).toEqual(['Lila Núñez'])
  })

  it('are all, those on line first, before anything is typed', () => {
    expect(names('')).toEqual(['Lila Núñez', 'Marcos Luna', 'Ana Sosa'])
    expect(names('nadie')).toEqual([])
  })
})
