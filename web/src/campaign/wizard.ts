import { computed, inject, onScopeDispose, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { campaigns } from './campaign.api'
import { nameOf } from './audience'
import type { Campaign, Change, RowChange, SheetRow } from './campaign.types'
import { changesOf, formOf, rebase, same, type Form } from './form'
import { blockerOf, checkWanted, firstOpen } from './guards'
import { steps, type Step } from './steps'
import { useAllTemplates } from './lookups'

const rest = 700
const poll = 400
const recheck = 1200

/** Clash is a draft two people changed: what is written here on top of theirs, theirs, and which of the two is shown. */
export interface Clash {
  words: string
  mine: Form
  theirs: Campaign
  shown: 'mine' | 'theirs'
}

/** stale tells that a change was refused since somebody else's came between. */
export const stale = (problem: Problem): boolean => problem.code.startsWith('campaign.edited')

/** written is what people write of a campaign, as it was seen. */
const written = ({ version, name, audience, message, route, pace, schedule, scheduled_at }: Campaign) => ({
  version,
  name,
  audience,
  message,
  route,
  pace,
  schedule,
  scheduled_at,
})

/** makeWizard holds a draft while it is being written: the server's copy, the form beside it, and what joins the two. */
function makeWizard(id: Id) {
  const campaign = shallowRef<Campaign>()
  const form = ref<Form>()
  /** Why the draft could not be loaded. */
  const problem = shallowRef<Problem>()
  /** Why the last change could not be kept or checked; gone with the next success. */
  const failure = shallowRef<Problem>()
  /** Somebody else's edit that came between, with what was written here. */
  const clash = shallowRef<Clash>()
  const saving = ref(0)
  const savedAt = ref(0)
  /** The server said that the agent of the route cannot be used. */
  const refused = ref(false)
  const templates = useAllTemplates()
  const template = computed(() => templates.data.value?.find((one) => one.id === form.value?.message.template_id))
  const running = computed(() => campaign.value?.state === 'checking')

  async function load(): Promise<void> {
    problem.value = undefined
    try {
      campaign.value = await campaigns.get(id)
      form.value = formOf(campaign.value)
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  /** refresh looks at the server's copy again; what the person is writing stays. */
  async function refresh(): Promise<void> {
    const fresh = await campaigns.get(id).catch(() => undefined)
    if (!fresh || saving.value) return
    // Another version is somebody else's: the next save is refused and says so, with what was written here kept.
    campaign.value = fresh.version === campaign.value?.version ? fresh : { ...fresh, ...written(campaign.value!) }
  }

  let turn: Promise<unknown> = Promise.resolve()
  /** inTurn keeps changes in the order they were made. */
  function inTurn(task: () => Promise<unknown>): Promise<boolean> {
    const run = turn.then(async () => {
      saving.value++
      try {
        await task()
        failure.value = undefined
        return true
      } catch (error) {
        failure.value = asProblem(error)
        return false
      } finally {
        saving.value--
      }
    })
    turn = run
    return run
  }

  /** tell says a change to the server; somebody else's edit that came between is kept beside it. */
  async function tell(change: Change): Promise<Campaign> {
    try {
      return await campaigns.change(id, { version: campaign.value!.version, ...change })
    } catch (error) {
      await noteClash(asProblem(error))
      throw error
    }
  }

  async function keep(): Promise<void> {
    const change = changesOf(form.value!, campaign.value!)
    if (!Object.keys(change).length) return
    campaign.value = await tell(change)
    clash.value = undefined
    savedAt.value = Date.now()
  }

  /** noteClash keeps both versions when somebody else's edit came between. */
  async function noteClash(problem: Problem): Promise<void> {
    if (!stale(problem)) return
    const theirs = await campaigns.get(id)
    clash.value = { words: problem.message, mine: rebase(form.value!, campaign.value!, theirs), theirs, shown: 'mine' }
    campaign.value = theirs
    form.value = clash.value.mine
  }

  /** show puts one of two versions on the screen; the other one is kept. */
  function show(which: Clash['shown']): void {
    const now = clash.value
    if (!now || now.shown === which) return
    const mine = now.shown === 'mine' ? form.value! : now.mine
    form.value = which === 'mine' ? mine : formOf(now.theirs)
    clash.value = { ...now, mine, shown: which }
  }

  /** settle goes on with the version on the screen. */
  async function settle(): Promise<void> {
    clash.value = undefined
    failure.value = undefined
    await save()
  }

  const save = () => (clash.value ? Promise.resolve(false) : inTurn(keep))

  /** check has the sheet read and judged as the draft stands now. */
  const check = () =>
    clash.value
      ? Promise.resolve(false)
      : inTurn(async () => {
          await keep()
          campaign.value = await campaigns.check(id)
        })

  const checkIfWanted = () => (campaign.value && checkWanted(campaign.value) ? check() : Promise.resolve(true))

  /**
   * correct changes a row of the sheet, which the server judges at once; the sheet as a whole is checked when the person rests. It
   * throws the problem; what somebody else changed meanwhile is taken over, so that trying again works.
   */
  async function correct(change: RowChange): Promise<SheetRow> {
    let row: SheetRow | undefined
    let refusal: Problem | undefined
    await inTurn(async () => {
      await keep()
      try {
        const answer = await campaigns.correct(id, campaign.value!.version, change)
        campaign.value = answer.campaign
        savedAt.value = Date.now()
        row = answer.row
      } catch (error) {
        refusal = asProblem(error)
        if (stale(refusal)) await takeTheirs()
      }
    })
    if (!row) throw refusal ?? failure.value
    clearTimeout(later)
    later = setTimeout(() => void checkIfWanted(), recheck)
    return row
  }

  /** takeTheirs takes over what somebody else changed; nothing here is unsaved. */
  async function takeTheirs(): Promise<void> {
    campaign.value = await campaigns.get(id)
    form.value = formOf(campaign.value)
  }

  /** choose makes somebody else than a sheet's people the audience, and has them judged. */
  const choose = (audience: NonNullable<Change['audience']>) =>
    clash.value
      ? Promise.resolve(false)
      : inTurn(async () => {
          await keep()
          tookAudience(await tell({ audience }))
          if (checkWanted(campaign.value!)) campaign.value = await campaigns.check(id)
        })

  /** tookAudience takes over what the server made of a new audience; a name nobody wrote follows it. */
  function tookAudience(answer: Campaign): void {
    const before = nameOf(campaign.value!.audience)
    const found = formOf(answer)
    const name = form.value!.name.trim()
    form.value = { ...form.value!, columns: found.columns, sender: found.sender, message: found.message }
    if (!name || name === before) form.value.name = nameOf(answer.audience)
    campaign.value = answer
    savedAt.value = Date.now()
  }

  let later: ReturnType<typeof setTimeout> | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  /** saveSoon keeps the draft when the person rests, and then does what follows from it. */
  function saveSoon(then: () => unknown = () => {}): void {
    clearTimeout(soon)
    soon = setTimeout(() => void save().then((ok) => ok && then()), rest)
  }

  const given = computed(() =>
    campaign.value && form.value
      ? {
          campaign: campaign.value,
          form: form.value,
          template: template.value,
          refused: refused.value,
          now: Date.now(),
        }
      : undefined,
  )
  const blocker = (step: Step) => (given.value ? blockerOf(step, given.value) : '')
  const open = computed(() => (given.value ? steps.indexOf(firstOpen(given.value)) : 0))
  const dirty = computed(() => Boolean(given.value && !same(changesOf(given.value.form, given.value.campaign), {})))

  let timer: ReturnType<typeof setInterval> | undefined
  watch(running, (now) => {
    clearInterval(timer)
    if (now) timer = setInterval(() => void refresh(), poll)
  })
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(soon)
    clearTimeout(later)
  })
  const live = useLive()
  live.on('campaign', (fact) => fact.campaign_id === id && void refresh())
  live.onRefetch(() => void refresh())

  return {
    id,
    campaign,
    form,
    problem,
    failure,
    clash,
    show,
    settle,
    noteClash,
    saving,
    savedAt,
    refused,
    templates,
    template,
    running,
    dirty,
    open,
    blocker,
    load,
    refresh,
    save,
    saveSoon,
    check,
    checkIfWanted,
    correct,
    choose,
    tookAudience,
  }
}

type Made = ReturnType<typeof makeWizard>
/** Wizard is the draft as the steps see it: loaded. */
export interface Wizard extends Omit<Made, 'campaign' | 'form'> {
  campaign: { value: Campaign }
  form: { value: Form }
}

const key: InjectionKey<Made> = Symbol('wizard')

export function provideWizard(id: Id) {
  const wizard = makeWizard(id)
  provide(key, wizard)
  return wizard
}

/** useWizard is for the steps, which are shown once the draft is there. */
export function useWizard(): Wizard {
  return inject(key) as unknown as Wizard
}
