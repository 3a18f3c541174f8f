import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** CopyDone, which ends the rows, and the first byte of what the server says of them next. */
const end_of_rows = Buffer.from('c\0\0\0\x04C', 'latin1');

/** A way to a database on which the end of a COPY comes in two pieces, as a network may cut it: the rows, and some time later their number. */
export async function lateEnd(databaseUrl: string): Promise<string> {
  const target = new URL(databaseUrl);
  const host = decodeURIComponent(target.hostname);
  const server = createServer((near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${target.port}`) : connect(Number(target.port), host);
    let told = Promise.resolve();
    far.on('data', (chunk) => {
      const at = chunk.indexOf(end_of_rows);
      told = told.then(async () => {
        if (at < 0) return void near.write(chunk);
        near.write(chunk.subarray(0, at + end_of_rows.length - 1));
        await sleep(10);
        near.write(chunk.subarray(at + end_of_rows.length - 1));
      });
    });
    near.on('data', (chunk) => far.write(chunk));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(databaseUrl);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as { port: number }).port) });
  server.unref();
  return url.href;
}
