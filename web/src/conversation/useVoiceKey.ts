import { usePlayer } from '@/media'
import { useKeys } from '@/ui'
import type { Thread } from './thread.store'

/** useVoiceKey plays the next voice note of the customer that was not heard yet, on “.”. */
export function useVoiceKey(thread: Thread): void {
  const player = usePlayer()

  function next(): boolean {
    const notes = thread.messages.filter(
      (message) => message.direction === 'in' && message.content?.media?.voice && message.file?.state === 'ready',
    )
    const after = notes.findIndex((message) => message.file!.id === player.now.id) + 1
    const found = [...notes.slice(after), ...notes.slice(0, after)].find((one) => !player.heard.has(one.file!.id))
    if (!found) return false
    player.play(found.file!.id, found.file!.url)
    return true
  }
  useKeys({ '.': next })
}
