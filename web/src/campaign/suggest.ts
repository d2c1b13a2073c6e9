import type { Agent } from '@/api'
import { byPresence } from '@/routing'
import { fold } from './text'

const most = 6

/** suggested gives the agents who fit what is being typed: those it begins a name or an e-mail of, then those it is inside of. */
export function suggested(agents: readonly Agent[], text: string): Agent[] {
  const wanted = fold(text.trim())
  const begins = (one: Agent) => [...fold(one.name).split(' '), fold(one.email)].some((word) => word.startsWith(wanted))
  return agents
    .filter((one) => fold(one.name + ' ' + one.email).includes(wanted))
    .toSorted((a, b) => Number(begins(b)) - Number(begins(a)) || byPresence(a, b))
    .slice(0, most)
}
