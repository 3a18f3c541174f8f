import { startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';

/**
 * A Holdfast reduced to its database, for tests that kill it: prints the owner's URL when ready, stops on SIGINT, and
 * on SIGTERM exits without stopping anything.
 */
process.once('SIGTERM', () => process.exit(1));
process.channel?.unref();
process.once('disconnect', () => process.exit(1)); // the test was ended before it could clean up
const server = await startEmbeddedPostgres({
  dataDir: process.argv[2]!,
  log: (message) => console.error(message),
  settings: { shared_buffers: '128MB', fsync: 'off' }, // killed processes lose nothing the kernel has
});
process.once('SIGINT', () => void server.stop());
console.log(server.ownerUrl);
