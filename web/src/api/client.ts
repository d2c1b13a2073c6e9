import { asProblem, Problem, problemOf } from './problem'

export const base = '/api/v1'

type Query = Record<string, string | number | boolean | undefined | null>

interface Options {
  query?: Query
  signal?: AbortSignal
  headers?: Record<string, string>
}

let whenSignedOut: () => void = () => {}

/** onSignedOut sets what happens when the server no longer knows this session. */
export function onSignedOut(react: () => void): void {
  whenSignedOut = react
}

/** address builds the path of a request below /api/v1, leaving out empty query values. */
export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
  return base + path + (search ? '?' + search : '')
}

/** request calls the API. It throws a Problem for every answer that is not a yes, and for no answer. */
export async function request<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { ...options.headers, accept: 'application/json' }
  const init: RequestInit = { method, credentials: 'same-origin', headers }
  if (options.signal) init.signal = options.signal
  if (body instanceof FormData) init.body = body
  else if (body !== undefined) {
    init.body = JSON.stringify(body)
    headers['content-type'] = 'application/json'
  }
  const answer = await reach(address(path, options.query), init)
  if (answer.status === 401 && path !== '/session') whenSignedOut()
  if (!answer.ok) throw await problemOf(answer)
  if (answer.status === 204 || answer.headers.get('content-length') === '0') return undefined as T
  return (await answer.json().catch(() => undefined)) as T
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem(0, 'network', '')
  }
}

/** upload sends one file and tells how much of it has gone, from 0 to 1. XMLHttpRequest, because fetch cannot tell. */
export function upload<T>(
  path: string,
  file: File,
  progress: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file, file.name)
    call.open(/\/file($|\?)/.test(path) ? 'PUT' : 'POST', base + path)
    call.setRequestHeader('accept', 'application/json')
    call.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    call.onerror = () => reject(new Problem(0, 'network', ''))
    call.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    call.onload = () => {
      if (call.status === 401) whenSignedOut()
      if (call.status < 300) resolve(JSON.parse(call.responseText) as T)
      else void problemOf(new Response(call.responseText, { status: call.status })).then(reject)
    }
    signal?.addEventListener('abort', () => call.abort())
    call.send(form)
  })
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    request<T>('GET', path, undefined, { ...(query && { query }), ...(signal && { signal }) }),
  post: <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    request<T>('POST', path, body, { headers }),
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, body),
  delete: <T = void>(path: string) => request<T>('DELETE', path),
}

export { asProblem, Problem }
