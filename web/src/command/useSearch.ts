import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type ConversationRow, type Problem, type SearchAnswer } from '@/api'
import type { QuickReply } from '@/conversation'
import { commands, type Kind } from './command.api'
import { recentIds } from './recent'

const pause = 120
type Found = SearchAnswer & { replies: QuickReply[] }
const nothing: Found = { people: [], messages: [], tickets: [], replies: [] }

/** Prefixes say what is looked for. */
const kinds: Record<string, Kind | 'actions' | 'replies'> = {
  '>': 'actions',
  '@': 'people',
  '#': 'tickets',
  '/': 'replies',
}

/** asked reads what was typed: a prefix and the words behind it. */
export function asked(typed: string): { kind: Kind | 'actions' | 'replies'; text: string } {
  const kind = kinds[typed.trimStart().charAt(0)]
  return kind ? { kind, text: typed.trimStart().slice(1).trim() } : { kind: 'all', text: typed.trim() }
}

/**
 * useSearch asks the server while a person types: a moment after the last key, and only the last question counts. findReplies asks
 * for quick replies.
 */
export function useSearch(
  typed: Ref<string>,
  findReplies: (text: string, signal: AbortSignal) => Promise<QuickReply[]>,
) {
  const found = shallowRef<Found>(nothing)
  const searching = ref(false)
  const problem = shallowRef<Problem>()
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(text: string, kind: Kind | 'replies'): Promise<void> {
    const mine = (running = new AbortController())
    try {
      const answer =
        kind === 'replies'
          ? { replies: await findReplies(text, mine.signal) }
          : await commands.search(text, kind, mine.signal)
      if (mine === running) found.value = { ...nothing, ...answer }
    } catch (error) {
      if (mine === running && !mine.signal.aborted) {
        found.value = nothing
        problem.value = asProblem(error)
      }
    } finally {
      if (mine === running) searching.value = false
    }
  }

  watch(typed, (words) => {
    const { kind, text } = asked(words)
    clearTimeout(timer)
    running?.abort()
    problem.value = undefined
    const wanted = kind === 'replies' || (kind !== 'actions' && text !== '')
    searching.value = wanted
    if (!wanted) found.value = nothing
    else timer = setTimeout(() => void ask(text, kind), pause)
  })

  return { found, searching, problem }
}

/** useRecent gives the conversations opened last, those that still can be seen. */
export function useRecent(known: (id: string) => ConversationRow | undefined) {
  const rows = shallowRef<ConversationRow[]>([])
  void Promise.all(
    recentIds().map(async (id) => known(id) ?? (await commands.conversation(id).catch(() => undefined))),
  ).then((all) => (rows.value = all.filter((row) => row !== undefined)))
  return rows
}
