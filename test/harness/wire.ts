import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Handles bytes on their way. */
type Pass = (chunk: Buffer, send: (bytes: Buffer) => void) => void | Promise<void>;

export interface Wire {
  /** An address of the same database through the proxy. */
  url: string;
  /** Breaks all connections. */
  cut(): void;
}

/** A proxy to a database, which may delay, split or drop bytes. */
export async function wire(
  databaseUrl: string,
  { toServer = plainly, toClient = plainly }: { toServer?: Pass; toClient?: Pass } = {},
): Promise<Wire> {
  const target = new URL(databaseUrl);
  const host = decodeURIComponent(target.hostname);
  const open = new Set<Socket>();
  const join = (from: Socket, to: Socket, pass: Pass) => {
    let told = Promise.resolve();
    from.on('data', (chunk) => {
      told = told.then(() => pass(chunk, (bytes) => void to.write(bytes)));
    });
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
  };
  const server = createServer({ noDelay: true }, (near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${target.port}`) : connect(Number(target.port), host);
    open.add(near);
    near.on('close', () => open.delete(near));
    join(near, far, toServer);
    join(far, near, toClient);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  server.unref();
  const url = new URL(databaseUrl);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as { port: number }).port) });
  return {
    url: url.href,
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

const plainly: Pass = (chunk, send) => send(chunk);

/** CopyDone, which ends the rows, and the first byte of the next message. */
const end_of_rows = Buffer.from('c\0\0\0\x04C', 'latin1');

/** A proxy that splits the end of a COPY: first the rows, some time later their number. */
export async function lateEnd(databaseUrl: string): Promise<string> {
  const { url } = await wire(databaseUrl, {
    toClient: async (chunk, send) => {
      const at = chunk.indexOf(end_of_rows);
      if (at < 0) return send(chunk);
      send(chunk.subarray(0, at + end_of_rows.length - 1));
      await sleep(10);
      send(chunk.subarray(at + end_of_rows.length - 1));
    },
  });
  return url;
}
