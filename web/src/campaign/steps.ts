/** The stages of the wizard, in their order (A08). */
export const steps = ['audience', 'message', 'reply', 'send'] as const
export type Step = (typeof steps)[number]

export const isStep = (text: unknown): text is Step => steps.includes(text as Step)
