import { createApp } from 'vue'
import { firstLocale, i18n, setLocale, wantWords } from '@/i18n'
import { followSystem } from '@/ui/appearance'
import SignInPage from './SignInPage.vue'
import WelcomePage from './WelcomePage.vue'

/** start shows the pages for those who are not signed in. They need neither router nor stores, so they load neither. */
export async function start(): Promise<void> {
  followSystem()
  i18n.global.locale.value = firstLocale()
  await wantWords('ui', 'account')
  await setLocale(firstLocale())
  const welcome = /^\/welcome\/(.+)$/.exec(location.pathname)
  const app = welcome
    ? createApp(WelcomePage, { token: decodeURIComponent(welcome[1]!) })
    : createApp(SignInPage, { next: new URLSearchParams(location.search).get('next') ?? '/' })
  app.use(i18n).mount('#app')
}
