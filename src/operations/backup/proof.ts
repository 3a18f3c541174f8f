import type { Check } from './checks.ts';

/** How a restore on trial went. */
export interface Proof {
  /**
   * The name of a proof of a second that somebody named or that was drawn; one of the recorded moment is named by its
   * backup.
   */
  id?: string;
  /** That second; absent: the moment that the backup recorded. */
  at?: string;
  /** Between which it was drawn, and how many seconds of that had no log and so were left out. */
  window?: { from: string; to: string; without_log_seconds: number };
  backup: string;
  began_at: string;
  /** How long it takes from the decision to restore until the application answers. */
  recovery_seconds: number;
  passed: boolean;
  /** Which of the large indexes were looked at for every row; absent where all were, or none. */
  index_turn?: number;
  checks: Check[];
}

/** Of a single second. */
export type TimeProof = Proof & Required<Pick<Proof, 'id' | 'at'>>;
