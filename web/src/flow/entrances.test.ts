import { expect, test } from 'vitest'
import { entrancesOf, nameOfEntrance } from './entrances'

const t = (key: string, values?: Record<string, unknown>) =>
  values ? `${key}(${String(values.name ?? values.n)})` : key
const flow = {
  id: '1',
  name: 'Menú',
  children: [],
  blocks: [
    { id: 'hello', kind: 'menu', text: 'Hola', place: 1 },
    { id: 'sales', kind: 'handoff', text: '', place: 2 },
    { id: 'help', kind: 'handoff', text: 'Un momento', place: 3 },
  ],
}

test('blocks of human service come first, a block that is no more stays to be seen', () => {
  expect(entrancesOf(flow, 'lost', t).map((one) => one.value)).toEqual(['', 'people', 'sales', 'help', 'hello', 'lost'])
  expect(entrancesOf(flow, 'lost', t).map((one) => one.label)).toEqual([
    'entrance.start',
    'entrance.people',
    'entrance.person(entrance.block(2))',
    'entrance.person(3. Un momento)',
    '1. Hola',
    'entrance.gone',
  ])
  expect(nameOfEntrance(flow, 'lost', t)).toBeUndefined()
})

test('with one block of human service that block says it all', () => {
  const small = { ...flow, blocks: flow.blocks.slice(0, 2) }
  expect(entrancesOf(small, '', t).map((one) => one.value)).toEqual(['', 'sales', 'hello'])
})
