export interface Version {
  id: string;
  version: number;
}

/** Records that were made here without the server, and what they have been there since. */
const known = new Map<string, Version>();

export const noteArrival = (from: string, { id, version }: Version): void => void known.set(from, { id, version });

/** A change that waited as well has arrived. One that somebody else was before is none that was seen here. */
export function noteChange(before: number, { id, version }: Version): void {
  for (const [from, then] of known) if (then.id === id && then.version === before) known.set(from, { id, version });
}

/** The id that a record has by now. */
export const idNow = (id: string): string => known.get(id)?.id ?? id;

/** What a change goes on from: a record that was seen before it arrived has no version of its own. */
export const versionNow = ({ id, version }: Version): Version =>
  (version === 0 && known.get(id)) || { id: idNow(id), version };

/** The id that a record had first here: what is drawn under it stays when the record gets another one. */
export const firstId = (id: string): string => [...known].find(([, now]) => now.id === id)?.[0] ?? id;
