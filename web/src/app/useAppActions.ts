import { Circle, CircleDashed, CirclePause, LogOut, Moon, Plus, Sun } from '@lucide/vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { useSession } from '@/account'
import { asProblem, type AvailabilityState } from '@/api'
import { notify, useActions, type Action } from '@/ui'
import { usePreferences } from './preferences'

const icons = { online: Circle, away: CirclePause, invisible: CircleDashed }

/** useAppActions offers what can be done on every page. */
export function useAppActions(): void {
  const { t } = useI18n()
  const session = useSession()
  const router = useRouter()
  const { appearance } = usePreferences()

  const state = (wanted: AvailabilityState): Action => ({
    id: 'app.' + wanted,
    label: t('command.act.' + wanted),
    icon: icons[wanted as keyof typeof icons],
    likely: true,
    run: () =>
      session
        .setAvailability(wanted)
        .catch((error: unknown) => notify(asProblem(error).message || t('app.notKept'), undefined, 'danger')),
  })

  useActions(() => {
    const now = session.me?.availability.state
    const states: AvailabilityState[] = ['online', 'away', 'invisible']
    const dark = document.documentElement.dataset.theme === 'dark' || appearance.theme === 'dark'
    return [
      ...(session.can('campaigns', 'edit')
        ? [
            {
              id: 'campaign.new',
              label: t('command.act.newCampaign'),
              icon: Plus,
              run: () => router.push('/campaigns/new'),
            },
          ]
        : []),
      ...states.filter((one) => one !== now).map(state),
      dark
        ? { id: 'app.light', label: t('command.act.light'), icon: Sun, run: () => (appearance.theme = 'light') }
        : { id: 'app.dark', label: t('command.act.dark'), icon: Moon, run: () => (appearance.theme = 'dark') },
      { id: 'app.signOut', label: t('app.user.signOut'), icon: LogOut, run: () => session.signOut() },
    ]
  })
}
