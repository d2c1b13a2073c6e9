import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { now } from './clock'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** sameDay tells whether two moments fall on one calendar day here. */
export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/** useFormat gives numbers, dates and durations in the language of the page; the clock has 24 hours. */
export function useFormat() {
  const { locale, t } = useI18n()
  const make = (options: Intl.DateTimeFormatOptions) =>
    computed(() => new Intl.DateTimeFormat(locale.value, { ...options, hour12: false }))
  const clock = make({ hour: '2-digit', minute: '2-digit' })
  const dayMonth = make({ day: 'numeric', month: 'short' })
  const fullDay = make({ weekday: 'long', day: 'numeric', month: 'long' })
  const stamp = make({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  const exact = make({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const dated = make({ day: 'numeric', month: 'short', year: 'numeric' })
  const relative = computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }))
  const plain = computed(() => new Intl.NumberFormat(locale.value, { useGrouping: 'min2' } as Intl.NumberFormatOptions))
  const percent = computed(() => new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 1 }))

  const number = (value: number) => plain.value.format(value)
  const time = (at: number) => clock.value.format(at)

  /** ago is short, for rows: now, 4 min, 1 h, yesterday, 3 Nov. */
  function ago(at: number, from = now.value): string {
    const age = Math.max(0, from - at)
    if (age < minute) return t('ui.time.now')
    if (age < hour) return t('ui.time.minutes', { n: Math.floor(age / minute) })
    if (sameDay(at, from)) return t('ui.time.hours', { n: Math.floor(age / hour) })
    if (sameDay(at, from - day)) return relative.value.format(-1, 'day')
    return dayMonth.value.format(at)
  }

  /** dayName is for dividers: today, yesterday, Tuesday 3 November. */
  function dayName(at: number, from = now.value): string {
    const words = sameDay(at, from)
      ? relative.value.format(0, 'day')
      : sameDay(at, from - day)
        ? relative.value.format(-1, 'day')
        : fullDay.value.format(at)
    return words.charAt(0).toLocaleUpperCase(locale.value) + words.slice(1)
  }

  /** span is a length of time in two units at most: 4 min, 3 h 12 min, 2 d. */
  function span(length: number): string {
    if (length < hour) return t('ui.time.minutes', { n: Math.max(0, Math.floor(length / minute)) })
    const hours = Math.floor(length / hour)
    const minutes = Math.floor((length % hour) / minute)
    if (hours >= 48) return t('ui.time.days', { n: Math.floor(hours / 24) })
    return minutes === 0 ? t('ui.time.hours', { n: hours }) : t('ui.time.hoursMinutes', { h: hours, m: minutes })
  }

  /** bytes is a file size people read: 512 KB, 4.2 MB. */
  function bytes(size: number): string {
    const units = ['B', 'KB', 'MB', 'GB']
    let step = 0
    while (size >= 1024 && step < units.length - 1) {
      size /= 1024
      step++
    }
    const digits = new Intl.NumberFormat(locale.value, { maximumFractionDigits: step > 1 && size < 10 ? 1 : 0 })
    return digits.format(size) + '\u00a0' + units[step]
  }

  return {
    number,
    time,
    ago,
    dayName,
    span,
    bytes,
    percent: (share: number) => percent.value.format(share),
    stamp: (at: number) => stamp.value.format(at),
    exact: (at: number) => exact.value.format(at),
    date: (at: number) => dated.value.format(at),
  }
}

/** countdown is minutes and seconds: 5:40, −2:10. */
export function countdown(length: number): string {
  const seconds = Math.floor(Math.abs(length) / 1000)
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return length < 0 ? '−' + text : text
}
