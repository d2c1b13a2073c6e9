import { useSession } from '@/account'
import { recentOf } from '@/ui/recent'

/** So many emojis used last are offered first. */
const most = 24

/** useHabits knows which emojis and which tone of skin this person uses on this device. */
export function useHabits() {
  const { id } = useSession().user
  const { list, note } = recentOf('emoji', id, most)
  const tones = recentOf('tone', id, 1)
  return {
    recent: list,
    noteEmoji: note,
    tone: () => Number(tones.list()[0] ?? 0) || 0,
    noteTone: (tone: number) => tones.note(String(tone)),
  }
}
