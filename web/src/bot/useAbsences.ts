import { useQuery } from '@pinia/colada'
import { api, type Id } from '@/api'
import type { Absence, AbsenceBody } from '@/api/generated/types.gen'
import { wallOf } from '@/i18n/wall'

/** The absences of the numbers one may set them up for. */
export const useAbsences = () =>
  useQuery({
    key: ['absences'],
    query: async () => (await api.get<{ items: Absence[] | null }>('/absences')).items ?? [],
    staleTime: 10_000,
  })

/** AbsenceForm is an absence as it is edited: times as the device writes them, and who is suggested as one choice. */
export interface AbsenceForm {
  text: string
  until: 'open' | 'between'
  begin: string
  end: string
  /** 'user:ID' or 'number:ID'; '': nobody. */
  instead: string
}

const none = (id: Id) => !id || id === '0'
const timeOf = (wall: string): number => (wall ? new Date(wall).getTime() : 0)

/** formOf gives what is edited of an absence; ready is the text offered when there is none. */
export function formOf(absence: Absence, ready: string): AbsenceForm {
  const planned = absence.until > 0
  return {
    text: absence.text || ready,
    until: planned ? 'between' : 'open',
    begin: planned ? wallOf(absence.since) : '',
    end: planned ? wallOf(absence.until) : '',
    instead: !none(absence.colleague_id)
      ? 'user:' + absence.colleague_id
      : !none(absence.other_inbox_id)
        ? 'number:' + absence.other_inbox_id
        : '',
  }
}

/** bodyOf gives what is kept of a form. since is when an absence that is on began; 0 begins it now, or when the form says. */
export function bodyOf(form: AbsenceForm, since: number, now: number): AbsenceBody {
  const between = form.until === 'between'
  const [kind, id] = form.instead.split(':')
  return {
    since: between ? timeOf(form.begin) || since || now : since || now,
    until: between ? timeOf(form.end) : 0,
    text: form.text,
    colleague_id: kind === 'user' ? id! : '0',
    other_inbox_id: kind === 'number' ? id! : '0',
  }
}
