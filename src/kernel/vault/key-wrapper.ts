import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure } from '../database/embedded/start-failure.ts';

/** Before the text of wrapped keys: `kms:` and what the KMS made of them, as base64url. */
const prefix = 'kms:';
const answer_ms_max = 4_000;
const start_ms_max = 20_000;
const pause_ms = 1_000;
/** Bound to what is wrapped, and seen in the trail of the KMS. */
const context = { purpose: 'holdfast master key' };
/** What another try does not mend, by the names of the client's errors, with what to do. */
const lasting: Readonly<Record<string, string>> = {
  AccessDeniedException: 'its credentials may not use that key: allow them kms:Encrypt and kms:Decrypt',
  IncorrectKeyException: 'the keys were wrapped with another key of the KMS than HOLDFAST_KMS_KEY_ID names',
  InvalidCiphertextException: 'the wrapped keys were changed or cut: bring them back from your safe',
  NotFoundException: 'there is no such key: check HOLDFAST_KMS_KEY_ID and AWS_REGION',
  DisabledException: 'that key is disabled: enable it',
  KMSInvalidStateException: 'that key cannot be used in its state, such as pending deletion: cancel that',
  UnrecognizedClientException: 'it does not know the credentials',
  InvalidSignatureException: 'the credentials are wrong, or the clock of this machine is',
  CredentialsProviderError: 'no credentials were found',
};

/** Wraps keys by one that does not leave its keeper. */
export interface KeyWrapper {
  wrap(text: string): Promise<string>;
  unwrap(wrapped: string): Promise<string>;
}

/** The KMS did not wrap or unwrap. The message says what to do and contains no key. */
export class KeyWrapperError extends StartFailure {
  override readonly name = 'KeyWrapperError';
  readonly passes: boolean;

  constructor(message: string, passes: boolean, options?: ErrorOptions) {
    super(message, options);
    this.passes = passes;
  }
}

export const isWrapped = (text: string): boolean => text.trim().startsWith(prefix);

/** By a key of AWS KMS. Region, credentials and endpoint are found as all programs for AWS find them. */
export function awsKeyWrapper(keyId: string): KeyWrapper {
  const open = async () => {
    const kms = await import('@aws-sdk/client-kms');
    return { ...kms, client: new kms.KMSClient({ maxAttempts: 1 }) };
  };
  const ask = async <R>(
    work: (kms: Awaited<ReturnType<typeof open>>, signal: AbortSignal) => Promise<R>,
  ): Promise<R> => {
    const kms = await open();
    try {
      return await work(kms, AbortSignal.timeout(answer_ms_max));
    } catch (error) {
      const { name } = error as Error;
      const why =
        lasting[name] ??
        (name === 'AbortError' || name === 'TimeoutError' ? 'it does not answer' : `it fails (${name})`);
      throw new KeyWrapperError(`AWS KMS, key ${keyId}: ${why}`, !(name in lasting), { cause: error });
    } finally {
      kms.client.destroy();
    }
  };
  return {
    wrap: async (text) => {
      const { CiphertextBlob } = await ask(({ client, EncryptCommand }, abortSignal) =>
        client.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from(text), EncryptionContext: context }), {
          abortSignal,
        }),
      );
      return `${prefix}${Buffer.from(CiphertextBlob!).toString('base64url')}`;
    },
    unwrap: async (wrapped) => {
      const { Plaintext } = await ask(({ client, DecryptCommand }, abortSignal) =>
        client.send(
          new DecryptCommand({
            KeyId: keyId,
            CiphertextBlob: Buffer.from(wrapped.trim().slice(prefix.length), 'base64url'),
            EncryptionContext: context,
          }),
          { abortSignal },
        ),
      );
      return Buffer.from(Plaintext!).toString('utf8');
    },
  };
}

/** Tries again what may pass, such as a network that is not there yet, for as long as a start may take. */
export async function withRetries<R>(work: () => Promise<R>): Promise<R> {
  const until = Date.now() + start_ms_max;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KeyWrapperError) || !error.passes) throw error;
      if (Date.now() + pause_ms >= until)
        throw new KeyWrapperError(`${error.message}, for ${start_ms_max / 1_000} s`, true, { cause: error });
      await sleep(pause_ms);
    }
  }
}
