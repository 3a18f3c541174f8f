import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';
const secret_bytes = 32;

export const makeSecret = (): string => prefix + randomBytes(secret_bytes).toString('base64');

/** The headers of Standard Webhooks. Each secret signs, so that a receiver may have any of them. */
export function signedHeaders(
  secrets: readonly string[],
  { id, body, at }: { id: string; body: string; at: Date },
): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}
