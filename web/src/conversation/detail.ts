import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ConversationDetail, Id } from '@/api'
import { useLive } from '@/live'
import { conversations } from './conversation.api'
import { useConversations } from './conversation.store'

const settle = 300

/** useConversation gives all there is to know of one conversation; its row is newer than the rest and wins. */
export function useConversation(id: MaybeRefOrGetter<Id>) {
  const store = useConversations()
  const live = useLive()
  const query = useQuery({
    key: () => ['conversation', toValue(id)],
    query: () => conversations.detail(toValue(id)),
    staleTime: 2000,
  })
  const row = computed(() => store.rows.get(toValue(id)) ?? query.data.value)

  watch(query.data, (detail) => detail && store.rows.set(detail.id, rowOf(detail)), { immediate: true })

  let soon: ReturnType<typeof setTimeout> | undefined
  function again(): void {
    clearTimeout(soon)
    soon = setTimeout(() => void query.refetch(), settle)
  }
  const mine = (other: Id) => other === toValue(id)
  live.on('conversation', (fact) => mine(fact.conversation.id) && again())
  live.on('gone', (fact) => fact.conversation_ids.some(mine) && again())
  live.on('message', (fact) => mine(fact.conversation.id) && fact.message.direction !== 'note' && again())
  live.on('reach', again)
  live.on('attention', again)
  live.onRefetch(again)

  return { detail: query.data, row, error: query.error, refetch: () => query.refetch() }
}

/** rowOf is the part of a detail that lists show. */
function rowOf(detail: ConversationDetail) {
  const {
    id,
    contact,
    inbox,
    state,
    holder,
    assignee,
    queue,
    ticket,
    window,
    waiting_since,
    unread,
    last_message_at,
    preview,
    answer_by,
    priority,
    on_hold_since,
    snooze,
    tags,
  } = detail
  return {
    id,
    contact,
    inbox,
    state,
    holder,
    assignee,
    queue,
    ticket,
    window,
    waiting_since,
    unread,
    last_message_at,
    preview,
    answer_by,
    priority,
    on_hold_since,
    snooze,
    tags,
  }
}

/** useForgetConversation makes the next look at a conversation ask the server again. */
export function useForgetConversation(): (id: Id) => Promise<unknown> {
  const cache = useQueryCache()
  return (id) => cache.invalidateQueries({ key: ['conversation', id] })
}
