/** What is sent to a closed port is dropped on the spot. */
const { port1: nowhere } = new MessageChannel()
nowhere.close()

/**
 * Frees buffers that nothing will read again; whoever still holds one finds it empty. Left to the
 * collector, the buffers of a long run outweigh a small heap, and it goes over all of that heap again
 * and again: up to half of the time of training a small network.
 */
export function giveBack(buffers: ArrayBuffer[]): void {
  if (buffers.length) nowhere.postMessage(null, buffers)
}
