/** One file per folder of the page, so that it stays easy to find what belongs together. */
const parts = import.meta.glob<Record<string, string>>('./de/*.json', { eager: true, import: 'default' });

export const words: Record<string, string> = Object.assign({}, ...Object.values(parts));

/** What the server says, also with values in it. */
export const ofServer: Readonly<Record<string, string>> = parts['./de/server.json'] ?? {};
