import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort, killService, startService } from './service.ts';

export interface VaultServer {
  /** The program itself, or a server of our own that speaks its documented protocol. */
  kind: 'vault' | 'protocol';
  address: string;
  /** A token that may read and write everything. */
  token: string;
  /** Who may read `secret/data/holdfast` alone. */
  appRole: { role_id: string; secret_id: string };
  /** Makes a token that may read `secret/data/holdfast`, and ends so many seconds after it was renewed last. */
  periodic(seconds: number): Promise<string>;
  /** Ends a token before its time. */
  revoke(token: string): Promise<void>;
  stop(): Promise<void>;
}

const call = async (address: string, token: string, method: string, path: string, body?: object) => {
  const answer = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { 'x-vault-token': token, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (answer.status === 204 ? {} : await answer.json()) as {
    data: Record<string, string>;
    auth?: { client_token: string };
  };
};

/** Writes a new version of a secret. */
export const writeSecret = ({ address, token }: VaultServer, path: string, data: Record<string, string>) =>
  call(address, token, 'POST', `secret/data/${path}`, { data });

/** `vault` of the PATH or of HOLDFAST_VAULT, else the server below. */
export async function startVault(port?: number): Promise<VaultServer> {
  const program = process.env.HOLDFAST_VAULT ?? 'vault';
  return spawnSync(program, ['version']).status === 0 ? startReal(program, port) : startProtocolServer(port);
}

async function startReal(program: string, wanted?: number): Promise<VaultServer> {
  const port = wanted ?? (await freePort());
  const address = `http://127.0.0.1:${port}`;
  const token = `root-${randomUUID()}`;
  const child = await startService({
    command: program,
    args: [
      'server',
      '-dev',
      `-dev-root-token-id=${token}`,
      `-dev-listen-address=127.0.0.1:${port}`,
      '-dev-no-store-token',
    ],
    isUp: async () => (await fetch(`${address}/v1/sys/health`)).ok,
  });
  const send = (method: string, path: string, body?: object) => call(address, token, method, path, body);
  await send('POST', 'sys/auth/approle', { type: 'approle' });
  await send('PUT', 'sys/policies/acl/holdfast', { policy: 'path "secret/data/holdfast" { capabilities = ["read"] }' });
  await send('POST', 'auth/approle/role/holdfast', { token_policies: ['holdfast'], token_ttl: '1h' });
  const { role_id } = (await send('GET', 'auth/approle/role/holdfast/role-id')).data;
  const { secret_id } = (await send('POST', 'auth/approle/role/holdfast/secret-id', {})).data;
  return {
    kind: 'vault',
    address,
    token,
    appRole: { role_id: role_id!, secret_id: secret_id! },
    periodic: async (seconds) =>
      (await send('POST', 'auth/token/create', { policies: ['holdfast'], period: `${seconds}s` })).auth!.client_token,
    revoke: async (other) => void (await send('POST', 'auth/token/revoke', { token: other })),
    stop: () => killService(child),
  };
}

/**
 * Tokens, AppRole and KV version 2, as the HTTP API of Vault documents them; strict about headers, methods and paths.
 */
async function startProtocolServer(port = 0): Promise<VaultServer> {
  const [root, role_id, secret_id] = [`root-${randomUUID()}`, randomUUID(), randomUUID()];
  /** What each may read; null: everything. */
  const tokens = new Map<string, string | null>([[root, null]]);
  /** Of those that end when nobody renews them. */
  const periods = new Map<string, { seconds: number; until: number }>();
  const secrets = new Map<string, Record<string, string>[]>();
  const answer = (response: ServerResponse, status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const denied = { errors: ['1 error occurred:\n\t* permission denied\n\n'] };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url!.replace(/^\/v1\//, '');
    const body = request.method === 'GET' ? {} : JSON.parse((await text(request)) || '{}');
    if (path === 'auth/approle/login' && request.method === 'POST') {
      if (body.role_id !== role_id || body.secret_id !== secret_id)
        return answer(response, 400, { errors: ['invalid role or secret ID'] });
      const client_token = `hvs.${randomUUID()}`;
      tokens.set(client_token, 'secret/data/holdfast');
      return answer(response, 200, { auth: { client_token, lease_duration: 3600, renewable: true } });
    }
    const token = String(request.headers['x-vault-token']);
    const [may, period] = [tokens.get(token), periods.get(token)];
    if (may === undefined || (period && performance.now() > period.until)) return answer(response, 403, denied);
    if (path === 'auth/token/renew-self' && request.method === 'POST') {
      if (period) period.until = performance.now() + period.seconds * 1_000;
      return answer(response, 200, { auth: { client_token: token, lease_duration: period?.seconds ?? 0 } });
    }
    if (path === 'auth/token/revoke' && request.method === 'POST') {
      tokens.delete(body.token);
      return response.writeHead(204).end();
    }
    if (!path.startsWith('secret/')) return answer(response, 404, { errors: [`no handler for route "${path}"`] });
    if (may !== null && (may !== path || request.method !== 'GET')) return answer(response, 403, denied);
    if (!path.startsWith('secret/data/')) return answer(response, 404, { errors: [] });
    const versions = secrets.get(path) ?? [];
    if (request.method === 'POST') secrets.set(path, [...versions, body.data]);
    else if (request.method !== 'GET') return answer(response, 405, { errors: ['unsupported operation'] });
    const data = secrets.get(path)?.at(-1);
    if (!data) return answer(response, 404, { errors: [] });
    const metadata = { version: secrets.get(path)!.length, destroyed: false };
    answer(response, 200, { data: request.method === 'POST' ? metadata : { data, metadata } });
  };
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kind: 'protocol',
    address,
    token: root,
    appRole: { role_id, secret_id },
    periodic: async (seconds) => {
      const token = `hvs.${randomUUID()}`;
      tokens.set(token, 'secret/data/holdfast');
      periods.set(token, { seconds, until: performance.now() + seconds * 1_000 });
      return token;
    },
    revoke: async (other) => void tokens.delete(other),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
