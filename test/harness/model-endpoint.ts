import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LanguageModelPut } from '../../src/modules/insight/language-model/contract.ts';

export interface AskedModel {
  path: string;
  key: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into requests of every shape
  body: any;
}

type Reply = (asked: AskedModel, response: ServerResponse) => void | Promise<void>;

/** A server on this machine that speaks chat completions and embeddings as OpenAI's API has them. */
export interface ModelEndpoint {
  /** Host and port, as an operator lists it. */
  host: string;
  url: string;
  asked: AskedModel[];
  /** How it answers from now on. */
  reply: Reply;
  stop(): Promise<void>;
}

export async function startModelEndpoint(): Promise<ModelEndpoint> {
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const asked = { path: request.url ?? '', key: request.headers.authorization, body: JSON.parse(body) };
      endpoint.asked.push(asked);
      return endpoint.reply(asked, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint: ModelEndpoint = {
    host,
    url: `http://${host}/v1`,
    asked: [],
    reply: answering('ready'),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return endpoint;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export const completionOf = (content: string, message: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'test-chat',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content, ...message } }],
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
});

/** Letters counted by their place in the alphabet: texts with the same letters get the same vector. */
export const vectorOf = (text: string, dimensions = 26): number[] => {
  const vector = new Array<number>(dimensions).fill(0.01);
  for (const letter of text.toLowerCase()) {
    const at = letter.charCodeAt(0) - 97;
    if (at >= 0 && at < dimensions) vector[at]! += 1;
  }
  return vector;
};

/** Writes always the same, and gives a vector for each text. */
export const answering =
  (content: string | ((asked: AskedModel) => string)): Reply =>
  (asked, response) => {
    if (asked.path.endsWith('/embeddings')) {
      const data = (asked.body.input as string[]).map((text, index) => ({ index, embedding: vectorOf(text) }));
      return sendJson(response, { object: 'list', data, usage: { prompt_tokens: 10, total_tokens: 10 } });
    }
    sendJson(response, completionOf(typeof content === 'string' ? content : content(asked)));
  };

/** Settings of a workspace that asks an endpoint, with room for all that a test does. */
export const modelSettings = ({ url }: ModelEndpoint): LanguageModelPut => ({
  url,
  key: null,
  chat_model: 'test-chat',
  vector_model: null,
  features: ['summary', 'next_action', 'reply_draft'],
  workspace_tokens_max: 10_000_000,
  person_tokens_max: 10_000_000,
  feature_tokens_max: 10_000_000,
  price_in: 1,
  price_out: 1,
  price_vectors: 1,
  currency: 'USD',
});
