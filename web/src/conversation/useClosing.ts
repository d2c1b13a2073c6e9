import { computed, ref, watch } from 'vue'
import type { Id } from '@/api'
import { useAttentionAt } from '@/routing'
import { focusMissing, missing, type ClosingForm, type Missing } from './closing'

/** useClosing is what is filled in when tickets are closed, by the rules of their numbers. */
export function useClosing(numbers: () => Id[], tags: Id[] = []) {
  const query = useAttentionAt(numbers)
  const rules = computed(() => query.data.value?.closing)
  const form = ref<ClosingForm>({ result: '', category: '', note: '', tags: [...tags] })
  const lacks = ref<Missing>('')
  watch(rules, (known) => (form.value.result ||= known?.results[0] ?? ''), { immediate: true })

  /** complete tells whether nothing is missing, and else puts the caret there. tagged are tags the tickets have besides. */
  function complete(tagged: Id[] = []): boolean {
    if (!rules.value) return false
    lacks.value = missing(rules.value, { ...form.value, tags: [...form.value.tags, ...tagged] })
    if (lacks.value) focusMissing(lacks.value)
    return !lacks.value
  }

  return { query, rules, form, lacks, complete }
}
