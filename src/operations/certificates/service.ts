import { type Database, sql } from '../../kernel/database/database.ts';
import type { Finding } from '../health/findings.ts';
import type { CertificateList } from './contract.ts';

const day_ms = 86_400_000;
/** The same numbers of days as in the alert rules. */
const warning_days = 21;
const urgent_days = 7;

export const readCertificates = (db: Database): Promise<CertificateList['data']> =>
  db.call(sql`select * from app.certificates_seen()`);

export async function certificateFinding(db: Database): Promise<Finding> {
  const all = await readCertificates(db);
  const [first] = all
    .filter(({ valid_until }) => valid_until !== null)
    .toSorted((a, b) => Date.parse(a.valid_until!) - Date.parse(b.valid_until!));
  const base = {
    check: 'certificates',
    advice: 'Renew it on that server; then run the check again on the page Schedules.',
  };
  if (!first) return { ...base, ok: true, detail: 'No server with a certificate was seen' };
  const days = (Date.parse(first.valid_until!) - Date.now()) / day_ms;
  const day = first.valid_until!.slice(0, 10);
  const { endpoint } = first;
  return {
    ...base,
    ok: days >= warning_days,
    severity: days < urgent_days ? 'page' : 'ticket',
    detail:
      days < 0
        ? `The certificate of ${endpoint} ended on ${day}`
        : `The certificate of ${endpoint} is the next to end, on ${day}`,
  };
}
