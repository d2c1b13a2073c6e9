import type { FlowEntrances } from '@/api/generated/types.gen'

interface Choice {
  value: string
  label: string
}

type Say = (key: string, values?: Record<string, unknown>) => string

/** nameOfEntrance says where in a flow a conversation begins; undefined for a block that is no more. */
export function nameOfEntrance(flow: FlowEntrances, block: string, t: Say): string | undefined {
  if (!block) return t('entrance.start')
  if (block === 'people') return t('entrance.people')
  const found = (flow.blocks ?? []).find((one) => one.id === block)
  return found && (found.text ? `${found.place}. ${found.text}` : t('entrance.block', { n: found.place }))
}

/**
 * entrancesOf are the places where replies can begin in a flow: its beginning, human service whichever block that is, then the blocks of
 * human service, then the others. A block that was chosen and is no more stays to be seen.
 */
export function entrancesOf(flow: FlowEntrances, chosen: string, t: Say): Choice[] {
  const blocks = flow.blocks ?? []
  const people = blocks.filter((one) => one.kind === 'handoff')
  const others = blocks.filter((one) => one.kind !== 'handoff')
  const all = ['', ...(people.length > 1 || chosen === 'people' ? ['people'] : []), ...people.map((one) => one.id)]
  const known = [...all, ...others.map((one) => one.id)]
  const label = (block: string) => {
    const name = nameOfEntrance(flow, block, t) ?? t('entrance.gone')
    return people.some((one) => one.id === block) ? t('entrance.person', { name }) : name
  }
  return [...known, ...(known.includes(chosen) ? [] : [chosen])].map((value) => ({ value, label: label(value) }))
}
