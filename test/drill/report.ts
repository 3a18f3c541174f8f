import type { DrillResult } from './drill.ts';

export const loss_seconds_max = 60;

export interface Verdict {
  what: string;
  passed: boolean;
  found: string;
}

/** What a drill has to show. */
export function verdictsOf(result: DrillResult, recovery_seconds_max: number): Verdict[] {
  const { comparison, recovery, audit, proof, load } = result;
  const none = (names: readonly string[]) => (names.length === 0 ? 'none' : names.slice(0, 5).join(', '));
  return [
    {
      what: `Serves again within ${recovery_seconds_max} s`,
      passed: recovery.total_seconds <= recovery_seconds_max,
      found: `${recovery.total_seconds} s: ${recovery.restore_seconds} s to restore, ${recovery.start_seconds} s to start`,
    },
    {
      what: `At most ${loss_seconds_max} s of answered writes are lost`,
      passed: comparison.lost_seconds <= loss_seconds_max,
      found: `${comparison.lost} of ${comparison.kept + comparison.lost}, of the last ${comparison.lost_seconds} s`,
    },
    {
      what: 'Only the last ones: none is kept that was sent after one that is lost was answered',
      passed: comparison.out_of_order.length === 0,
      found: none(comparison.out_of_order),
    },
    {
      what: 'No request is half done, and no file without its content',
      passed: comparison.half_done.length === 0,
      found: none(comparison.half_done),
    },
    {
      what: 'Nothing is there that nobody wrote',
      passed: comparison.invented.length === 0,
      found: none(comparison.invented),
    },
    {
      what: 'The audit trail matches its history and every record',
      passed: audit.findings === 0 && audit.events > 0,
      found: `${audit.events.toLocaleString('en')} events, ${audit.findings} findings`,
    },
    {
      what: 'The new machine has a proven backup of its own',
      passed: proof.passed,
      found: proof.passed ? `${proof.seconds_after_loss} s after the loss` : proof.failed.join('; '),
    },
    {
      what: 'Requests were answered well until the loss',
      passed: load.failures.length === 0 && load.requests > 0,
      found: load.failures[0] ?? `${load.requests.toLocaleString('en')} requests`,
    },
  ];
}

export function asMarkdown(result: DrillResult, verdicts: readonly Verdict[]): string {
  const { load, recovery, comparison } = result;
  return `# Disaster drill of ${result.began_at}

${verdicts.every(({ passed }) => passed) ? 'Passed.' : 'FAILED.'} ${load.requests.toLocaleString('en')} write requests in ${load.seconds} s (${load.per_second} a second) were answered, then every process was
killed and the data directory deleted. ${comparison.lost.toLocaleString('en')} answered writes of the last ${comparison.lost_seconds} s are lost; it served again ${recovery.total_seconds} s after the decision to restore.

| what | outcome | found |
| --- | --- | --- |
${verdicts.map(({ what, passed, found }) => `| ${what} | ${passed ? 'passed' : 'FAILED'} | ${found} |`).join('\n')}

| figure | value |
| --- | --- |
| p95 of a write before the backup | ${load.p95_ms} ms |
| p95 of a write during the backup | ${load.p95_ms_during_backup} ms |
| backup under load | ${load.backup_seconds} s |
| writes that were not answered and are there | ${comparison.unanswered_kept} |
| recovery of the empty installation, when its first backup was proven | ${result.proven_recovery_seconds} s |
`;
}
