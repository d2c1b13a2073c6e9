import type { ConversationDetail, ConversationRow, Me, Message, Template } from '@/api'

/** The moment at which the examples happen. */
export const noon = new Date(2026, 10, 24, 12, 0, 0).getTime()

export function me(change: Partial<Me> = {}): Me {
  return {
    user: { id: '7', name: 'Ana Sosa', email: 'ana@aurora.example', locale: 'en', preferences: {} },
    workspace: { id: '1', name: 'Tienda Aurora', locale: 'es' },
    permissions: { areas: { desk: 'edit', contacts: 'edit', campaigns: 'none' }, abilities: ['reply', 'transfer'] },
    availability: { state: 'online', reason: '', since: noon },
    demo: true,
    version: 'test',
    ...change,
  }
}

export function row(change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: '100',
    contact: { id: '50', name: 'Camila Ríos', address_display: '+54 9 11 5550-0001', has_phone: true },
    inbox: { id: '20', label: 'Ventas', channel: 'whatsapp' },
    state: 'open',
    holder: 'agent',
    assignee: { id: '7', name: 'Ana Sosa' },
    queue: null,
    ticket: { id: '900', number: 42, status: 'assigned', opened_at: noon },
    window: {
      state: 'open',
      until: noon + 20 * 3_600_000,
      allowed: ['free', 'media', 'template'],
      reason: '',
      cost_hint: { kind: '', left: 0, until: 0 },
    },
    waiting_since: null,
    unread: 0,
    last_message_at: noon,
    preview: { text: 'Hola', direction: 'in', kind: 'text' },
    answer_by: null,
    priority: 'normal',
    on_hold_since: null,
    snooze: null,
    tags: [],
    ...change,
  }
}

export function detail(change: Partial<ConversationDetail> = {}): ConversationDetail {
  const yes = { ok: true, reason: '' }
  return {
    ...row(),
    contact: {
      ...row().contact,
      attributes: {},
      opted_out_at: null,
      blocked_at: null,
      identities: [],
      created_at: noon,
    },
    origin: null,
    route_now: null,
    recent_tickets: [],
    campaigns: [],
    others: [],
    can: { reply: yes, note: yes, assign: yes, transfer: yes, close: yes },
    ...change,
  }
}

export function message(change: Partial<Message> = {}): Message {
  return {
    id: '1000',
    conversation_id: '100',
    direction: 'in',
    kind: 'text',
    text: 'Hola',
    content: {},
    file: null,
    author: { kind: 'contact', id: '', name: '' },
    status: 'received',
    times: {},
    error: null,
    client_id: '',
    reply_to: null,
    campaign_id: '',
    answer: null,
    edited_at: null,
    revoked_at: null,
    created_at: noon,
    ...change,
  }
}

export function template(change: Partial<Template> = {}): Template {
  return {
    id: '300',
    name: 'recordatorio_pago',
    language: 'es',
    category: 'UTILITY',
    status: 'APPROVED',
    sendable: true,
    reason: '',
    quality: 'GREEN',
    account_external_id: '1',
    inbox_ids: ['20'],
    unused_inbox_ids: [],
    shape: {
      header: { format: 'TEXT', text: 'Aviso para {{1}}', variables: ['1'] },
      body: { text: 'Hola {{1}}, tu factura {{2}} vence hoy.', variables: ['1', '2'] },
      footer: 'Responde BAJA para no recibir más',
      buttons: [{ kind: 'quick_reply', text: 'Ya pagué' }],
    },
    ...change,
  }
}
