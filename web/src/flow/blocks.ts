import type { FlowBlock, FlowFlow } from '@/api/generated/types.gen'

/** What a block can do, in the order it is offered. */
export const kinds = [
  'say',
  'ask',
  'menu',
  'condition',
  'set',
  'handoff',
  'end',
  'goto',
  'child',
  'wait',
  'http',
  'brain',
] as const
export type Kind = FlowBlock['kind']

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** newId makes an id that stays with a block or a choice. */
export function newId(): string {
  const bits = crypto.getRandomValues(new Uint8Array(9))
  return 'b' + Array.from(bits, (bit) => letters[bit % letters.length]).join('')
}

/** newBlock is a block of a kind before anything was written in it. */
export function newBlock(kind: Kind): FlowBlock {
  const block: FlowBlock = { id: newId(), kind }
  if (kind === 'ask') block.answer = { kind: 'text' }
  if (kind === 'menu') block.options = [{ id: newId(), title: '' }]
  if (kind === 'condition') block.cases = [{ name: 'answer', op: 'is', value: '' }]
  if (kind === 'wait') block.minutes = 1
  if (kind === 'child') block.minutes = 1440
  if (kind === 'http') block.request = { method: 'GET', url: 'https://', results: [] }
  return block
}

/** copyOf is a block that says the same and is another one. */
export const copyOf = (block: FlowBlock): FlowBlock => ({
  ...(JSON.parse(JSON.stringify(block)) as FlowBlock),
  id: newId(),
})

/** moveBlock moves a block up or down, and gives where it is then. */
export function moveBlock(blocks: FlowBlock[], at: number, by: number): number {
  const to = at + by
  if (to < 0 || to >= blocks.length) return at
  const [block] = blocks.splice(at, 1)
  blocks.splice(to, 0, block!)
  return to
}

/** titleOf is how a block is spoken of elsewhere: its place, and its first words or what it does. */
export function titleOf(block: FlowBlock, at: number, kind: string): string {
  const words = (block.text ?? '').trim().replace(/\s+/g, ' ')
  return `${at + 1}. ${words ? (words.length > 40 ? words.slice(0, 39) + '…' : words) : kind}`
}

/** changesIn counts the blocks that are not the same in two forms of a flow, and the name. */
export function changesIn(a: { name: string; draft: FlowFlow }, b: { name: string; draft: FlowFlow }): number {
  const texts = (flow: FlowFlow) => (flow.blocks ?? []).map((block) => JSON.stringify(block))
  const [one, other] = [texts(a.draft), texts(b.draft)]
  const unlike = Array.from({ length: Math.max(one.length, other.length) }, (_, i) => one[i] !== other[i])
  const whole = ({ draft }: typeof a) => JSON.stringify([draft.language, draft.context ?? false, draft.leave ?? []])
  return unlike.filter(Boolean).length + Number(a.name !== b.name) + Number(whole(a) !== whole(b))
}
