import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  body: any;
}

export type Answerer = (received: Received, response: ServerResponse) => void;

export interface Receiver {
  url: string;
  /** The requests so far, in order. */
  received: Received[];
  /** Sets its responses from now on; 204 at first. */
  answer: (answerer: Answerer) => void;
  stop(): Promise<void>;
}

/** A receiver of webhooks. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answerer: Answerer = (_, response) => response.writeHead(204).end();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const each = { path: request.url!, headers: request.headers, text, body: text ? JSON.parse(text) : null };
    received.push(each);
    answerer(each, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (next) => {
      answerer = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
