import type { Logger } from 'pino';
import type { Cache } from './cache/cache.ts';
import type { Config } from './config/config.ts';
import type { SecretTrouble } from './config/managed-secrets.ts';
import type { Database } from './database/database.ts';
import type { FeatureSwitches } from './features/switches.ts';
import type { Scan } from './files/clamd.ts';
import type { FileStore } from './files/file-store.ts';
import type { UploadBudget } from './files/upload-budget.ts';
import type { Drain } from './http/drain.ts';
import type { Authenticator } from './identity/authenticate.ts';
import type { LogStore } from './logs/log-store.ts';
import type { LogShipper } from './logs/shipper.ts';
import type { Mailer } from './mail/mailer.ts';
import type { Outgoing } from './outgoing.ts';
import type { ChangeHub } from './realtime/hub.ts';
import type { Tracing } from './tracing/span.ts';
import type { UsageRecorder } from './usage/recorder.ts';
import type { KeyRing } from './vault/seal.ts';

export interface SecretState {
  /** Some come from a manager. */
  managed: boolean;
  /** A manager is away, or refuses: the last values that are known stay in use. */
  trouble: SecretTrouble | null;
  /** Why secrets that changed were not taken over. */
  refused: string | null;
  /** Settings that changed and count from the next start on. */
  wantRestart: readonly string[];
}

/**
 * The parts of a process, created once in src/app.ts. Routes and jobs that need some of them take them as an argument.
 */
export interface Services {
  config: Config;
  log: Logger;
  /** Sends the lines of `log` to where they are searched. */
  shipper: LogShipper;
  logStore: LogStore;
  db: Database;
  cache: Cache;
  authenticator: Authenticator;
  features: FeatureSwitches;
  files: FileStore;
  uploads: UploadBudget;
  /** Absent when no virus scanner is configured. */
  scan: Scan | undefined;
  mailer: Mailer;
  /** How it stands with secrets that change while the program runs. */
  secrets: SecretState;
  /** Whether anything may be sent to others. */
  outgoing: Outgoing;
  /** Seals secrets kept in rows. */
  keyRing: KeyRing;
  hub: ChangeHub;
  usage: UsageRecorder;
  /** Absent while traces are off. */
  tracing: Tracing | undefined;
  drain: Drain;
}
