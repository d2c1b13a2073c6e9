import { onScopeDispose, ref, shallowRef } from 'vue'
import { asProblem, type Problem } from '@/api'
import { campaigns } from './campaign.api'
import type { Campaign } from './campaign.types'

/** useUpload sends a sheet and tells how much of it has gone; a new one takes the place of one on its way. */
export function useUpload(
  id: string,
  version: () => number,
  done: (campaign: Campaign) => unknown,
  refused: (problem: Problem) => unknown = () => {},
) {
  const name = ref('')
  const part = ref(0)
  const busy = ref(false)
  const problem = shallowRef<Problem>()
  let going: AbortController | undefined

  async function send(file: File): Promise<void> {
    going?.abort()
    const mine = (going = new AbortController())
    name.value = file.name
    part.value = 0
    busy.value = true
    problem.value = undefined
    try {
      const answer = await campaigns.putFile(id, version(), file, (share) => (part.value = share), mine.signal)
      await done(answer)
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = asProblem(error)
      refused(problem.value)
    } finally {
      if (going === mine) busy.value = false
    }
  }

  function stop(): void {
    going?.abort()
    busy.value = false
  }
  onScopeDispose(stop)

  return { name, part, busy, problem, send, stop }
}
