/** From this many people on, sending asks for the count to be typed (internal/campaign/settings.go). */
export const confirmFrom = 1000

/** countTyped reads a count as people write it: 4812, 4.812, 4,812, 4 812; NaN for anything else. */
export function countTyped(text: string): number {
  const digits = text.trim().replace(/[\s.,’']/g, '')
  return /^\d+$/.test(digits) ? Number(digits) : NaN
}
