import { once } from 'node:events';
import type { MessagePort, Worker } from 'node:worker_threads';

/** The way to another thread, from either side. */
type Port = MessagePort | Worker;

/** Pieces on their way to the other thread, of 64 KiB mostly. */
const ahead_max = 64;

/**
 * Sends what comes to the other thread, which says of each piece when it has taken it. `ended`: settles when nobody is
 * there any more.
 */
export async function sendBytes(
  port: Port,
  source: AsyncIterable<Uint8Array>,
  ended: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  let ahead = 0;
  port.on('message', () => ahead--);
  for await (const chunk of source) {
    if (ahead >= ahead_max) await Promise.race([once(port as Worker, 'message'), ended]);
    // It moves there, so that it is no longer this thread's to give back.
    const bytes = ownBytes(chunk);
    port.postMessage(bytes, [bytes.buffer]);
    ahead++;
  }
}

/**
 * The pieces that the other thread sends, up to a message that is none, which is returned; undefined when none comes.
 */
export async function* receiveBytes<End>(
  port: Port,
  messages: AsyncIterable<unknown[]>,
): AsyncGenerator<Uint8Array, End | undefined> {
  for await (const [message] of messages) {
    if (!(message instanceof Uint8Array)) return message as End;
    port.postMessage('taken');
    yield message;
  }
  return undefined;
}

/** The bytes in memory of their own, which can move to another thread: others may share what only a part is of. */
function ownBytes(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = chunk.byteLength === chunk.buffer.byteLength && chunk.buffer instanceof ArrayBuffer;
  return isWhole ? (chunk as Uint8Array<ArrayBuffer>) : new Uint8Array(chunk);
}
