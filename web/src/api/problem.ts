/** Problem is an answer that says no (RFC 9457), or no answer at all (code "network"). Its message is for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field = '',
    readonly params: Record<string, unknown> = {},
    readonly requestId = '',
  ) {
    super(message)
    this.name = 'Problem'
  }

  /** offline tells that the server was not reached, so that nothing is known about what it did. */
  get offline(): boolean {
    return this.code === 'network'
  }

  /** passing tells that the same request may well succeed later. */
  get passing(): boolean {
    return this.offline || this.status === 429 || this.status >= 500
  }
}

interface Document {
  title?: string
  detail?: string
  code?: string
  field?: string
  params?: Record<string, unknown>
  request_id?: string
  errors?: { message?: string; location?: string }[]
}

/** problemOf reads a refused answer; one that is not a problem document keeps its status. */
export async function problemOf(answer: Response): Promise<Problem> {
  let document: Document = {}
  try {
    document = (await answer.json()) as Document
  } catch {
    // A proxy's page in between: the status is all there is to know.
  }
  const first = document.errors?.[0]
  const words = document.detail ?? first?.message ?? document.title ?? ''
  const field = document.field ?? first?.location?.replace(/^body\./, '') ?? ''
  const id = document.request_id ?? answer.headers.get('x-request-id') ?? ''
  return new Problem(answer.status, document.code ?? 'status.' + answer.status, words, field, document.params ?? {}, id)
}

/** asProblem makes a Problem of whatever was thrown, so that screens have one shape of error to show. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem(0, 'internal', error instanceof Error ? error.message : String(error))
}
