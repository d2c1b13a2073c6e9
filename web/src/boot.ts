import { firstLocale, wordFile, type Room } from './i18n/words'
import { applyAppearance } from './ui/appearance'

// What runs first, and it is small. It decides which of two applications to load: the sign-in page, or everything else.
// Someone who was signed in last time gets the desk's code on its way before the server has answered who they are.

applyAppearance()
document.documentElement.lang = firstLocale()

const signInPath = '/sign-in'
const path = location.pathname

/** ahead fetches what the first screen will need, all at once instead of one after the other. */
function ahead(): void {
  const rooms: Room[] = ['ui', 'app']
  void import('./app/main')
  if (path === '/' || path.startsWith('/desk')) {
    rooms.push('desk')
    void import('./desk/DeskPage.vue')
  }
  for (const room of rooms) void wordFile(firstLocale(), room)
}

async function start(): Promise<void> {
  if (path === signInPath || path.startsWith('/welcome/')) return (await import('./account/main')).start()
  const session = fetch('/api/v1/session', { credentials: 'same-origin', headers: { accept: 'application/json' } })
  if (localStorage.getItem('recado.known')) ahead()
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
