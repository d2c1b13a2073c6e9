import { computed, ref, type Ref } from 'vue'
import { asProblem } from '@/api'
import { useSettingsForm } from './useSettingsForm'

/** What several people may edit, and how it is read and kept. */
interface Shared<T, Whole> {
  /** What the page edits, as it is kept. */
  kept: Readonly<Ref<T | undefined>>
  changes: (a: T, b: T) => number
  saved: () => string
  /** Beginning of the codes that say that somebody else saved meanwhile. */
  edited: string
  /** The version that was seen when the page was loaded. */
  version: () => number
  read: () => Promise<Whole>
  /** write keeps what is on the page over the version that was seen. */
  write: (now: T, seen: number) => Promise<Whole>
  /** part gives what the page edits of what the server gave. */
  part: (whole: Whole) => T
  /** take puts what the server gave where the page reads it. */
  take: (whole: Whole) => void
}

/**
 * useSharedForm edits settings as useSettingsForm does, unless somebody else saved meanwhile: then clash says so. What others save is
 * not slipped under the edit, the version that was seen stays.
 */
export function useSharedForm<T extends object, Whole>(shared: Shared<T, Whole>) {
  const seen = ref<number>()
  const form = useSettingsForm<T>({
    kept: shared.kept,
    changes: shared.changes,
    async keep(now) {
      const whole = await shared.write(now, seen.value ?? shared.version())
      seen.value = undefined
      Object.assign(now, JSON.parse(JSON.stringify(shared.part(whole))))
      shared.take(whole)
    },
    saved: shared.saved,
  })
  const clash = computed(() => {
    const problem = form.problem.value
    return problem?.code.startsWith(shared.edited) ? problem : undefined
  })

  /** attempt does something that gives the whole anew, or says what is wrong. */
  async function attempt(doing: () => Promise<Whole>): Promise<boolean> {
    form.problem.value = undefined
    try {
      shared.take(await doing())
      return true
    } catch (error) {
      form.problem.value = asProblem(error)
      return false
    }
  }
  /** keepMine saves over what the other person saved. */
  async function keepMine(): Promise<void> {
    seen.value = Number(clash.value?.params.version)
    await form.save()
  }
  /** takeTheirs shows what the other person saved. What is on the page stays when that cannot be had. */
  async function takeTheirs(): Promise<void> {
    if (await attempt(shared.read)) form.discard()
  }
  return { ...form, clash, attempt, keepMine, takeTheirs }
}
