import { vi } from 'vitest'

interface Asked {
  method: string
  path: string
  body: unknown
}

type Answer = unknown | ((asked: Asked, query: URLSearchParams) => unknown)

/** Refusal is an answer that says no, as a problem document. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly document: Record<string, unknown>,
  ) {}
}

/** Silence is no answer: the network is gone. */
export const silence = Symbol('silence')

/**
 * answering puts a small server in the place of the network: answers by "METHOD /path" without the query, which a
 * function is given beside it. It gives the list of what was asked.
 */
export function answering(answers: Record<string, Answer>): Asked[] {
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const path = url.replace('/api/v1', '').replace(/\?.*/, '')
    const one = { method: init.method ?? 'GET', path, body: init.body ? JSON.parse(String(init.body)) : undefined }
    asked.push(one)
    const found = answers[`${one.method} ${path}`]
    const query = new URL(url, 'http://desk').searchParams
    const answer =
      typeof found === 'function'
        ? await (found as (asked: Asked, query: URLSearchParams) => unknown)(one, query)
        : found
    if (answer === silence) throw new TypeError('no network')
    if (answer instanceof Refusal) return Response.json(answer.document, { status: answer.status })
    if (answer === undefined)
      return Response.json({ code: 'not_found', detail: `no ${one.method} ${path}` }, { status: 404 })
    return Response.json(answer, { status: 200 })
  })
  return asked
}
