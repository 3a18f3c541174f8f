/** Records that were made here without the server, and the ids that it has given them since. */
const ids = new Map<string, string>();

export const noteArrival = (from: string, to: string): void => void ids.set(from, to);

/** The id that a record has by now. */
export const idNow = (id: string): string => ids.get(id) ?? id;

/** The id that a record had first here: what is drawn under it stays when the record gets another one. */
export const firstId = (id: string): string => [...ids].find(([, now]) => now === id)?.[0] ?? id;
