import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp, shallowRef } from 'vue'
import { leave, useSession } from '@/account'
import { onSignedOut, type Me } from '@/api'
import { firstLocale, i18n, localeOf, setLocale, wantWords } from '@/i18n'
import { startClock } from '@/i18n/clock'
import { useLive } from '@/live'
import { followSystem } from '@/ui/appearance'
import App from './App.vue'
import { adoptPreferences } from './preferences'
import { createDeskRouter } from './router'
import StartFailed from './StartFailed.vue'

/** start builds the application for the person whose session the server answered with. */
export async function start(answer: Response | null): Promise<void> {
  i18n.global.locale.value = firstLocale()
  await wantWords('ui', 'app', 'notice')
  if (!answer?.ok) {
    await setLocale(firstLocale())
    createApp(StartFailed, { status: answer?.status ?? 0 })
      .use(i18n)
      .mount('#app')
    return
  }
  const me = (await answer.json()) as Me
  localStorage.setItem('recado.known', '1')
  onSignedOut(() => leave(true))
  const app = createApp(App).use(createPinia()).use(PiniaColada).use(i18n)
  useSession().me = me
  adoptPreferences(me)
  await setLocale(localeOf(me.user.locale) ?? firstLocale())
  useLive().start(() => leave(true))
  followSystem()
  startClock()
  const broken = shallowRef<unknown>()
  app.provide('broken', broken)
  app.config.errorHandler = (error) => {
    console.error(error)
    broken.value = error
  }
  app.use(createDeskRouter()).mount('#app')
}
