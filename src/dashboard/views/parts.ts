import type { Html } from '../../page/index.js'

/** Parts of a page by the id of the element that holds them; the browser swaps those that changed. */
export type Parts = Readonly<Record<string, Html>>

/** A view: the page's title and frame, and what fills it now. */
export interface View {
  readonly title: string
  /** Where the page's server-sent events come from. */
  readonly stream: string
  /** Elements with the ids of the parts, and all that never changes. */
  readonly frame: Html
  parts(): Parts
}
