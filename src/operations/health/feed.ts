import type { Database } from '../../kernel/database/database.ts';
import { type ConsumerHealth, readFeedHealth } from '../../kernel/feed/queries.ts';

/** Behind for longer than a large import or search takes, something is wrong. */
const lag_seconds_max = 300;

/** What is wrong with the consumers of the feed, a line each; empty when all is well. No line tells anything of a workspace. */
export async function feedTroubles(db: Database): Promise<string[]> {
  return (await readFeedHealth(db)).flatMap(troublesOf);
}

function troublesOf({ consumer, lag_seconds, behind, failing, set_aside, restored_at }: ConsumerHealth): string[] {
  const troubles: string[] = [];
  if (lag_seconds > lag_seconds_max)
    troubles.push(`${Math.round(lag_seconds / 60)} minutes behind${behind > 0 ? ` in ${behind} workspaces` : ''}`);
  if (failing > 0) troubles.push(`failing in ${failing} workspaces`);
  if (set_aside > 0) troubles.push(`${set_aside} events set aside`);
  if (restored_at) troubles.push(`went on from a restored database at ${restored_at}`);
  return troubles.map((trouble) => `${consumer}: ${trouble}`);
}
