import type { Id } from '@/api'

/** Assignment is who gets a ticket: an agent, a queue, the bot, or nobody. */
export interface Assignment {
  user_id?: Id
  queue_id?: Id
  bot?: boolean
  nobody?: boolean
  note?: string
}
