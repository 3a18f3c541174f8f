import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { FakeCalendars } from './calendar.ts';
import { methodOf, unknownFields } from './check.ts';
import { challengeOf, FakeGmail } from './gmail.ts';

/** What a method answers instead of its result. */
export interface Refused {
  refused: number;
  message: string;
  reason?: string;
}
export const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'refused' in value;

export const google_client = { client_id: '1234-abc.apps.googleusercontent.com', client_secret: 'GOCSPX-of-a-test' };

/**
 * Google on this machine: signing in with consent (OAuth 2 with PKCE), and what is used of Gmail and Calendar.
 * Each request and each answer is held against the names in Google's discovery documents; what they do not know stands
 * in `complaints`.
 */
export class FakeGoogle {
  readonly gmail: FakeGmail;
  readonly calendars: FakeCalendars;
  readonly complaints: string[] = [];
  readonly asked: { method: string; query: string }[] = [];
  /** The scopes that a person leaves ticked; null: all that were asked for. */
  ticked: string[] | null = null;
  private readonly server: Server;
  private readonly codes = new Map<string, { challenge: string; redirect_uri: string; scope: string }>();
  private readonly grants = new Map<string, string>();
  /** The grant of each access token. */
  private readonly tokens = new Map<string, string>();
  /** Grants that were given back, by whoever had them. */
  readonly revoked: string[] = [];
  /** Answers that say to wait, before others. */
  private refusals: Refused[] = [];
  private breaks: { method: string; isDone: boolean }[] = [];

  constructor(address: string) {
    this.gmail = new FakeGmail(address);
    this.calendars = new FakeCalendars(address);
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        this.complaints.push(String((error as Error).stack));
        response.destroy();
      });
    });
  }

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Access tokens end, and new ones are given out. */
  expire(): void {
    this.tokens.clear();
  }

  /** The person takes back what they allowed. */
  revoke(): void {
    this.grants.clear();
    this.tokens.clear();
  }

  /** The next requests are told that there were too many. */
  exceedQuota(times: number): void {
    const message = 'Quota exceeded for quota metric.';
    for (let n = 0; n < times; n++)
      this.refusals.push({ refused: n % 2 === 0 ? 429 : 403, message, reason: 'rateLimitExceeded' });
  }

  /** The next request of this method breaks off: before it is done, or after. */
  breakOff(method: string, isDone: boolean): void {
    this.breaks.push({ method, isDone });
  }

  /** What a person does who is sent to Google's page and agrees. Returns where the browser goes on to. */
  async agree(consent: string): Promise<URL> {
    const answer = await fetch(consent, { redirect: 'manual' });
    const to = answer.headers.get('location');
    if (!to) throw new Error(`${answer.status} ${await answer.text()}`);
    return new URL(to);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const body = await buffer(request);
    if (url.pathname === '/o/oauth2/v2/auth') return this.consent(url.searchParams, response);
    if (url.pathname === '/revoke') return send(response, ...this.giveBack(new URLSearchParams(body.toString())));
    if (url.pathname === '/token') return send(response, ...this.token(new URLSearchParams(body.toString())));
    const found = methodOf(request.method!, url.pathname);
    if (!found) {
      this.complaints.push(`${request.method} ${url.pathname} is no method that is used`);
      return send(response, 501, {});
    }
    const { method, params } = found;
    this.asked.push({ method: method.id, query: url.search });
    for (const name of new Set(url.searchParams.keys()))
      if (!method.parameters.includes(name)) this.complaints.push(`${method.id} has no parameter ${name}`);
    const type = request.headers['content-type'] ?? '';
    if (type.startsWith('application/json'))
      this.complaints.push(...unknownFields(method.request, JSON.parse(body.toString()), `${method.id} `));
    const grant = this.tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (grant === undefined || !this.grants.has(grant))
      return refuse(response, { refused: 401, message: 'Request had invalid authentication credentials.' });
    if (!this.grants.get(grant)!.includes(`/auth/${method.id.split('.')[0]}.`))
      return refuse(response, { refused: 403, message: 'Insufficient Permission', reason: 'insufficientPermissions' });
    const refusal = this.refusals.shift();
    if (refusal) return refuse(response, refusal);
    const broken = this.breaks.findIndex((one) => one.method === method.id);
    const [breaking] = broken >= 0 ? this.breaks.splice(broken, 1) : [];
    if (breaking && !breaking.isDone) return void response.destroy();
    const api = method.id.startsWith('calendar.') ? this.calendars : this.gmail;
    const answer = api.answer(method.id, params, url.searchParams, body, request.headers['if-match']);
    if (breaking) return void response.destroy();
    if (isRefused(answer)) return refuse(response, answer);
    this.complaints.push(...unknownFields(method.response, answer, `${method.id} answers `));
    send(response, answer === undefined ? 204 : 200, answer);
  }

  private consent(query: URLSearchParams, response: ServerResponse): void {
    const wanted: Record<string, string> = {
      client_id: google_client.client_id,
      response_type: 'code',
      access_type: 'offline',
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(wanted))
      if (query.get(name) !== value) this.complaints.push(`consent: ${name} is ${query.get(name)}`);
    const code = randomBytes(12).toString('hex');
    const redirect_uri = query.get('redirect_uri')!;
    const scope = this.ticked?.join(' ') ?? query.get('scope')!;
    this.codes.set(code, { challenge: query.get('code_challenge')!, redirect_uri, scope });
    const to = new URL(redirect_uri);
    to.search = new URLSearchParams({ state: query.get('state')!, code, scope }).toString();
    response.writeHead(302, { location: to.href }).end();
  }

  private giveBack(form: URLSearchParams): [status: number, body: object] {
    const token = form.get('token')!;
    if (!this.grants.delete(token)) return [400, { error: 'invalid_token' }];
    this.revoked.push(token);
    return [200, {}];
  }

  private token(form: URLSearchParams): [status: number, body: object] {
    if (form.get('client_id') !== google_client.client_id || form.get('client_secret') !== google_client.client_secret)
      return [401, { error: 'invalid_client' }];
    const access_token = randomBytes(12).toString('hex');
    const common = { access_token, expires_in: 3599, token_type: 'Bearer' };
    if (form.get('grant_type') === 'refresh_token') {
      const scope = this.grants.get(form.get('refresh_token')!);
      if (scope === undefined)
        return [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }];
      this.tokens.set(access_token, form.get('refresh_token')!);
      return [200, { ...common, scope }];
    }
    const code = this.codes.get(form.get('code')!);
    this.codes.delete(form.get('code')!);
    const isRight =
      code?.challenge === challengeOf(form.get('code_verifier') ?? '') &&
      code.redirect_uri === form.get('redirect_uri');
    if (!code || !isRight) return [400, { error: 'invalid_grant', error_description: 'Bad Request' }];
    const refresh_token = `1//${randomBytes(12).toString('hex')}`;
    this.grants.set(refresh_token, code.scope);
    this.tokens.set(access_token, refresh_token);
    return [200, { ...common, refresh_token, scope: code.scope }];
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function refuse(response: ServerResponse, { refused, message, reason = 'invalid' }: Refused): void {
  const errors = [{ message, domain: 'global', reason }];
  send(response, refused, { error: { code: refused, message, errors } });
}
