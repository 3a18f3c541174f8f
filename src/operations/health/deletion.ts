import { type Database, sql } from '../../kernel/database/database.ts';
import { pause_hours } from '../lifecycle/pause.ts';
import type { Finding } from './findings.ts';

/** Whether deletion by age waits, because the clock may have been set ahead. */
export async function deletionFinding(db: Pick<Database, 'call'>): Promise<Finding> {
  const [pause] = await db.call<{ last_at: string; until: string }>(
    sql`select last_at, until from app.deletion_pause(${pause_hours})`,
  );
  const minute = (time: string) => `${new Date(time).toISOString().slice(0, 16)}Z`;
  return {
    check: 'deletion',
    ok: !pause,
    detail: pause
      ? `By the clock of the database nothing ran from ${minute(pause.last_at)} until now. What has been in the trash for too long, and all else past its time, is deleted from ${minute(pause.until)} on`
      : 'Expired data is deleted on time',
    advice:
      'If the clock of the database is wrong, set it right before then (timedatectl status): what is deleted is gone for good. If it is right, there is nothing to do.',
  };
}
