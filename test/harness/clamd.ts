import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The harmless text that every scanner reports. In two parts, or this file would be reported. */
export const eicar = `${'X5O!P%@AP[4\\PZX54(P^)7CC)7}$'}${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`;
/** Of a file that holds this nothing is said: the connection breaks. */
export const breaks_off = 'the scanner breaks off';
const stream_bytes_max = 1_000_000;

/**
 * Speaks INSTREAM as clamd does: a command, chunks after their lengths, a zero; then one answer, and the connection is
 * closed.
 */
export async function serveClamd(socket: Socket): Promise<void> {
  let buffered = Buffer.alloc(0);
  const input = socket[Symbol.asyncIterator]();
  const take = async (size: number): Promise<Buffer> => {
    while (buffered.length < size) {
      const { value, done } = await input.next();
      if (done) throw new Error('the client went away');
      buffered = Buffer.concat([buffered, value]);
    }
    const taken = buffered.subarray(0, size);
    buffered = buffered.subarray(size);
    return taken;
  };
  if ((await take(10)).toString() !== 'zINSTREAM\0') return void socket.end('UNKNOWN COMMAND\0');
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (let length = (await take(4)).readUInt32BE(); length > 0; length = (await take(4)).readUInt32BE()) {
    sizeBytes += length;
    if (sizeBytes > stream_bytes_max) return void socket.end('INSTREAM size limit exceeded. ERROR\0');
    chunks.push(await take(length));
  }
  const content = Buffer.concat(chunks);
  if (content.includes(breaks_off)) return void socket.resetAndDestroy();
  socket.end(content.includes(eicar) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0');
}

export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Listens at a socket file, at a port of this machine, or at a free one. */
export async function listenAs(serve: (socket: Socket) => unknown, at: string | number = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    Promise.resolve(serve(socket)).catch(() => socket.destroy());
  });
  if (typeof at === 'string') server.listen(at);
  else server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  const { port } = typeof at === 'string' ? { port: 0 } : (server.address() as AddressInfo);
  return {
    url: typeof at === 'string' ? `unix://${at}` : `tcp://127.0.0.1:${port}`,
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
