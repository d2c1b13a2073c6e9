import { onScopeDispose } from 'vue'

/** atMost runs a task at once, and what is asked within the pause after it once at its end. */
export function atMost(pause: number, task: () => unknown): () => void {
  let last = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer), true)
  function run(): void {
    timer = undefined
    last = Date.now()
    task()
  }
  return () => {
    if (timer !== undefined) return
    const rest = last + pause - Date.now()
    if (rest <= 0) run()
    else timer = setTimeout(run, rest)
  }
}
