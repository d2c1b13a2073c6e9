import { ref } from 'vue'

/** now is the server's time and moves once a second while the page is visible. One timer for all that counts down. */
export const now = ref(Date.now())

/** minuteNow moves once a minute, for texts that screen readers would otherwise repeat every second. */
export const minuteNow = ref(Date.now())

const second = 1000
/** A difference below this is the way of the message, not a wrong clock. */
const tolerance = 2 * second
let offset = 0

/** serverNow is the time as the server knows it: the clock of this device may be an hour off. */
export const serverNow = (): number => Date.now() + offset

/** setServerTime corrects our clock by what the server just told. */
export function setServerTime(at: number): void {
  const difference = at - Date.now()
  offset = Math.abs(difference) < tolerance ? 0 : difference
  tick()
}

function tick(): void {
  if (document.hidden) return
  now.value = serverNow()
  if (Math.abs(now.value - minuteNow.value) >= 60 * second) minuteNow.value = now.value
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
