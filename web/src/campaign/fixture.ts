import type { Template } from '@/api'
import type { Campaign, Check, Counts } from './campaign.types'

/* Examples for tests. */

export const noCounts: Counts = {
  recipients: 0,
  waiting: 0,
  queued: 0,
  unconfirmed: 0,
  accepted: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  replied: 0,
  failed: 0,
  left_out: 0,
}

export const noCheck: Check = {
  state: '',
  part: 0,
  read: 0,
  rows: 0,
  ready: 0,
  errors: 0,
  duplicates: 0,
  opted_out: 0,
  capped: 0,
  senders: [],
  templates: [],
  reasons: [],
  missing: [],
  problem: null,
  errors_file: false,
  finished_at: null,
}

export function aCampaign(change: Partial<Campaign> = {}): Campaign {
  return {
    id: '100',
    name: 'Recordatorio de pago',
    state: 'draft',
    state_words: 'Borrador',
    origin: 'wizard',
    state_reason: '',
    created_by: { id: '1', name: 'Marcos Luna' },
    created_at: 1_000,
    scheduled_at: null,
    started_at: null,
    finished_at: null,
    counts: noCounts,
    audience: {
      kind: 'sheet',
      one: { phone: '', name: '' },
      segment_id: '',
      segment_name: '',
      file_id: '7',
      file_name: 'clientes.csv',
      format: 'csv',
      encoding: 'UTF-8',
      headers: ['telefono', 'nombre', 'remitente', 'plantilla', 'factura'],
      columns: {
        phone: 'telefono',
        sender: 'remitente',
        template: '',
        language: '',
        agent_email: '',
        queue: '',
        name: 'nombre',
        variables: { '1': 'factura' },
      },
      default_sender_id: '',
      rows: 3,
    },
    message: { template_id: '', language: '', values: {} },
    route: {
      target: '',
      target_id: '',
      target_block: '',
      email: '',
      button: '',
      other_target: '',
      other_target_id: '',
      fallback_queue_id: '',
      fallback_minutes: 0,
    },
    pace: { per_slice: 0, every_minutes: 0, slow_above: 0, stop_above: 0, per_agent: false },
    schedule: { at: '', zone: '', twice: false },
    version: 1,
    check: noCheck,
    ...change,
  }
}

export const aTemplate: Template = {
  id: '55',
  name: 'recordatorio_pago',
  language: 'es',
  category: 'UTILITY',
  status: 'APPROVED',
  sendable: true,
  reason: '',
  quality: 'GREEN',
  account_external_id: '1090010010010010',
  inbox_ids: ['1', '2'],
  unused_inbox_ids: [],
  shape: {
    header: { format: 'TEXT', text: 'Aviso de pago' },
    body: { text: 'Hola {{1}}, tu factura {{2}} vence el {{3}}.', variables: ['1', '2', '3'] },
    footer: 'Responde BAJA para no recibir más',
    buttons: [{ kind: 'quick_reply', text: 'Ya pagué' }],
  },
}
