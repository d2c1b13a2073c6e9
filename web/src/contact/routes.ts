import type { RouteRecordRaw } from 'vue-router'

const meta = {
  area: 'contacts' as const,
  words: [
    'contact' as const,
    'conversation' as const,
    'list' as const,
    'people' as const,
    'routing' as const,
    'template' as const,
    'thread' as const,
    'voice' as const,
    'window' as const,
  ],
}

/** The pages of this room. */
export const contactRoutes: RouteRecordRaw[] = [
  {
    path: '/contacts',
    name: 'contacts',
    component: () => import('./ContactsPage.vue'),
    meta: { ...meta, title: 'people.title' },
  },
  {
    path: '/contacts/import',
    name: 'contact-import',
    component: () => import('./ImportPage.vue'),
    meta: { area: 'contacts', words: ['contactImport'], title: 'contactImport.title' },
  },
  {
    path: '/contacts/:id(\\d+)',
    name: 'contact',
    component: () => import('./ContactPage.vue'),
    meta: { ...meta, title: 'people.one' },
  },
]
