import { useState } from 'react';
import { attempt } from '../../query/attempt.ts';
import { makeLanes, newerOf } from '../../query/lanes.ts';

interface Moved {
  at: string;
}

/**
 * Moves of records to other dates or columns: shown at once, and saved one after the other, each on what the one before
 * it made. `save` answers the record as it is then; what is refused goes back.
 */
export function useMoves<T extends { id: string; version: number }>(save: (record: T, at: string) => Promise<T>) {
  const [moves, setMoves] = useState<ReadonlyMap<string, Moved>>(new Map());
  const [inTurn] = useState(makeLanes<T>);

  async function move(seen: T, at: string): Promise<void> {
    const mine: Moved = { at };
    setMoves((kept) => new Map(kept).set(seen.id, mine));
    await inTurn(seen.id, async (before) => {
      let record = newerOf(before, seen);
      await attempt(async () => {
        record = await save(record, at);
      });
      return record;
    });
    // Moved again meanwhile, it stays where it was put last.
    setMoves((kept) => new Map([...kept].filter(([, moved]) => moved !== mine)));
  }

  return { move, moves };
}
