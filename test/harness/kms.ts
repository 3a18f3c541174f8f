import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A KMS that speaks the wire protocol of AWS KMS, as far as Holdfast uses it: Encrypt and Decrypt with AES-GCM, and
 * requests signed by Signature Version 4.
 */
export interface TestKms {
  /** What a process needs to use it. */
  env: Record<string, string>;
  /** Operations that were asked for, in their order. */
  asked: string[];
  /** How it behaves from now on. */
  behave(how: 'well' | 'hangs' | 'denies' | 'fails'): void;
  stop(): Promise<void>;
}

const credentials = { id: 'AKIDTESTKMS', secret: randomBytes(20).toString('hex') };
const region = 'eu-central-1';
export const kms_keys = { own: 'arn:aws:kms:eu-central-1:1:key/own', other: 'arn:aws:kms:eu-central-1:1:key/other' };

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The signature of a request, computed anew from what came. */
function isSigned(request: IncomingMessage, body: string): boolean {
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  if (!found) return false;
  const [, credential = '', names = '', signature] = found;
  const [id, day = '', ...scope] = credential.split('/');
  if (id !== credentials.id || scope.join('/') !== `${region}/kms/aws4_request`) return false;
  const signed = names.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => signed.includes(name))) return false;
  const time = String(request.headers['x-amz-date']);
  const headers = signed.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join('');
  const canonical = [request.method, request.url, '', headers, names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${day}/${scope.join('/')}`, sha256(canonical)].join('\n');
  const key = [region, 'kms', 'aws4_request'].reduce(
    hmac as (key: Buffer, text: string) => Buffer,
    hmac(`AWS4${credentials.secret}`, day),
  );
  return hmac(key, text).toString('hex') === signature;
}

interface Asked {
  KeyId: string;
  Plaintext?: string;
  CiphertextBlob?: string;
  EncryptionContext?: Record<string, string>;
}

class Refused extends Error {}

export async function startKms(): Promise<TestKms> {
  const keys = new Map(Object.values(kms_keys).map((id) => [id, randomBytes(32)]));
  const asked: string[] = [];
  let behaviour = 'well';
  const keyOf = (id: string) => {
    const key = keys.get(id);
    if (!key) throw new Refused('NotFoundException');
    return key;
  };
  const bound = (id: string, { EncryptionContext = {} }: Asked) =>
    Buffer.from(JSON.stringify([id, Object.entries(EncryptionContext).sort()]));
  const operations: Record<string, (asked: Asked) => object> = {
    encrypt: (request) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyOf(request.KeyId), nonce).setAAD(bound(request.KeyId, request));
      const sealed = Buffer.concat([cipher.update(request.Plaintext!, 'base64'), cipher.final()]);
      const blob = Buffer.concat([Buffer.from(`${request.KeyId}\n`), nonce, cipher.getAuthTag(), sealed]);
      return {
        CiphertextBlob: blob.toString('base64'),
        KeyId: request.KeyId,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
    decrypt: (request) => {
      const blob = Buffer.from(request.CiphertextBlob!, 'base64');
      const at = blob.indexOf('\n') + 1;
      const id = blob.toString('utf8', 0, at - 1);
      keyOf(request.KeyId);
      if (!keys.has(id)) throw new Refused('InvalidCiphertextException');
      if (id !== request.KeyId) throw new Refused('IncorrectKeyException');
      const decipher = createDecipheriv('aes-256-gcm', keyOf(id), blob.subarray(at, at + 12)).setAAD(
        bound(id, request),
      );
      decipher.setAuthTag(blob.subarray(at + 12, at + 28));
      try {
        const plain = Buffer.concat([decipher.update(blob.subarray(at + 28)), decipher.final()]);
        return { Plaintext: plain.toString('base64'), KeyId: id, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
      } catch {
        throw new Refused('InvalidCiphertextException');
      }
    },
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    asked.push(operation);
    if (behaviour === 'hangs') return;
    const answer = (status: number, content: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
    try {
      if (behaviour === 'fails') return void answer(500, { __type: 'KMSInternalException' });
      if (!isSigned(request, body)) throw new Refused('InvalidSignatureException');
      if (behaviour === 'denies') throw new Refused('AccessDeniedException');
      answer(200, operations[operation.toLowerCase()]!(JSON.parse(body)));
    } catch (error) {
      answer(400, { __type: error instanceof Refused ? error.message : 'ValidationException' });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    env: {
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.id,
      AWS_SECRET_ACCESS_KEY: credentials.secret,
      HOLDFAST_KMS_KEY_ID: kms_keys.own,
    },
    asked,
    behave: (how) => {
      behaviour = how;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
