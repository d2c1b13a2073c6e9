/** The provider's numbers of the demo workspace. */
export const numbers = { Ventas: '2090010010010011', Soporte: '2090010010010012', Cobranzas: '2090010010010013' }

/** Person is somebody with a phone, played through the simulator. */
export interface Person {
  name: string
  /** Digits with country code. */
  number: string
  /** What the simulator calls the person. */
  id: string
}

/** Simulator steers the pretend provider: who exists, what they say, what goes wrong. */
export class Simulator {
  constructor(readonly url: string) {}

  /** person makes somebody with a phone. Nothing is read or answered unless the scenario does it. */
  async person(name: string, number: string): Promise<Person> {
    const { id } = (await this.post('customers', { name, number })) as { id: string }
    return { name, number, id }
  }

  /** says lets the person write to one of the workspace's numbers. */
  async says(who: Person, number: keyof typeof numbers, text: string): Promise<void> {
    await this.post(`customers/${who.id}/messages`, { number: numbers[number], type: 'text', text })
  }

  /** shows lets the person send a sample of a kind of file. */
  async shows(who: Person, number: keyof typeof numbers, type: 'image' | 'audio' | 'document'): Promise<void> {
    await this.post(`customers/${who.id}/messages`, { number: numbers[number], type })
  }

  /** sends lets the person send any kind the provider knows (control API: Said) and gives the provider's id of it. */
  async sends(who: Person, number: keyof typeof numbers, said: Record<string, unknown>): Promise<string> {
    const { id } = (await this.post(`customers/${who.id}/messages`, { number: numbers[number], ...said })) as { id: string }
    return id
  }

  /** thread is what the person has on the phone. */
  async thread(who: Person, number: keyof typeof numbers): Promise<{ id: string; from: string; type: string; reactions?: Record<string, string> }[]> {
    const answer = await fetch(`${this.url}/control/customers/${who.id}?number=${numbers[number]}`)
    return ((await answer.json()) as { messages: [] }).messages
  }

  /** fault lets the next sends of a number go wrong. */
  async fault(fault: { kind: string; number: keyof typeof numbers; code?: number; count?: number }): Promise<void> {
    await this.post('faults', { ...fault, number: numbers[fault.number] })
  }

  /** quiet lets only people at a handset read. */
  async quiet(): Promise<void> {
    await this.post('switches', { read_share: -1 })
  }

  /** advance moves the provider's clock forward, in seconds. */
  async advance(seconds: number): Promise<void> {
    await this.post('clock', { advance: seconds })
  }

  private async post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.url}/control/${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`simulator: ${path} answered ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
}
