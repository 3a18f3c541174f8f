import { Agent, get } from 'node:http';

/**
 * Many open pages in a process of their own: node bench/workers/streams.ts URL CALLERS COUNT WATCH. Says "ready" when
 * all are open. With WATCH "true", told the id of a record, it answers when each stream got an event of it.
 */
const [url, given, count, watch] = process.argv.slice(2);
/** The headers of each caller; the pages go round them. */
const callers = JSON.parse(given!) as Record<string, string>[];
const streams = Number(count);
const opened_at_once = 50;
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const arrivals = new Map<string, number[]>();

function note(block: string, at: number): void {
  const id = /"id":"([^"]+)"/.exec(block)?.[1];
  if (!id) return;
  const known = arrivals.get(id);
  if (known) known.push(at);
  else arrivals.set(id, [at]);
}

function open(_: unknown, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = callers[n % callers.length]!;
    const request = get(`${url}/api/v1/events`, { agent, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`A stream was answered ${response.statusCode}`));
      if (watch !== 'true') {
        response.once('data', () => resolve());
        response.resume();
        return;
      }
      let rest = '';
      response.setEncoding('latin1').on('data', (text: string) => {
        const now = Date.now();
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) note(block, now);
        resolve();
      });
    });
    request.on('error', reject);
  });
}

for (let opened = 0; opened < streams; opened += opened_at_once)
  await Promise.all(Array.from({ length: Math.min(opened_at_once, streams - opened) }, open));
process.on('message', (id: string) => process.send!(arrivals.get(id) ?? []));
process.send!('ready');
