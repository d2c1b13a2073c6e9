import type { BotSettings } from '@/api/generated/types.gen'

/** settings are those of a chatbot, with one word for every text. */
export const settings = (word = 'Hola'): BotSettings => ({
  enabled: true,
  meets: true,
  default_queue_id: '',
  flow_id: '',
  language: 'es',
  greeting: { first: word, return: word, return_hours: 24 },
  faq: { on: false, text: word, questions: [], person: word },
  queues: { on: false, text: word, options: [] },
  service: { before: word, after: word },
  links: { instagram: '', facebook: '', linkedin: '', site: '', caption: word, menu: false, after: false },
})
