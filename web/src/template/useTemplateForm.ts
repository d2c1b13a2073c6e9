import { computed, ref, watch, type Ref } from 'vue'
import { api, asProblem, type Problem, type Template } from '@/api'
import { draftOf, type TemplateForm } from './form'

interface FieldProblem {
  field: string
  code: string
  detail: string
}

/** Codes that only say that something is not written yet: nobody hears them before handing over. */
const early = ['empty', 'example', 'sample', 'language', 'category'].map((one) => 'template_draft.' + one)

/** useTemplateForm checks a template while it is written, keeps it on this device, and hands it over. */
export function useTemplateForm(form: Ref<TemplateForm>, key: () => string, writable: () => boolean) {
  const problems = ref<FieldProblem[]>([])
  const tried = ref(false)
  const busy = ref(false)
  const refused = ref<Problem>()
  let asked = 0
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function check(): Promise<void> {
    const mine = ++asked
    try {
      const { items } = await api.post<{ items: FieldProblem[] | null }>('/templates/check', draftOf(form.value))
      if (mine === asked) problems.value = items ?? []
    } catch {
      // Without an answer nothing new is known; handing over asks again.
    }
  }

  watch(
    form,
    () => {
      if (!writable()) return
      refused.value = undefined
      keep()
      clearTimeout(waiting)
      waiting = setTimeout(() => void check(), 300)
    },
    { deep: true },
  )

  function keep(): void {
    try {
      localStorage.setItem(key(), JSON.stringify(form.value))
    } catch {
      // The browser's store is full or closed: it is only not kept.
    }
  }

  /** kept gives what was written on this device and not handed over. */
  function kept(): TemplateForm | undefined {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(key()) ?? 'null')
      return found && typeof found === 'object' && 'buttons' in found ? (found as TemplateForm) : undefined
    } catch {
      return undefined
    }
  }

  function forget(): void {
    clearTimeout(waiting)
    try {
      localStorage.removeItem(key())
    } catch {
      // Nothing was kept.
    }
  }

  const shown = computed(() => problems.value.filter((one) => tried.value || !early.includes(one.code)))

  /** errorOf gives the words of what is wrong with a field; a refusal of the provider comes first. */
  const errorOf = (field: string): string =>
    (refused.value?.field === field ? refused.value.message : shown.value.find((one) => one.field === field)?.detail) ??
    ''

  /** submit hands the template over; undefined when it was not taken. */
  async function submit(id: string): Promise<Template | undefined> {
    if (busy.value) return undefined
    tried.value = true
    busy.value = true
    refused.value = undefined
    try {
      clearTimeout(waiting)
      await check()
      if (problems.value.length) return undefined
      const body = { ...(form.value.inbox ? { inbox_id: form.value.inbox } : {}), draft: draftOf(form.value) }
      const made = id ? await api.put<Template>('/templates/' + id, body) : await api.post<Template>('/templates', body)
      forget()
      return made
    } catch (error) {
      refused.value = asProblem(error)
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { tried, busy, refused, shown, errorOf, submit, kept, forget }
}
