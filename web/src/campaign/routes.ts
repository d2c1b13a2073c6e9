import type { RouteRecordRaw } from 'vue-router'
import { isStep, steps } from './steps'

const meta = {
  area: 'campaigns' as const,
  words: [
    'campaign' as const,
    'template' as const,
    'routing' as const,
    'active' as const,
    'dryRun' as const,
    'entrance' as const,
    'people' as const,
    'prices' as const,
  ],
}

/** The pages of this room. */
export const campaignRoutes: RouteRecordRaw[] = [
  {
    path: '/campaigns',
    name: 'campaigns',
    component: () => import('./CampaignListPage.vue'),
    meta: { ...meta, title: 'campaign.title' },
  },
  {
    path: '/campaigns/new',
    name: 'campaign.new',
    component: () => import('./CampaignNewPage.vue'),
    meta: { ...meta, title: 'campaign.new' },
  },
  {
    path: '/campaigns/reports',
    name: 'campaign.reports',
    component: () => import('./CampaignReportPage.vue'),
    meta: { ...meta, title: 'campaign.report.title' },
  },
  {
    path: '/campaigns/templates',
    name: 'templates',
    component: () => import('@/template/TemplatesPage.vue'),
    meta: { ...meta, title: 'campaign.templates.title' },
  },
  {
    path: '/campaigns/templates/guide',
    name: 'template.guide',
    component: () => import('@/template/TemplateGuidePage.vue'),
    meta: { ...meta, words: ['templateGuide'], title: 'templateGuide.title' },
  },
  {
    path: '/campaigns/templates/new',
    name: 'template.new',
    component: () => import('@/template/TemplateEditPage.vue'),
    meta: { ...meta, words: [...meta.words, 'templateEdit'], title: 'templateEdit.new' },
  },
  {
    path: '/campaigns/templates/:id(\\d+)',
    name: 'template',
    component: () => import('@/template/TemplateEditPage.vue'),
    meta: { ...meta, words: [...meta.words, 'templateEdit'], title: 'campaign.templates.title' },
  },
  {
    path: '/broadcast',
    name: 'broadcast',
    component: () => import('./BroadcastPage.vue'),
    meta: { ...meta, title: 'campaign.broadcast.title' },
  },
  {
    path: '/campaigns/:id(\\d+)',
    name: 'campaign',
    component: () => import('./CampaignDetailPage.vue'),
    meta: { ...meta, title: 'campaign.title' },
  },
  {
    path: '/campaigns/:id(\\d+)/edit/:step?',
    name: 'campaign.edit',
    component: () => import('./CampaignWizardPage.vue'),
    meta: { ...meta, title: 'campaign.edit' },
    beforeEnter: (to) =>
      isStep(to.params.step) || {
        name: 'campaign.edit',
        params: { id: String(to.params.id), step: steps[0] },
        replace: true,
      },
  },
  {
    path: '/settings/template-activation',
    name: 'activation',
    component: () => import('@/template/ActivationPage.vue'),
    meta: { title: 'activation.title', area: 'settings', words: ['activation', 'template', 'campaign'] },
  },
  {
    path: '/settings/active-messages',
    name: 'sending',
    component: () => import('./SendingPage.vue'),
    meta: { title: 'sending.title', area: 'settings', words: ['sending', 'prices', 'attention'] },
  },
]
