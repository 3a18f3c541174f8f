import { ParserPool } from './pool.ts';

const idle_ms_max = 20_000;

/** What takes a moment: texts, and the first bytes of files. One of a workspace at a time, beside one of another. */
export const quickPool = new ParserPool({
  lane: {
    slots: 2,
    perTenant: 1,
    waitingPerTenant: 20,
    message: 'Other texts and files of your workspace are being read. Try again when they are done.',
  },
  wait_ms_max: 30_000,
  heap_megabytes_max: 256,
  idle_ms_max,
});

/**
 * Whole files. Each takes a processor and its memory, so a workspace's files are read one after the other, beside one
 * of another workspace.
 */
export const filePool = new ParserPool({
  lane: {
    slots: 2,
    perTenant: 1,
    waitingPerTenant: 4,
    message: 'Other files of your workspace are being read. Try again when they are done.',
  },
  wait_ms_max: 120_000,
  heap_megabytes_max: 1_024,
  idle_ms_max,
});
