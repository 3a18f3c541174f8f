import { type AuditFinding, verifyAudit } from '../operations/audit-verify.ts';
import type { Command } from './command.ts';

const words: Record<AuditFinding['what'], string> = {
  unrecorded: 'is there, but no event made it',
  differs: 'holds something else than its events say',
  removed: 'is gone, but no event removed it',
  altered: 'has history with other values than the trail vouches for',
};

export const auditCommands: Command[] = [
  {
    name: 'audit verify',
    summary: 'Replays the audit trail and names records that were added, changed or removed past it.',
    run: async ({ installation, answer }) => {
      const report = await verifyAudit(installation.ownerUrl);
      const lines = report.findings.map((f) => `${f.tenant}: ${f.table} ${f.id} ${words[f.what]}`);
      if (report.unpartitioned > 0)
        lines.push(
          `${report.unpartitioned} events lie in the default partition: run Holdfast, it makes partitions ahead.`,
        );
      const checked = `${report.events} events, ${report.rows} rows in ${report.tables} tables`;
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
