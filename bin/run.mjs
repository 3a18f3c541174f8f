// Runs a script of the development tools on Node 24, with dependencies in place: node bin/run.mjs FILE [ARGUMENT…]
import { resolve } from 'node:path';
import { onNode24 } from './node24.mjs';

await onNode24(async () => {
  const { installDependencies } = await import('./bootstrap.mjs');
  installDependencies({ withDevelopment: true });
  const script = resolve(process.argv[2]);
  process.argv.splice(1, 2, script);
  await import(script);
});
