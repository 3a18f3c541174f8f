import type { LogLine } from './line.ts';

/** Where lines are kept so that they can be searched. */
export interface LogStore {
  /** Stores lines; those that it has already it ignores. Rejects when it is not sure that it has them all. */
  append(lines: readonly LogLine[]): Promise<void>;
  close(): Promise<void>;
}
