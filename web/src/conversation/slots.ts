/** Slot is a gap in a text that somebody has to fill before it is sent: {{order number}}. Places count UTF-16 units. */
export interface Slot {
  name: string
  start: number
  end: number
}

// The same as in internal/conversation/variable.go.
const mark = /\{\{[ \t]*([^{}\n]{1,60}?)[ \t]*\}\}/g

/** slotsOf finds the slots of a text, in order. */
export function slotsOf(text: string): Slot[] {
  if (!text.includes('{{')) return []
  return [...text.matchAll(mark)].map((found) => ({
    name: found[1]!,
    start: found.index,
    end: found.index + found[0].length,
  }))
}

/** slotFrom is the slot Tab goes to from a selection: the next one, or the one before when going back; undefined at the ends. */
export function slotFrom(slots: Slot[], start: number, end: number, back: boolean): Slot | undefined {
  const selected = (slot: Slot) => slot.start === start && slot.end === end
  if (back) return slots.findLast((slot) => slot.end <= start && !selected(slot))
  return slots.find((slot) => slot.start >= (start === end ? start : end) && !selected(slot))
}

/** pieces cuts a text into words and slots, to show the slots marked. */
export function pieces(text: string): { text: string; slot: boolean }[] {
  const out: { text: string; slot: boolean }[] = []
  let at = 0
  for (const slot of slotsOf(text)) {
    if (slot.start > at) out.push({ text: text.slice(at, slot.start), slot: false })
    out.push({ text: text.slice(slot.start, slot.end), slot: true })
    at = slot.end
  }
  out.push({ text: text.slice(at), slot: false })
  return out
}
