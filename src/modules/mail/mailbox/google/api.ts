import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../../kernel/config/config.ts';
import { createOutboundFetch, PrivateAddress } from '../../../../kernel/http/outbound.ts';
import type { Services } from '../../../../kernel/services.ts';
import { MailTrouble } from '../connection/trouble.ts';
import { addressesOf, type GoogleApiName } from './addresses.ts';
import { budgetOf } from './budget.ts';
import { accessToken, GrantRefused, type OAuthClient } from './oauth.ts';

/** A mail of the largest size that Gmail takes in, as text. */
const answer_bytes_max = 80 * 1024 * 1024;
const tries_max = 6;
const backoff_ms = 500;
const backoff_ms_max = 16_000;

export interface GoogleRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  json?: unknown;
  raw?: { type: string; bytes: Buffer };
  /** In Google's units. */
  units: number;
  headers?: Record<string, string>;
  /** What was not refused may have been done: it is not asked a second time. */
  isOnce?: boolean;
  /** Refusals that are an answer: that there is no such thing (404), or that it was changed meanwhile (412). */
  answers?: readonly number[];
}

export interface GoogleAnswer<T> {
  status: number;
  body: T;
}

interface Refusal {
  error?: { message?: string; status?: string; errors?: { reason?: string }[] };
}

/** An answer that was begun and broke off: what was asked may have been done. */
export class AnswerLost extends Error {}

const answer_ms_max = 10_000;
/** Google answers once it has all of a mail, which takes minutes where the line is slow. */
const upload_ms_max = 300_000;

const fetches = new Map<string, ReturnType<typeof createOutboundFetch>>();
function fetchFor(
  { ALLOW_PRIVATE_NETWORKS: allowPrivate }: Pick<Config, 'ALLOW_PRIVATE_NETWORKS'>,
  silenceMsMax: number,
) {
  const key = `${allowPrivate} ${silenceMsMax}`;
  const fetch = fetches.get(key) ?? createOutboundFetch({ allowPrivate, bytesMax: answer_bytes_max, silenceMsMax });
  fetches.set(key, fetch);
  return fetch;
}

/** Of these nothing reached Google. */
const never_connected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const too_often = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'concurrentRequests']);

/** What somebody gave a workspace at Google, and for which of its interfaces. */
export interface Grant {
  api: GoogleApiName;
  oauth: OAuthClient;
  refresh_token: string;
}

/** Google, asked for the person who gave a grant. Throws `MailTrouble` for what is wrong with it. */
export class GoogleApi {
  private readonly services: Pick<Services, 'config'>;
  private readonly grant: Grant;
  private readonly signal: AbortSignal | undefined;

  constructor(services: Pick<Services, 'config'>, grant: Grant, signal?: AbortSignal) {
    this.services = services;
    this.grant = grant;
    this.signal = signal;
  }

  /** Answers that say something of what was asked for; those that say to wait are waited for. */
  async ask<T>(request: GoogleRequest): Promise<GoogleAnswer<T>> {
    const { api, oauth, refresh_token } = this.grant;
    let refused: string | undefined;
    for (let tries = 1; ; tries++) {
      this.signal?.throwIfAborted();
      await budgetOf(api, refresh_token).take(request.units, this.signal);
      const token = await accessToken(this.services, oauth, refresh_token, refused);
      const { status, text, wait_ms } = await this.send(request, token);
      if (status === 401) {
        // Ended early, or taken back: a new one says which.
        if (refused !== undefined) throw new GrantRefused();
        refused = token;
        continue;
      }
      const isOften = status === 429 || (status === 403 && reasonsIn(text).some((reason) => too_often.has(reason)));
      if (isOften || (status >= 500 && !request.isOnce)) {
        if (tries >= tries_max) throw passing(isOften);
        await sleep(wait_ms ?? backoffOf(tries), undefined, this.signal ? { signal: this.signal } : {});
        continue;
      }
      if (status >= 500) throw new AnswerLost(`Google answers with an error (${status})`);
      if (request.answers?.includes(status)) return { status, body: undefined as T };
      if (status === 400 || status === 403) throw refusal(api, status, text);
      if (status >= 300) {
        if (!request.isOnce) throw passing(false);
        return { status, body: undefined as T };
      }
      return { status, body: parse<T>(text, request.isOnce === true) };
    }
  }

  private async send({ method = 'GET', path, query = {}, json, raw, headers, isOnce }: GoogleRequest, token: string) {
    const url = new URL(path, addressesOf(this.services.config)[this.grant.api]);
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) url.searchParams.append(name, String(one));
    const body = raw?.bytes ?? (json === undefined ? undefined : JSON.stringify(json));
    const type = raw?.type ?? (json === undefined ? undefined : 'application/json');
    try {
      const answer = await fetchFor(this.services.config, raw ? upload_ms_max : answer_ms_max)(url, {
        method,
        redirect: 'error',
        ...(body !== undefined && { body }),
        ...(this.signal && { signal: this.signal }),
        headers: { authorization: `Bearer ${token}`, ...(type && { 'content-type': type }), ...headers },
      });
      const seconds = Number(answer.headers.get('retry-after'));
      const wait_ms = seconds > 0 ? Math.min(seconds * 1000, backoff_ms_max) : undefined;
      return { status: answer.status, text: await answer.text(), wait_ms };
    } catch (error) {
      if (this.signal?.aborted) throw this.signal.reason;
      const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
      if (cause instanceof PrivateAddress) throw new MailTrouble(cause.message, true);
      if (isOnce && !never_connected.has(cause.code ?? '')) throw new AnswerLost('Google did not answer', { cause });
      throw new MailTrouble('Google does not answer. It is tried again.', false, { cause });
    }
  }
}

function parse<T>(text: string, isOnce: boolean): T {
  try {
    return (text ? JSON.parse(text) : undefined) as T;
  } catch (cause) {
    if (isOnce) throw new AnswerLost('Google answered in another form', { cause });
    throw new MailTrouble('Google does not answer as it should. It is tried again.', false, { cause });
  }
}

const backoffOf = (tries: number): number =>
  Math.min(backoff_ms_max, backoff_ms * 2 ** tries) * (0.5 + Math.random() / 2);

function bodyOf(text: string): Refusal {
  try {
    return JSON.parse(text) as Refusal;
  } catch {
    return {};
  }
}

const reasonsIn = (text: string): string[] => bodyOf(text).error?.errors?.map(({ reason = '' }) => reason) ?? [];

/** Nothing is wrong with what was asked for. */
export class AskedTooOften extends MailTrouble {
  constructor() {
    super('Google asks to be asked more slowly. It goes on in a while.', false);
  }
}

const passing = (isOften: boolean) =>
  isOften ? new AskedTooOften() : new MailTrouble('Google does not answer as it should. It is tried again.', false);

const not_switched_on: Record<GoogleApiName, string> = {
  gmail:
    'The Gmail API is not switched on for the client of your workspace. An administrator switches it on in Google’s console.',
  calendar:
    'The Google Calendar API is not switched on for the client of your workspace. An administrator switches it on in Google’s console.',
};

function refusal(api: GoogleApiName, status: number, text: string): MailTrouble {
  const said = bodyOf(text).error?.message?.slice(0, 300) ?? String(status);
  if (reasonsIn(text).includes('accessNotConfigured')) return new MailTrouble(not_switched_on[api], true);
  return new MailTrouble(`Google refuses it: ${said}`, true);
}
