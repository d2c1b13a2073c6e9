import { onBeforeUnmount, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useSession } from '@/account'
import type { ConversationRow, Id, Message } from '@/api'
import type { Draft } from './draft.store'
import { useLooking } from './looking.store'
import { newestOf } from './order'

const pause = 5000

/**
 * useCollision keeps two people from answering at once without knowing: it tells the others that we look and write, remembers
 * what we had seen when we began to write, and notices when somebody takes the conversation meanwhile.
 */
export function useCollision(
  conversation: Id,
  draft: Draft,
  messages: () => readonly Message[],
  row: MaybeRefOrGetter<ConversationRow | undefined>,
) {
  const session = useSession()
  const looking = useLooking()
  /** Who took it while we were writing; empty when nobody did. */
  const takenBy = ref('')
  let since: Id = ''
  let stopping: ReturnType<typeof setTimeout> | undefined

  const newest = () => newestOf(messages())

  looking.look(conversation)
  onBeforeUnmount(() => {
    clearTimeout(stopping)
    looking.leave(conversation)
  })

  watch(
    () => draft.reply,
    (text, before) => {
      const writes = text.trim() !== ''
      if (writes && !before?.trim()) since = newest()
      if (!writes) takenBy.value = ''
      looking.write(writes)
      clearTimeout(stopping)
      if (writes) stopping = setTimeout(() => looking.write(false), pause)
    },
  )
  // A draft from before the page was opened: what was there when the thread came counts as seen.
  watch(
    () => messages().length > 0,
    (loaded) => loaded && (since ||= draft.reply.trim() ? newest() : ''),
    { immediate: true },
  )
  watch(
    () => toValue(row)?.assignee ?? null,
    (holder, before) => {
      if (!holder || holder.id === session.user.id || holder.id === before?.id) return
      if (draft.reply.trim()) takenBy.value = holder.name
    },
  )

  /** seenThrough is the newest message we had seen when we began to write. */
  const seenThrough = (): Id => since || newest()

  return { takenBy, seenThrough }
}
