import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Id, NoticeLine, OwnNotices } from '@/api'
import { useLive } from '@/live'
import { none, noticeApi } from './notice.api'

/** What concerns the person who is signed in, and how they want to be told. */
export const useNotices = defineStore('notices', () => {
  const items = shallowRef<NoticeLine[]>([])
  const settings = ref<OwnNotices>()
  const failed = ref<unknown>()
  const unread = computed(() => items.value.filter((one) => one.unread).length)

  async function load(): Promise<void> {
    try {
      const [list, how] = await Promise.all([noticeApi.list(), settings.value ?? noticeApi.settings()])
      items.value = list
      settings.value = how
      failed.value = undefined
    } catch (failure) {
      failed.value = failure
    }
  }

  /** read says that the notices of a conversation were read, those of none, or all. The list shows it at once. */
  async function read(conversation: Id | '' = ''): Promise<void> {
    const mine = (one: NoticeLine) => one.unread && (!conversation || (one.conversation_id || none) === conversation)
    if (!items.value.some(mine)) return
    items.value = items.value.map((one) => (mine(one) ? { ...one, unread: false } : one))
    await noticeApi.read(conversation).catch(load)
  }

  async function change(wanted: OwnNotices): Promise<void> {
    const before = settings.value
    settings.value = wanted
    try {
      settings.value = await noticeApi.change(wanted)
    } catch (failure) {
      settings.value = before
      throw failure
    }
  }

  const live = useLive()
  live.on('notices_read', () => void load())
  live.on('attention', async () => {
    settings.value = await noticeApi.settings().catch(() => settings.value)
  })
  live.onRefetch(() => void load())
  return { items, settings, failed, unread, load, read, change }
})
