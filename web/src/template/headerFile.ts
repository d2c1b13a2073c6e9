import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem, base, upload, type FileRef } from '@/api'
import { useFormat } from '@/i18n/format'
import { useChannels } from '@/inbox'
import { judge } from '@/media'
import type { Field } from './fill'

type HeaderKind = NonNullable<Field['media']>

/** What a person may choose for each kind of header (whatsapp-cloud-api, media); the server looks at the bytes. */
export const accepts: Record<HeaderKind, string> = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4,video/3gpp',
  document: '.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt',
}

/** Names of files chosen on this page: a document nobody has sent yet cannot be asked for its name. */
const chosen = new Map<string, string>()

/** fileOf gives the id of a file of ours that a header's value names; empty for an address. */
export const fileOf = (value: string | undefined): string => /^file:(\d+)$/.exec(value?.trim() ?? '')?.[1] ?? ''

/** pictureOf gives the address of the small picture of a file of ours. */
export const pictureOf = (id: string): string => `${base}/files/${id}?size=thumb`

async function nameOf(id: string): Promise<string> {
  const answer = await fetch(`${base}/files/${id}`, { method: 'HEAD', credentials: 'same-origin' })
  const given = answer.headers.get('content-disposition') ?? ''
  const coded = /filename\*=utf-8''([^;]+)/i.exec(given)?.[1]
  return answer.ok ? (coded ? decodeURIComponent(coded) : (/filename="?([^";]+)/.exec(given)?.[1] ?? '')) : ''
}

/** useHeaderFile uploads the file of a template's header, after a look at its type and size, and knows the name of the one that is there. */
export function useHeaderFile(value: Ref<string>, kind: () => HeaderKind) {
  const { t } = useI18n()
  const format = useFormat()
  const channels = useChannels()
  const id = computed(() => fileOf(value.value))
  const name = ref('')
  const going = ref('')
  const part = ref(0)
  const refused = ref('')
  let call: AbortController | undefined

  watch(
    id,
    async (now) => {
      name.value = chosen.get(now) ?? ''
      if (!now || name.value) return
      const found = await nameOf(now).catch(() => '')
      if (id.value === now) name.value = found
    },
    { immediate: true },
  )

  /** refusal says in words why a file cannot be this header; empty when it can, as far as a browser sees. */
  function refusal(file: File): string {
    const can = channels.of('whatsapp')
    const verdict = judge(file, can)
    if (verdict.refusal === 'empty') return t('template.file.empty', { name: file.name })
    const document = kind() === 'document'
    if (verdict.refusal === 'kind' || (!document && verdict.kind !== kind()))
      return t('template.file.wrong.' + kind(), { name: file.name })
    if (verdict.refusal !== 'too_large' || (document && verdict.asDocument)) return ''
    const limit = document ? (can?.documents?.bytes ?? verdict.limit) : verdict.limit
    return t('template.file.large', { name: file.name, size: format.bytes(file.size), limit: format.bytes(limit) })
  }

  async function take(file: File): Promise<void> {
    call?.abort()
    const mine = (call = new AbortController())
    refused.value = refusal(file)
    if (refused.value) return
    going.value = file.name
    part.value = 0
    try {
      const path = kind() === 'document' ? '/files?as=document' : '/files'
      const stored = await upload<FileRef>(path, file, (share) => (part.value = share), mine.signal)
      chosen.set(stored.id, file.name)
      value.value = 'file:' + stored.id
    } catch (error) {
      if (!mine.signal.aborted) refused.value = asProblem(error).message || t('ui.problem.offline')
    } finally {
      if (call === mine) going.value = ''
    }
  }

  function stop(): void {
    call?.abort()
    going.value = ''
  }
  onScopeDispose(stop)
  return { id, name, going, part, refused, take, stop }
}
