import type { Logger } from 'pino';
import { type Config, secretSettings } from './kernel/config/config.ts';
import { readMasterKeys } from './kernel/installation.ts';
import { createMailer, type Mailer, MailNotConfigured } from './kernel/mail/mailer.ts';
import { type Outgoing, silent_copy } from './kernel/outgoing.ts';
import { setCursorKeys } from './kernel/resource/cursor.ts';
import type { Services } from './kernel/services.ts';
import type { MasterKeys } from './kernel/vault/master-key.ts';
import { createKeyRing } from './kernel/vault/seal.ts';

const reread_ms = 2_000;

export function openMailer(config: Config, log: Logger, outgoing: Outgoing): Mailer {
  const mailer = createMailer({
    url: config.SMTP_URL,
    from: config.MAIL_FROM,
    log,
    allowPlaintext: config.ALLOW_PLAINTEXT,
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
export const openKeyRing = (keys: MasterKeys) => createKeyRing(keys, 'sealed fields');

/**
 * Takes over secrets whose files have changed, while the program runs. Connections to Redis and the file store ask the configuration
 * for theirs each time; keys and the mail server are put in place here. What cannot be taken over is told once and left as it was.
 * Answers how to stop.
 */
export function followSecrets(services: Services, reread: () => Config): () => Promise<void> {
  const { config, log } = services;
  let told = '';
  let current: Promise<void> = Promise.resolve();
  const follow = async () => {
    try {
      const fresh = reread();
      const names = secretSettings.filter((name) => fresh[name] !== config[name]);
      // What the data directory holds shows in no setting.
      const keys = await readMasterKeys(fresh);
      const changed = takeKeys(services, keys);
      if (names.length === 0 && !changed) return;
      const mailer = names.includes('SMTP_URL') ? openMailer(fresh, log, services.outgoing) : undefined;
      for (const name of names) Object.assign(config, { [name]: fresh[name] });
      if (mailer) {
        services.mailer.close();
        services.mailer = mailer;
      }
      told = '';
      log.info({ settings: names, key_version: keys.current }, 'Secrets were taken over');
    } catch (error) {
      const { message } = error as Error;
      if (message !== told)
        log.error({ err: error }, 'Changed secrets were not taken over; those from before are still in use');
      told = message;
    }
  };
  const timer = setInterval(() => {
    current = current.then(follow);
  }, reread_ms).unref();
  return () => {
    clearInterval(timer);
    return current;
  };
}

/** Answers whether there was anything new. A key that others may have sealed with must not go while the program runs. */
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
