import { z } from 'zod';
import type { Database } from '../../../kernel/database/database.ts';
import { isListedDestination } from '../../../kernel/http/destinations.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { ModelFeature, Outcome, Refusal } from './contract.ts';
import { ModelTrouble, postToEndpoint } from './endpoint.ts';
import { insertCall, reserveTokens, type SettingsRow, settleCall } from './queries.ts';
import { openKey } from './secret.ts';

export type ModelServices = Pick<Services, 'config' | 'keyRing' | 'outgoing'>;

/** Who asks, and by which settings. */
export interface Asker {
  db: Database;
  tenant_id: string;
  user_id: string | null;
  settings: SettingsRow;
}

export interface Call<T> {
  feature: ModelFeature | 'test';
  subject: { resource: string; id: string } | null;
  /** The texts that leave. */
  sources: readonly string[];
  path: 'chat/completions' | 'embeddings';
  model: string;
  body: object;
  /** How long its answer may become. */
  tokensOut: number;
  bytesMax: number;
  /** Checks an answer; throws a `ModelTrouble` where it cannot be used. */
  read: (answer: unknown) => T;
}

export type Called<T> =
  | { outcome: 'ok'; value: T; duration_ms: number }
  | { outcome: Exclude<Outcome, 'ok'> | Refusal; duration_ms: number };

/** Of a text nobody has counted: in English a token has four bytes, in other languages fewer. */
const bytes_per_token = 3;
export const tokensIn = (bytes: number): number => Math.ceil(bytes / bytes_per_token);

const usage = z.object({
  usage: z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0).default(0) }),
});

/**
 * Asks the endpoint of a workspace. What it may take of the quotas is reserved before, and what it took is settled and
 * logged after, each in a transaction of its own: none is open while the endpoint thinks.
 */
export async function callModel<T>(services: ModelServices, asker: Asker, call: Call<T>): Promise<Called<T>> {
  const { db, tenant_id, user_id, settings } = asker;
  const url = new URL(call.path, settings.url.endsWith('/') ? settings.url : `${settings.url}/`);
  if (!services.outgoing.allowed) return { outcome: 'silent_copy', duration_ms: 0 };
  // The operator may have taken it from the list since it was entered.
  if (!isListedDestination(services.config.OUTBOUND_HOSTS, url)) return { outcome: 'not_listed', duration_ms: 0 };
  const body = JSON.stringify({ model: call.model, ...call.body });
  const bytes_sent = Buffer.byteLength(body);
  // Before anything is reserved: where it cannot be opened, nothing is called and no quota is used up.
  const key = settings.sealed_key && openKey(services, tenant_id, settings.id, settings.sealed_key);
  const asProgram = <R>(work: (ctx: Context) => Promise<R>) => withContext(db, systemActor(tenant_id), work);
  const begun = await asProgram(async (ctx) => {
    const made = {
      feature: call.feature,
      user_id,
      resource: call.subject?.resource ?? null,
      record_id: call.subject?.id ?? null,
      sources: call.sources,
      host: url.host,
      model: call.model,
      bytes_sent,
      tokens_reserved: tokensIn(bytes_sent) + call.tokensOut,
    };
    const exceeded = await reserveTokens(ctx, made);
    return exceeded ? { id: undefined, exceeded } : { id: await insertCall(ctx, made) };
  });
  if (begun.id === undefined) return { outcome: `quota_${begun.exceeded}`, duration_ms: 0 };
  const started = performance.now();
  let bytes_received = 0;
  let answer: unknown;
  let outcome: Outcome = 'failed';
  try {
    answer = await postToEndpoint(services, { url: url.href, key, body, bytesMax: call.bytesMax }, (bytes) => {
      bytes_received += bytes;
    });
    const value = call.read(answer);
    outcome = 'ok';
    return { outcome, value, duration_ms: since(started) };
  } catch (error) {
    if (!(error instanceof ModelTrouble)) throw error;
    ({ outcome } = error);
    return { outcome: error.outcome as Exclude<Outcome, 'ok'>, duration_ms: since(started) };
  } finally {
    const used = tokensUsed(answer, { outcome, bytes_sent, bytes_received, tokensOut: call.tokensOut });
    const cost = costOf(settings, call.path, used);
    const settled = { outcome, bytes_received, ...used, cost, duration_ms: since(started) };
    await asProgram((ctx) => settleCall(ctx, begun.id, settled));
  }
}

const since = (started: number): number => Math.round(performance.now() - started);

/** After these the endpoint may have worked, and may count it, although there is no answer. */
const maybeWorked: readonly Outcome[] = ['timeout', 'too_large', 'not_json', 'failed'];

interface Measured {
  outcome: Outcome;
  bytes_sent: number;
  bytes_received: number;
  tokensOut: number;
}

/** What the endpoint says that it counted, unless no text of this length can have so many tokens. */
function tokensUsed(answer: unknown, { outcome, bytes_sent, bytes_received, tokensOut }: Measured) {
  const said = usage.safeParse(answer).data?.usage;
  if (said && said.prompt_tokens <= bytes_sent && said.completion_tokens <= bytes_received)
    return { tokens_in: said.prompt_tokens, tokens_out: said.completion_tokens };
  if (answer !== undefined) return { tokens_in: tokensIn(bytes_sent), tokens_out: tokensIn(bytes_received) };
  if (!maybeWorked.includes(outcome)) return { tokens_in: 0, tokens_out: 0 };
  return { tokens_in: tokensIn(bytes_sent), tokens_out: tokensOut };
}

function costOf(
  { price_in, price_out, price_vectors }: SettingsRow,
  path: Call<unknown>['path'],
  { tokens_in, tokens_out }: { tokens_in: number; tokens_out: number },
): number {
  const millions = path === 'embeddings' ? tokens_in * price_vectors : tokens_in * price_in + tokens_out * price_out;
  return millions / 1_000_000;
}
