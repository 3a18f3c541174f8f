import { readFile } from 'node:fs/promises';
import type { Config } from './config.ts';

/** Reads one secret from a manager: its values by key, or a single text. */
export type ReadSecret = (name: string) => Promise<Record<string, unknown> | string>;

const answer_ms_max = 10_000;
const kubernetes_token = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Why a manager gave no secret: where, and what to do. Never holds a value, a token or an answer. */
export class SecretError extends Error {
  /** Whether asking again may help. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretError';
    this.passing = passing;
  }
}

export type ManagerSettings = Pick<
  Config,
  'VAULT_ADDR' | 'VAULT_NAMESPACE' | 'VAULT_TOKEN' | 'VAULT_ROLE_ID' | 'VAULT_SECRET_ID' | 'VAULT_KUBERNETES_ROLE'
>;

interface VaultAnswer {
  auth?: { client_token?: string; lease_duration?: number };
  data?: { data?: Record<string, unknown> | null };
}

/** HashiCorp Vault, or OpenBao, by its HTTP API: secrets of the KV engine, version 2. */
export function vaultReader(settings: () => ManagerSettings): ReadSecret {
  let token: string | undefined;
  let renewAt = Number.POSITIVE_INFINITY;

  async function ask(method: string, path: string, body?: object, withToken = true): Promise<[number, VaultAnswer]> {
    const { VAULT_ADDR: address = '', VAULT_NAMESPACE: namespace } = settings();
    try {
      const answer = await fetch(new URL(`/v1/${path}`, address), {
        method,
        // A standby may point to the one that is active, at the same path.
        redirect: 'follow',
        headers: {
          'x-vault-request': 'true',
          ...(namespace && { 'x-vault-namespace': namespace }),
          ...(withToken && token && { 'x-vault-token': token }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answer_ms_max),
      });
      return [answer.status, (await answer.json().catch(() => ({}))) as VaultAnswer];
    } catch (error) {
      throw new SecretError(`Vault at ${address} does not answer (${reasonOf(error)})`, true, { cause: error });
    }
  }

  async function signIn(): Promise<void> {
    const { VAULT_TOKEN, VAULT_ROLE_ID, VAULT_SECRET_ID, VAULT_KUBERNETES_ROLE, VAULT_ADDR } = settings();
    if (VAULT_TOKEN) {
      token = VAULT_TOKEN;
      return renew();
    }
    const [path, body] = VAULT_ROLE_ID
      ? ['auth/approle/login', { role_id: VAULT_ROLE_ID, secret_id: VAULT_SECRET_ID }]
      : ['auth/kubernetes/login', { role: VAULT_KUBERNETES_ROLE, jwt: await readServiceAccount() }];
    const [status, { auth }] = await ask('POST', path!, body as object, false);
    if (!auth?.client_token)
      throw new SecretError(
        `Vault at ${VAULT_ADDR} refuses ${path} (${status}): check ${VAULT_ROLE_ID ? 'VAULT_ROLE_ID and VAULT_SECRET_ID' : 'VAULT_KUBERNETES_ROLE'}`,
        status >= 500 || status === 429,
      );
    token = auth.client_token;
  }

  /** A token without a period has an end that no renewal moves; then this fails, and the reading says so. */
  async function renew(): Promise<void> {
    const [, { auth }] = await ask('POST', 'auth/token/renew-self', {});
    // In good time; at the next reading where the answer does not say how long it lasts.
    renewAt = performance.now() + ((auth?.lease_duration ?? 0) * 1_000) / 2;
  }

  return async (name) => {
    if (!token) await signIn();
    else if (performance.now() >= renewAt) await renew();
    let [status, answer] = await ask('GET', name);
    if (status === 403) {
      // The token has ended, or another one was put in its place.
      await signIn();
      [status, answer] = await ask('GET', name);
    }
    const { VAULT_ADDR } = settings();
    if (status === 200 && answer.data?.data) return answer.data.data;
    if (status === 200)
      throw new SecretError(
        `Vault’s ${name} is no secret of KV version 2: its path looks like secret/data/holdfast`,
        false,
      );
    // The path as its own command line takes it lacks a part, for which it answers 403 or 404.
    const hint = name.includes('/data/') ? '' : ', and the path, which in KV version 2 looks like secret/data/holdfast';
    if (status === 403)
      throw new SecretError(
        `Vault at ${VAULT_ADDR} does not let Holdfast read ${name}: check the policy${hint}`,
        false,
      );
    if (status === 404)
      throw new SecretError(
        `Vault at ${VAULT_ADDR} has no ${name}, or its last version was deleted${hint && `: check the secret${hint}`}`,
        false,
      );
    throw new SecretError(
      `Vault at ${VAULT_ADDR} answers ${status}${status === 503 ? ': it is sealed or not ready' : ''}`,
      true,
    );
  };
}

const readServiceAccount = () =>
  readFile(kubernetes_token, 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      throw new SecretError(
        `VAULT_KUBERNETES_ROLE needs ${kubernetes_token}, which cannot be read (${error.code})`,
        false,
      );
    },
  );

function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'TimeoutError') return `not within ${answer_ms_max / 1000} s`;
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
  }
  return 'no connection';
}

/** What no second attempt mends. */
const lasting = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InvalidParameterException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
]);

/** AWS Secrets Manager, with the region and the credentials of the surroundings, as all of AWS’s programs find them. */
export function awsReader(env: NodeJS.ProcessEnv): ReadSecret {
  let client: Promise<{ read: (name: string) => Promise<string | undefined> }> | undefined;
  const open = async () => {
    const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
    const made = new SecretsManagerClient({ ...(region && { region }), maxAttempts: 2 });
    return {
      read: async (name: string) =>
        (
          await made.send(new GetSecretValueCommand({ SecretId: name }), {
            abortSignal: AbortSignal.timeout(answer_ms_max),
          })
        ).SecretString,
    };
  };
  return async (name) => {
    client ??= open();
    let text: string | undefined;
    try {
      text = await (await client).read(name);
    } catch (error) {
      const { name: code } = error as Error;
      throw new SecretError(
        `AWS Secrets Manager gave no ${name} (${code === 'Error' ? reasonOf(error) : code}): check AWS_REGION, the credentials and the policy`,
        !lasting.has(code),
        { cause: error },
      );
    }
    if (text === undefined)
      throw new SecretError(`The secret ${name} in AWS Secrets Manager is binary: store a text`, false);
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
        return parsed as Record<string, unknown>;
    } catch {
      // It is a text.
    }
    return text;
  };
}
