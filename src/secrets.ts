import type { Logger } from 'pino';
import type { Config } from './kernel/config/config.ts';
import type { ManagedSecrets } from './kernel/config/managed-secrets.ts';
import { secretSettings } from './kernel/config/settings.ts';
import { readMasterKeys } from './kernel/installation.ts';
import { recordNewKeys } from './kernel/installation-key.ts';
import { createMailer, type Mailer, MailNotConfigured } from './kernel/mail/mailer.ts';
import { type Outgoing, silent_copy } from './kernel/outgoing.ts';
import { setCursorKeys } from './kernel/resource/cursor.ts';
import type { Services } from './kernel/services.ts';
import type { MasterKeys } from './kernel/vault/master-key.ts';
import { createKeyRing, fieldRing } from './kernel/vault/seal.ts';

const reread_ms = 2_000;

export function openMailer(config: Config, log: Logger, outgoing: Outgoing): Mailer {
  const mailer = createMailer({
    url: config.SMTP_URL,
    from: config.MAIL_FROM,
    log,
    allowPlaintext: config.SMTP_ALLOW_PLAINTEXT,
  });
  return {
    get configured() {
      return mailer.configured && outgoing.allowed;
    },
    send: (message) => (outgoing.allowed ? mailer.send(message) : Promise.reject(new MailNotConfigured(silent_copy))),
    close: () => mailer.close(),
  };
}

export const openCursors = (keys: MasterKeys): void => setCursorKeys(createKeyRing(keys, 'list cursors'));
export const openKeyRing = fieldRing;

/**
 * Takes over secrets whose files have changed, while the program runs. Connections to Redis and the file store ask the
 * configuration for theirs each time; keys and the mail server are put in place here. What cannot be taken over is told
 * once and left as it was. Answers how to stop.
 */
export function followSecrets(services: Services, reread: () => Config, managed?: ManagedSecrets): () => Promise<void> {
  const { config, log, secrets } = services;
  const started = { ...config };
  let told = '';
  let toldTrouble = '';
  let current: Promise<void> = Promise.resolve();
  const follow = async () => {
    secrets.trouble = managed?.trouble ?? null;
    const trouble = secrets.trouble?.detail ?? '';
    if (trouble !== toldTrouble && trouble)
      log.warn({ settings: secrets.trouble?.settings }, `${trouble}. Known values stay in use`);
    if (trouble !== toldTrouble && !trouble) log.info('The secret manager answers again');
    toldTrouble = trouble;
    try {
      const fresh = reread();
      const names = secretSettings.filter((name) => fresh[name] !== config[name]);
      // What the data directory holds shows in no setting.
      const keys = await readMasterKeys(fresh);
      // Before the first value is sealed: a start with another key of that number has to be refused from now on.
      if (keys.keys.size !== services.keyRing.keys.size) await recordNewKeys(fresh, keys);
      const changed = takeKeys(services, keys);
      if (names.length === 0 && !changed) {
        secrets.refused = null;
        told = '';
        return;
      }
      const mailer = names.includes('SMTP_URL') ? openMailer(fresh, log, services.outgoing) : undefined;
      for (const name of names) Object.assign(config, { [name]: fresh[name] });
      if (mailer) {
        services.mailer.close();
        services.mailer = mailer;
      }
      told = '';
      secrets.refused = null;
      secrets.wantRestart = names.length > 0 ? needRestart(started, config) : secrets.wantRestart;
      log.info({ settings: names, key_version: keys.current }, 'Secrets were taken over');
    } catch (error) {
      const { message } = error as Error;
      if (message !== told)
        log.error({ err: error }, 'Changed secrets were not taken over; those from before are still in use');
      told = message;
      // A message names settings and files, never values.
      secrets.refused = message;
    }
  };
  managed?.follow(config.SECRETS_EVERY_SECONDS);
  const timer = setInterval(() => {
    current = current.then(follow);
  }, reread_ms).unref();
  return () => {
    clearInterval(timer);
    return Promise.all([current, managed?.stop()]).then(() => {});
  };
}

/** Of what changed since the start, what this process goes on without. */
function needRestart(started: Config, now: Config): string[] {
  const place = (text: string | undefined) => {
    const url = text ? URL.parse(text) : null;
    return url ? `${url.protocol}//${url.host}${url.pathname}` : text;
  };
  const names: (typeof secretSettings)[number][] = [];
  // What answers the page, and what sends traces, has them from its start.
  for (const name of ['SENTRY_DSN', 'OTEL_EXPORTER_OTLP_HEADERS'] as const)
    if (started[name] !== now[name]) names.push(name);
  for (const name of ['METRICS_TOKEN', 'MONGODB_URL'] as const) if (!started[name] !== !now[name]) names.push(name);
  // Another password is for the next connection; another server is for another process.
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'FILES_WARM_URL', 'FILES_COLD_URL'] as const)
    if (place(started[name]) !== place(now[name])) names.push(name);
  return names;
}

/**
 * Answers whether there was anything new. A key that others may have sealed with must not go while the program runs.
 */
export function takeKeys({ keyRing }: Pick<Services, 'keyRing'>, keys: MasterKeys): boolean {
  const fresh = openKeyRing(keys);
  for (const [version, key] of keyRing.keys) {
    if (!fresh.keys.get(version)?.equals(key))
      throw new Error(`Key ${version} of HOLDFAST_KEY is gone or another one: keep it in the list behind the new one`);
  }
  if (fresh.current === keyRing.current && fresh.keys.size === keyRing.keys.size) return false;
  Object.assign(keyRing, fresh);
  openCursors(keys);
  return true;
}
