import { setTimeout as sleep } from 'node:timers/promises';
import { type createOutboundFetch, outboundErrorCode } from '../../kernel/http/outbound.ts';

export type OutboundFetch = ReturnType<typeof createOutboundFetch>;

const answer_ms_max = 15_000;
/** How long to read the body of a response whose status is known. */
const body_ms_max = 2_000;
const response_bytes_max = 4_000;

export interface Posted {
  status: number | null;
  response: string | null;
  /** Null when the receiver took it. */
  error: string | null;
}

/** Sends a body once. Redirects are not followed, and of a response no more is read than is shown. */
export async function post(
  fetch: OutboundFetch,
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<Posted> {
  const timeout = AbortSignal.timeout(answer_ms_max);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Holdfast-Webhooks/1',
        // Else a small response could unpack to a large one.
        'accept-encoding': 'identity',
        ...headers,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, signal]),
    });
    return { status: answer.status, response: await beginningOf(answer), error: refusal(answer.status) };
  } catch (error) {
    signal.throwIfAborted();
    return { status: null, response: null, error: outboundErrorCode(timeout.aborted ? timeout.reason : error) };
  }
}

function refusal(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'redirect' : 'status';
}

async function beginningOf(answer: Awaited<ReturnType<OutboundFetch>>): Promise<string | null> {
  const reader = answer.body?.getReader();
  if (!reader) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const read = async () => {
    while (bytes < response_bytes_max) {
      const { done, value } = await reader.read();
      if (done) return;
      chunks.push(value);
      bytes += value.length;
    }
  };
  // The status says what became of it; a body that never ends does not change that.
  await Promise.race([read().catch(() => {}), sleep(body_ms_max, undefined, { ref: false })]);
  void reader.cancel().catch(() => {});
  return (
    Buffer.concat(chunks)
      .subarray(0, response_bytes_max)
      .toString()
      .replaceAll('\0', '')
      .slice(0, response_bytes_max) || null
  );
}
