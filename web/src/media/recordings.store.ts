import { defineStore } from 'pinia'
import type { Id } from '@/api'
import { makeRecorder, type Recorder } from './recorder'

/** Recordings by conversation: one that was begun waits where it was begun and shows nowhere else. They live as long as the page. */
export const useRecordings = defineStore('recordings', () => {
  const recorders = new Map<Id, Recorder>()

  function of(conversation: Id): Recorder {
    const known = recorders.get(conversation) ?? makeRecorder()
    recorders.set(conversation, known)
    return known
  }

  const unsent = () => [...recorders.values()].some(({ now }) => ['recording', 'paused', 'ready'].includes(now.state))
  // Leaving the page would lose it without a word.
  addEventListener('beforeunload', (event) => {
    if (unsent()) event.preventDefault()
  })

  return { of }
})
