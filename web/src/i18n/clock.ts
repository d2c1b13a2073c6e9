import { ref } from 'vue'

/** now moves once a second while the page is visible. One timer for all that counts down. */
export const now = ref(Date.now())

/** minuteNow moves once a minute, for texts that screen readers would otherwise repeat every second. */
export const minuteNow = ref(Date.now())

const second = 1000

function tick(): void {
  if (document.hidden) return
  now.value = Date.now()
  if (now.value - minuteNow.value >= 60 * second) minuteNow.value = now.value
}

/** startClock sets the timer going; the answer stops it. */
export function startClock(): () => void {
  const timer = setInterval(tick, second)
  document.addEventListener('visibilitychange', tick)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tick)
  }
}
