import { ref } from 'vue'

const key = 'recado.alone'

/** first tells how this window was opened: `?alone` makes it the desk's own, and it stays so until it is closed or told otherwise. */
function first(): boolean {
  try {
    if (new URLSearchParams(location.search).has('alone')) sessionStorage.setItem(key, '1')
    return sessionStorage.getItem(key) === '1'
  } catch {
    return false // the browser keeps nothing: then every window has its menu
  }
}

const alone = ref(first())

/** useAlone is the desk as a page of its own (B14): the same pages without the menu, for a window beside other programs. */
export function useAlone() {
  /** openAlone gives the desk a window of its own, or brings the one there is to the front. */
  function openAlone(): void {
    window.open('/desk?alone', 'recado-desk', 'popup,width=1200,height=860')?.focus()
  }

  /** showMenu makes this window an ordinary one. */
  function showMenu(): void {
    sessionStorage.removeItem(key)
    alone.value = false
  }

  return { alone, openAlone, showMenu }
}
