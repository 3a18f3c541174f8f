import type { Proof } from '../operations/backup/prove.ts';
import type { TimeProof } from '../operations/backup/time-proof.ts';

export function proofText({ backup, at, window, passed, recovery_seconds, checks }: Proof): string {
  const lines = checks.map(
    (check) => `  ${check.passed ? 'passed' : 'FAILED'}  ${check.name.padEnd(12)} ${check.detail} (${check.seconds} s)`,
  );
  const what = at ? `${at}, from the backup ${backup},` : backup;
  if (window)
    lines.push(
      `Drawn from the seconds between ${window.from} and ${window.to}${window.without_log_seconds > 0 ? `, but for ${window.without_log_seconds} of which there is no log` : ''}.`,
    );
  lines.push(passed ? `${what} is proven: back in ${recovery_seconds} s.` : `${what} is NOT proven.`);
  return lines.join('\n');
}

export function proofState(proof: Proof | null, unreadable?: string): string {
  if (unreadable !== undefined)
    return 'its proof cannot be read, which says nothing of the backup: prove it again, with holdfast backup prove and its name';
  if (!proof) return 'not proven yet';
  return proof.passed ? `proven, back in ${proof.recovery_seconds} s` : 'PROOF FAILED';
}

/** What was proven of single seconds, in the order of when that was. */
export const timeProofLine = (proof: TimeProof) =>
  `${proof.at}  from ${proof.backup}  ${proofState(proof)}${whyFailed(proof)}`;

const whyFailed = ({ checks }: Proof) =>
  checks.flatMap((one) => (one.passed ? [] : `\n  ${one.name}: ${one.detail}`)).join('');
