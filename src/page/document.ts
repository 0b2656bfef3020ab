import { parseHTML } from 'linkedom'

let made: Document | undefined

/** The document charts are drawn on; nothing of one chart stays in it. */
export function serverDocument(): Document {
  made ??= parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document
  return made
}
