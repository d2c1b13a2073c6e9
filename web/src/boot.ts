import { applyAppearance } from './ui/appearance'
import { firstLocale, i18n } from './i18n'

// What runs first, and it is small. It decides which of two applications to load: the sign-in page, or everything else.
// Someone who was signed in last time gets the desk's code on its way before the server has answered who they are.

applyAppearance()
i18n.global.locale.value = firstLocale()
document.documentElement.lang = i18n.global.locale.value

const signInPath = '/sign-in'
const path = location.pathname

async function start(): Promise<void> {
  if (path === signInPath || path.startsWith('/welcome/')) return (await import('./account/main')).start()
  const session = fetch('/api/v1/session', { credentials: 'same-origin', headers: { accept: 'application/json' } })
  if (localStorage.getItem('recado.known')) void import('./app/main')
  const answer = await session.catch(() => null)
  if (answer?.status === 401) {
    localStorage.removeItem('recado.known')
    const next = path === '/' ? '' : '?next=' + encodeURIComponent(path + location.search)
    history.replaceState(null, '', signInPath + next)
    return (await import('./account/main')).start()
  }
  return (await import('./app/main')).start(answer)
}

void start()
