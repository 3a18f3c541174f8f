import { type Database, sql } from '../../kernel/database/database.ts';
import type { Finding } from './findings.ts';

/** NTP keeps clocks within a tenth of a second. */
const clock_ms_max = 5_000;

/** Whether the clock of this process, which is that of its machine, agrees with that of PostgreSQL. */
export async function clockFinding(db: Pick<Database, 'call'>): Promise<Finding> {
  const asked = Date.now();
  const [answer] = await db.call<{ at: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as at`,
  );
  const answered = Date.now();
  // It was some time in between.
  const ms = answer!.at < asked ? asked - answer!.at : answer!.at > answered ? answered - answer!.at : 0;
  const ok = Math.abs(ms) <= clock_ms_max;
  const seconds = Math.round(Math.abs(ms) / 1_000);
  return {
    check: 'clock',
    ok,
    severity: 'ticket',
    detail: ok
      ? 'Same as the clock of PostgreSQL'
      : ms > 0
        ? `The clock of this machine is ${seconds} s ahead of that of PostgreSQL`
        : `The clock of this machine is ${seconds} s behind that of PostgreSQL`,
    advice:
      'Have both machines set their clocks by NTP (timedatectl status). Until then people may be unable to sign in through a provider, and times in the log and of backups are wrong.',
  };
}
