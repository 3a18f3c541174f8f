import { openFiles } from '../kernel/files/create-file-store.ts';
import { type AuditFinding, verifyAudit } from '../operations/audit-verify.ts';
import { openKeyRing } from '../secrets.ts';
import { type Command, withDatabase } from './command.ts';

const words: Record<AuditFinding['what'], string> = {
  unrecorded: 'is there, but no event made it',
  differs: 'holds something else than its events say',
  removed: 'is gone, but no event removed it',
  altered: 'has history with other values than the trail vouches for',
};

export const auditCommands: Command[] = [
  {
    name: 'audit verify',
    reads: true,
    summary: 'Replays the audit trail and names records that were added, changed or removed past it.',
    run: async (call) => {
      const { config, installation, answer, say } = call;
      const files = openFiles(config);
      const archives = { files, ring: openKeyRing(installation.masterKeys) };
      const report = await withDatabase(call, (db) =>
        verifyAudit(installation.ownerUrl, { archives, db, say }),
      ).finally(() => files.close());
      const { archived } = report;
      const lines = report.findings.map((f) => `${f.tenant}: ${f.table} ${f.id} ${words[f.what]}`);
      if (report.unpartitioned > 0)
        lines.push(
          `${report.unpartitioned} events lie in the default partition: run Holdfast, it makes partitions ahead.`,
        );
      for (const what of archived.unreadable)
        lines.push(`An archived period cannot be read: ${what}. Restore its file from a backup.`);
      const past = [
        archived.periods > 0 && `${archived.events} events of ${archived.periods} archived periods in the file store`,
        archived.deleted > 0 && `${archived.deleted} periods were deleted after their time`,
        archived.unread > 0 &&
          `the beginning of ${archived.unread} rows is in none of what could be read, so nothing is said of them`,
      ].filter(Boolean);
      const checked = `${report.events} events, ${report.rows} rows in ${report.tables} tables${past.map((text) => `; ${text}`).join('')}`;
      answer(
        report,
        lines.length > 0
          ? `${lines.join('\n')}\nChecked ${checked}.`
          : `The trail accounts for everything: ${checked}.`,
      );
      return lines.length > 0 ? 1 : 0;
    },
  },
];
