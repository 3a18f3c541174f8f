import type { Database } from '../../kernel/database/database.ts';
import { type ConsumerHealth, readFeedHealth } from '../../kernel/feed/queries.ts';

/** A consumer that is behind for longer than a large import or search takes is in trouble. */
const lag_seconds_max = 300;

/**
 * For so long it is said that consumers went on from a restored database: what they had not done yet then, nobody does.
 */
const restored_days = 7;

/**
 * What is wrong with the consumers of the feed, a line each; empty when all is well. No line tells anything of a
 * workspace.
 */
export async function feedTroubles(db: Database): Promise<string[]> {
  return (await readFeedHealth(db)).flatMap(troublesOf);
}

function troublesOf({ consumer, lag_seconds, behind, failing, set_aside, restored_at }: ConsumerHealth): string[] {
  const troubles: string[] = [];
  if (lag_seconds > lag_seconds_max) {
    const minutes = Math.round(lag_seconds / 60);
    const message =
      behind === 0
        ? `${minutes} minutes behind`
        : behind === 1
          ? `${minutes} minutes behind in one workspace`
          : `${minutes} minutes behind in ${behind} workspaces`;
    troubles.push(message);
  }
  if (failing > 0) {
    const message = failing === 1 ? 'failing in one workspace' : `failing in ${failing} workspaces`;
    troubles.push(message);
  }
  if (set_aside > 0) {
    const message = set_aside === 1 ? 'one event set aside' : `${set_aside} events set aside`;
    troubles.push(message);
  }
  if (restored_at && Date.now() - Date.parse(restored_at) < restored_days * 86_400_000)
    troubles.push(`went on from a restored database at ${restored_at}`);
  return troubles.map((trouble) => `${consumer}: ${trouble}`);
}
