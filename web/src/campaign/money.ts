import { useI18n } from 'vue-i18n'

/** moneyIn writes an amount (a decimal with a point) in a language; small ones with all their places. */
export function moneyIn(locale: string, amount: string, currency: string): string {
  const value = Number(amount)
  const places = value !== 0 && Math.abs(value) < 1 ? { maximumFractionDigits: 6 } : {}
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code', ...places }).format(
      value,
    )
  } catch {
    return `${currency} ${amount}`
  }
}

/** countryIn names a country (two letters) in a language; what is none stays as it is. */
export function countryIn(locale: string, code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  return new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' }).of(code) ?? code
}

/** useMoney gives amounts and countries in the language of the page. */
export function useMoney() {
  const { locale } = useI18n()
  return {
    money: (amount: string, currency: string) => moneyIn(locale.value, amount, currency),
    country: (code: string) => countryIn(locale.value, code),
  }
}
