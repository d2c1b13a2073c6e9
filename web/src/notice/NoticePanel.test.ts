import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { answering } from '@/testing/api'
import { violations } from '@/testing/axe'
import { noon } from '@/testing/examples'
import { show } from '@/testing/mount'
import { useNotices } from './notice.store'
import NoticePanel from './NoticePanel.vue'

const settings = {
  assigned: true,
  mentioned: true,
  answered: true,
  sound: true,
  quiet_open: true,
  push_text: false,
  quiet_since: 0,
  quiet_until: 0,
}
const line = {
  id: '1',
  conversation_id: '100',
  contact: 'Camila Ríos',
  by: '',
  text: '¿Sigue ahí?',
  times: 2,
  at: noon,
  unread: true,
}

it('lists what concerns me, opens it, and is read all at once', async () => {
  const asked = answering({
    'GET /notices': {
      items: [
        { ...line, kind: 'answered' },
        { ...line, id: '2', kind: 'assigned', by: 'Luis', times: 1 },
      ],
    },
    'GET /notices/settings': settings,
    'POST /notices/read': {},
  })
  const panel = await show(NoticePanel)
  await useNotices().load()
  await flushPromises()
  expect(panel.text()).toContain('Camila Ríos: ¿Sigue ahí?')
  expect(panel.text()).toContain('by Luis')
  await panel.findAll('.line')[0]!.trigger('click')
  expect(panel.emitted('see')).toEqual([['100', 'answered']])
  await panel
    .findAll('button')
    .find((one) => one.text() === 'Mark all read')!
    .trigger('click')
  expect(useNotices().unread).toBe(0)
  expect(asked.at(-1)).toMatchObject({ method: 'POST', path: '/notices/read' })
  expect(await violations(panel.element)).toEqual([])
})

it('keeps how I want to be told', async () => {
  const asked = answering({
    'GET /notices': { items: [] },
    'GET /notices/settings': settings,
    'PUT /notices/settings': ({ body }: { body: unknown }) => body,
  })
  const panel = await show(NoticePanel)
  await useNotices().load()
  await flushPromises()
  expect(panel.text()).toContain('Nothing concerns you yet')
  await panel.get('[aria-label="Notification settings"]').trigger('click')
  await panel.findAll('input[type=checkbox]')[0]!.setValue(false)
  await flushPromises()
  expect(asked.at(-1)).toMatchObject({ method: 'PUT', body: { assigned: false, answered: true } })
  expect(await violations(panel.element)).toEqual([])
})
