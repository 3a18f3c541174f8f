import { isListedAddress } from '../../../kernel/http/destinations.ts';
import { createOutboundFetch, outboundErrorCode } from '../../../kernel/http/outbound.ts';
import type { Services } from '../../../kernel/services.ts';
import type { Outcome } from './contract.ts';

/** The longest answer that is read: vectors take most. */
const answer_bytes_max = 16 * 1024 * 1024;

type OutboundFetch = ReturnType<typeof createOutboundFetch>;

/** Why an answer of a model is not used. */
export class ModelTrouble extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`The language model gave no answer that could be used: ${outcome}`);
    this.name = 'ModelTrouble';
    this.outcome = outcome;
  }
}

const fetches = new WeakMap<Services['config'], OutboundFetch>();

/** One pool of connections for a process; private addresses only where the operator lists them. */
function fetchFor(config: Services['config']): OutboundFetch {
  const known = fetches.get(config);
  if (known) return known;
  const made = createOutboundFetch({
    allowPrivate: (address) => isListedAddress(config.OUTBOUND_HOSTS, address),
    bytesMax: answer_bytes_max,
    silenceMsMax: config.LANGUAGE_MODEL_SECONDS_MAX * 1_000,
  });
  fetches.set(config, made);
  return made;
}

interface Sent {
  url: string;
  key: string | null;
  body: string;
  bytesMax: number;
}

/** What an endpoint answered, once it is JSON; a `ModelTrouble` where it is not. `onBytes`: as they come. */
export async function postToEndpoint(
  { config }: Pick<Services, 'config'>,
  { url, key, body, bytesMax }: Sent,
  onBytes: (bytes: number) => void,
): Promise<unknown> {
  // From the first byte to the last: an endpoint that sends a byte now and then would hold the caller for hours.
  const signal = AbortSignal.timeout(config.LANGUAGE_MODEL_SECONDS_MAX * 1_000);
  let text: string;
  try {
    const answer = await fetchFor(config)(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Holdfast',
        // Else a small answer could unpack to a large one.
        'accept-encoding': 'identity',
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body,
      redirect: 'manual',
      signal,
    });
    const refused = refusalOf(answer.status);
    if (refused) {
      await answer.body?.cancel();
      throw new ModelTrouble(refused);
    }
    text = await readText(answer, bytesMax, onBytes);
  } catch (error) {
    if (error instanceof ModelTrouble) throw error;
    throw new ModelTrouble(outboundErrorCode(signal.aborted ? signal.reason : error) as Outcome);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelTrouble('not_json');
  }
}

function refusalOf(status: number): Outcome | null {
  if (status >= 200 && status < 300) return null;
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'refused';
  return status >= 300 && status < 400 ? 'redirect' : 'status';
}

async function readText(
  { body }: Awaited<ReturnType<OutboundFetch>>,
  bytesMax: number,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    onBytes(chunk.length);
    if (bytes > bytesMax) throw new ModelTrouble('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
