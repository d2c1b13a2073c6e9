import axe from 'axe-core'

/**
 * violations lists what axe finds wrong with an element. Colours and page-wide rules need a real page: the browser scenarios
 * look at those.
 */
export async function violations(element: Element): Promise<string[]> {
  const result = await axe.run(element, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
  return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
}
