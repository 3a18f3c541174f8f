import { Redis, ReplyError } from 'ioredis';
import type { BaseLogger } from 'pino';
import { isLoopbackHost } from '../loopback.ts';
import { urlCredentials } from '../url-credentials.ts';
import { countScript, leaseScript, writeScript } from './redis-scripts.ts';
import { parseRedisUrl, redis_url_form } from './redis-url.ts';

const connect_ms_max = 1000;
const answer_ms_max = 200;
/** A connection that is silent for this long is closed, even when the other machine vanished without closing it. */
const silence_ms_max = 1000;
const reconnect_ms_max = 500;

export interface RedisLinkOptions {
  /** `redis://` for this machine, `rediss://` (TLS) for others. */
  url: string;
  /** Prefix of every key. */
  namespace: string;
  log: Pick<BaseLogger, 'info' | 'warn'>;
  /** The current address; a new connection uses its name and password. */
  currentUrl?: () => string;
  /** Allows `redis://` to another machine. */
  allowPlaintext?: boolean;
  /** Invalidates everything in Redis. Runs on each new connection, before anything is read from it. */
  resync: (redis: ScriptedRedis) => Promise<unknown>;
}

export type ScriptedRedis = Redis & {
  holdfastLease(keyCount: number, ...args: (string | number)[]): Promise<string[]>;
  holdfastWrite(keyCount: number, ...args: (string | number)[]): Promise<number>;
  holdfastCount(key: string, windowMs: number, limit: number): Promise<[number, number, number, number]>;
};

export interface RedisLink {
  /**
   * Returns `fallback` at once while Redis is away, or when it fails. If a command with `mustArrive` did not arrive,
   * `resync` runs before anything else is read.
   */
  run<Result>(
    use: (redis: ScriptedRedis) => Promise<Result>,
    fallback: () => Result,
    mustArrive?: 'mustArrive',
  ): Promise<Result>;
  errors(): number;
  close(): void;
}

/**
 * One connection with a circuit breaker: the first failure opens it, and no caller waits again until, in the
 * background, Redis has responded or a new connection has been made. Nothing is queued while it is open and nothing is
 * sent twice.
 */
export function connectRedis({
  url,
  currentUrl = () => url,
  namespace,
  log,
  allowPlaintext = false,
  resync,
}: RedisLinkOptions): RedisLink {
  checkUrl(url, allowPlaintext);
  const redis: ScriptedRedis = new Redis(url, {
    keyPrefix: `${namespace}:`,
    connectTimeout: connect_ms_max,
    commandTimeout: answer_ms_max,
    socketTimeout: silence_ms_max,
    retryStrategy: (attempt) => {
      // An address that cannot be read leaves them as they are: an error thrown here would end the process.
      const current = parseRedisUrl(currentUrl());
      if (current) Object.assign(redis.options, urlCredentials(current));
      return Math.min(100 * attempt, reconnect_ms_max);
    },
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    scripts: {
      holdfastLease: { lua: leaseScript },
      holdfastWrite: { lua: writeScript },
      holdfastCount: { lua: countScript, numberOfKeys: 1 },
    },
  }) as ScriptedRedis;
  let up = false;
  let closed = false;
  /** Whether something in Redis may be older than what this process knows. */
  let outdated = true;
  let outageLogged = false;
  let reason = '';
  let errors = 0;

  function goDown(): void {
    up = false;
    if (outageLogged || closed) return;
    outageLogged = true;
    log.warn({ reason }, 'Redis is away: nothing is cached and limits are counted by each process for itself');
  }

  /** When Redis or this process was merely busy, and the reply arrives late, the cache is kept. */
  async function goUp(): Promise<void> {
    try {
      do {
        const makeUp = outdated;
        outdated = false;
        await (makeUp ? resync(redis) : redis.ping());
      } while (outdated);
    } catch (error) {
      reason = (error as Error).message;
      outdated = true;
      goDown();
      if (redis.status === 'ready') redis.disconnect(true);
      return;
    }
    if (redis.status !== 'ready') return;
    up = true;
    outageLogged = false;
    reason = 'the connection was closed';
    log.info('Redis is in use');
  }

  redis.on('ready', () => void goUp());
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  redis.on('close', () => {
    outdated = true;
    goDown();
  });

  return {
    async run(use, fallback, mustArrive) {
      if (up) {
        try {
          return await use(redis);
        } catch (error) {
          errors++;
          // An error reply means that Redis is up; the breaker is for silence.
          if (up && (mustArrive || !(error instanceof ReplyError))) {
            reason = (error as Error).message;
            goDown();
            if (redis.status === 'ready') void goUp();
          }
        }
      }
      if (mustArrive) outdated = true;
      return fallback();
    },
    errors: () => errors,
    close() {
      closed = true;
      redis.disconnect();
    },
  };
}

function checkUrl(text: string, allowPlaintext: boolean): void {
  const url = parseRedisUrl(text);
  if (!url) throw new TypeError(`REDIS_URL ${redis_url_form}`);
  if (url.protocol === 'redis:' && !allowPlaintext && !isLoopbackHost(url.hostname)) {
    throw new TypeError(
      `REDIS_URL would send everything to ${url.hostname} without TLS: use rediss://, or set ALLOW_PLAINTEXT=true if that network is yours`,
    );
  }
}
