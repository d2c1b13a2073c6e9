import {
  Ban,
  CalendarClock,
  CircleAlert,
  CircleCheck,
  CirclePause,
  LoaderCircle,
  PencilLine,
  Send,
  TriangleAlert,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { Tone } from '@/ui'
import type { CampaignRow, CampaignState } from './campaign.types'

/** The states in the order of a campaign's life. */
export const states: readonly CampaignState[] = [
  'draft',
  'checking',
  'ready',
  'scheduled',
  'sending',
  'paused',
  'done',
  'cancelled',
  'failed',
]

const looks: Record<CampaignState, { tone: Tone; icon: Component }> = {
  draft: { tone: 'neutral', icon: PencilLine },
  checking: { tone: 'info', icon: LoaderCircle },
  ready: { tone: 'primary', icon: CircleCheck },
  scheduled: { tone: 'info', icon: CalendarClock },
  sending: { tone: 'primary', icon: Send },
  paused: { tone: 'warn', icon: CirclePause },
  done: { tone: 'ok', icon: CircleCheck },
  cancelled: { tone: 'neutral', icon: Ban },
  failed: { tone: 'danger', icon: TriangleAlert },
}

/** lookOf gives a state its colour and sign; one this desk does not know yet still shows. */
export function lookOf(state: string): { tone: Tone; icon: Component } {
  return looks[state as CampaignState] ?? { tone: 'neutral', icon: CircleAlert }
}

export const isState = (text: unknown): text is CampaignState => states.includes(text as CampaignState)

// The moves a person may ask for (internal/campaign/state.go).
export const canEdit = (state: CampaignState) => ['draft', 'checking', 'ready', 'scheduled', 'failed'].includes(state)
export const canPause = (state: CampaignState) => state === 'sending'
export const canResume = (state: CampaignState) => state === 'paused'
export const canCancel = (state: CampaignState) => ['scheduled', 'sending', 'paused'].includes(state)
export const canDelete = (campaign: Pick<CampaignRow, 'state' | 'started_at'>) =>
  ['draft', 'checking', 'ready', 'failed'].includes(campaign.state) && !campaign.started_at

/** hasStarted tells whether there are recipients to count. */
export const hasStarted = (state: CampaignState) => ['sending', 'paused', 'done', 'cancelled'].includes(state)
