import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useSession } from '@/account'
import type { Id, Looking } from '@/api'
import { useLive } from '@/live'

/** Who else has a conversation open, and what we tell the others of ourselves. Nothing of it is kept. */
export const useLooking = defineStore('looking', () => {
  const live = useLive()
  const session = useSession()
  const people = shallowReactive(new Map<Id, Looking[]>())
  let at: Id = ''
  let writing = false

  function say(): void {
    live.send({ type: 'looking', conversation_id: document.hidden ? '' : at, writing })
  }

  /** look says that this conversation is on the screen now. */
  function look(conversation: Id): void {
    people.delete(conversation)
    at = conversation
    writing = false
    say()
  }

  /** leave says that it is not, unless another one took its place. */
  function leave(conversation: Id): void {
    if (at === conversation) look('')
    people.delete(conversation)
  }

  /** write says whether words are being written in it. */
  function write(on: boolean): void {
    if (on === writing) return
    writing = on
    say()
  }

  const others = (conversation: Id) => people.get(conversation) ?? []

  live.on('looking', (fact) => {
    if (fact.conversation_id !== at) return
    people.set(
      at,
      (fact.people ?? []).filter((person) => person.id !== session.user.id),
    )
  })
  live.onHello(say)
  live.on('reach', say)
  document.addEventListener('visibilitychange', say)

  return { look, leave, write, others }
})
