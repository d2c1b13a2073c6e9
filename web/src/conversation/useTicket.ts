import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '@/account'
import { asProblem, type ConversationRow, type Id, type Millis, type Priority } from '@/api'
import type { Assignment } from '@/routing'
import { notify } from '@/ui'
import { conversations } from './conversation.api'
import { useConversations } from './conversation.store'
import { useThreads } from './thread.store'

/** useTicket does things with the open ticket of a conversation; changed is called when one was done. */
export function useTicket(row: () => ConversationRow, changed: () => void) {
  const { t } = useI18n()
  const session = useSession()
  const store = useConversations()
  const threads = useThreads()
  const busy = ref(false)

  /** run does one thing at a time and says when it fails. It tells whether it was done. */
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await work()
      changed()
      return true
    } catch (error) {
      notify(asProblem(error).message || t('ui.problem.offline'), undefined, 'danger')
      return false
    } finally {
      busy.value = false
    }
  }

  const show = (after: ConversationRow) => store.heard(after)
  const undoing = (work: () => Promise<unknown>) => ({ label: t('ui.undo'), run: () => run(work) })

  /** give hands the ticket to somebody; the notice can take it back to who had it. */
  async function give(to: Assignment, name: string): Promise<boolean> {
    const { id, assignee, queue } = row()
    const mine = to.user_id === session.user.id
    const take = mine && !to.note
    const done = await run(async () => show(await (take ? conversations.take(id) : conversations.assign(id, to))))
    if (!done) return false
    const back = assignee ? { user_id: assignee.id } : queue ? { queue_id: queue.id } : { nobody: true }
    const may = session.has('transfer') || (mine && !assignee)
    const words = mine
      ? t('conversation.assignedToYou')
      : to.nobody
        ? t('ticket.released')
        : t('ticket.assignedTo', { name })
    const undo = () => conversations.assign(id, mine && !assignee ? { nobody: true } : back).then(show)
    notify(words, may ? undoing(undo) : undefined)
    return true
  }

  const takeMe = () => give({ user_id: session.user.id }, session.user.name)
  const setTags = (tags: Id[]) => run(async () => show(await conversations.tag(row().id, tags)))
  const setPriority = (priority: Priority) => run(async () => show(await conversations.priority(row().id, priority)))
  const hold = (on: boolean) => run(async () => show(await conversations.hold(row().id, on)))
  const wake = () => run(async () => show(await conversations.snooze(row().id, {})))

  /** snooze takes it out of one's list until a time, or until the person writes. */
  async function snooze(until?: Millis): Promise<void> {
    const { id, contact } = row()
    const seen = threads.seenThrough(id)
    const asked = { ...(until ? { until } : { until_reply: true }), ...(seen && { seen_through_id: seen }) }
    const done = await run(async () => show(await conversations.snooze(id, asked)))
    const name = contact.name || contact.address_display
    if (done)
      notify(
        t('ticket.snoozedNotice', { name }),
        undoing(() => conversations.snooze(id, {}).then(show)),
      )
  }

  return { busy, run, give, takeMe, setTags, setPriority, hold, snooze, wake }
}

/** tomorrowAtNine is the next day's 09:00 where the person is. */
export function tomorrowAtNine(now: Millis): Millis {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  day.setHours(9, 0, 0, 0)
  return day.getTime()
}
