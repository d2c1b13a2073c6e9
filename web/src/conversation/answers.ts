const plumbing = new Set(['flow_token', 'wa_flow_response_params'])

/** plain puts a value of an answer into text; what is nested stays readable. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (Array.isArray(value)) return value.map(plain).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

/** answersOf gives the answers of a form as pairs of question and text, without what only machines need. */
export function answersOf(answers: unknown): [string, string][] {
  if (answers === null || answers === undefined) return []
  if (typeof answers !== 'object' || Array.isArray(answers)) return [['', plain(answers)]]
  return Object.entries(answers).flatMap(([key, value]) =>
    plumbing.has(key) ? [] : [[key.replaceAll('_', ' '), plain(value)] as [string, string]],
  )
}

export interface OrderLine {
  id: string
  quantity: number
  price: number
  currency: string
}

/** orderOf reads an order as the provider sends it; lines that cannot be read are left out. */
export function orderOf(order: unknown): { catalog: string; lines: OrderLine[]; totals: [string, number][] } {
  const { catalog_id, product_items } = (order ?? {}) as { catalog_id?: unknown; product_items?: unknown }
  const lines = (Array.isArray(product_items) ? product_items : []).flatMap((item: Record<string, unknown> | null) => {
    const quantity = Number(item?.quantity)
    const price = Number(item?.item_price)
    if (!item?.product_retailer_id || !Number.isFinite(quantity)) return []
    return [
      {
        id: String(item.product_retailer_id),
        quantity,
        price: Number.isFinite(price) ? price : 0,
        currency: typeof item.currency === 'string' && /^[A-Z]{3}$/.test(item.currency) ? item.currency : '',
      },
    ]
  })
  const totals = new Map<string, number>()
  for (const { quantity, price, currency } of lines) {
    if (currency) totals.set(currency, (totals.get(currency) ?? 0) + quantity * price)
  }
  return { catalog: catalog_id ? String(catalog_id) : '', lines, totals: [...totals] }
}

/** referralOf says where a person came from: an ad, a post, or a product of a catalogue. */
export function referralOf(
  referral: unknown,
): { kind: 'ad' | 'post' | 'product'; title: string; text: string; url: string } | undefined {
  if (!referral || typeof referral !== 'object') return undefined
  const given = referral as Record<string, unknown>
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '')
  const product = given.referred_product as { product_retailer_id?: unknown } | undefined
  if (product) return { kind: 'product', title: String(product.product_retailer_id ?? ''), text: '', url: '' }
  const url = /^https:\/\//.test(text('source_url')) ? text('source_url') : ''
  return { kind: text('source_type') === 'post' ? 'post' : 'ad', title: text('headline'), text: text('body'), url }
}
