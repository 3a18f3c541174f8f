/** What reads a table, for the processes in which formats of modules read files: without anything else of imports. */
export type { Dialect } from '../dialect.ts';
export { UnreadableFile } from '../problem.ts';
export { readRows } from '../read.ts';
export { sniff } from '../sniff.ts';
