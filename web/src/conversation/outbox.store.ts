import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useOutbox = defineStore('outbox', () => {
  const waiting = ref(0)
  return { waiting }
})
