import { PiniaColada } from '@pinia/colada'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import type { Component } from 'vue'
import { useSession } from '@/account'
import { i18n, setLocale, wantWords } from '@/i18n'
import { me } from './examples'

/** begin gives a test its own stores, with Ana signed in, and the English words. */
export async function begin() {
  const pinia = createPinia()
  setActivePinia(pinia)
  useSession().me = me()
  await wantWords(
    'ui',
    'app',
    'account',
    'desk',
    'list',
    'conversation',
    'contact',
    'template',
    'routing',
    'quickReply',
    'thread',
    'ticket',
    'window',
    'voice',
    'notice',
    'schedule',
    'emoji',
  )
  await setLocale('en')
  return pinia
}

/** show mounts a component the way the application does, into the page. */
export async function show(component: Component, props: Record<string, unknown> = {}) {
  const pinia = await begin()
  return mount(component, { props, attachTo: document.body, global: { plugins: [pinia, PiniaColada, i18n] } })
}
