import { ref } from 'vue'
import { asProblem, type Id } from '@/api'

/** Failed is a row that could not be changed, and why. */
export interface Failed {
  id: Id
  words: string
}

const together = 4

/** useBulk does one thing to many conversations, a few at a time, and says of each how it went. */
export function useBulk() {
  const running = ref(false)
  const done = ref(0)
  const failed = ref<Failed[]>([])

  /** run gives what came of those that went well. */
  async function run<T>(ids: Id[], verb: (id: Id) => Promise<T>): Promise<Map<Id, T>> {
    running.value = true
    done.value = 0
    failed.value = []
    const well = new Map<Id, T>()
    const rest = [...ids]
    async function work(): Promise<void> {
      for (let id = rest.shift(); id; id = rest.shift()) {
        try {
          well.set(id, await verb(id))
        } catch (error) {
          failed.value = [...failed.value, { id, words: asProblem(error).message }]
        }
        done.value++
      }
    }
    await Promise.all(Array.from({ length: together }, work))
    running.value = false
    return well
  }

  return { running, done, failed, run }
}
